"""The log is found by who acted: its page lists the names and filters by them"""

from __future__ import annotations

from alembic import op

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    op.create_index("ix_changes_actor_id", "changes", ["actor", "id"])


def downgrade() -> None:
    op.drop_index("ix_changes_actor_id", table_name="changes")
