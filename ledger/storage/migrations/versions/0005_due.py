"""Indexes for to-do lists: what is due, and the newest entries of one action"""

from __future__ import annotations

from alembic import op

revision = "0005"
down_revision = "0004"

DATED = ("institutions", "inspections", "leads", "dispositions", "petitions")


def upgrade() -> None:
    for table in DATED:
        columns = ["deleted", "due_on", "area_path"]
        op.create_index(op.f(f"ix_{table}_deleted_due_on_area_path"), table, columns)
    op.create_index(op.f("ix_changes_action_id"), "changes", ["action", "id"])


def downgrade() -> None:
    op.drop_index(op.f("ix_changes_action_id"), "changes")
    for table in DATED:
        op.drop_index(op.f(f"ix_{table}_deleted_due_on_area_path"), table)
