"""Indexes for lists in their own order: the worst tier first, cases by their next deadline"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"

CASES = ("leads", "dispositions", "petitions", "measures")


def upgrade() -> None:
    columns = ["deleted", "tier", "updated_at", "id", "area_path", "placement"]
    op.create_index("ix_institutions_worst", "institutions", columns)
    op.drop_index("ix_institutions_deleted_tier", "institutions")
    for table in CASES:
        keys = ("deleted", "due_on", "updated_at DESC", "id DESC", "area_path", "state")
        op.create_index(f"ix_{table}_worst", table, [sa.text(key) for key in keys])


def downgrade() -> None:
    for table in CASES:
        op.drop_index(f"ix_{table}_worst", table)
    op.create_index("ix_institutions_deleted_tier", "institutions", ["deleted", "tier"])
    op.drop_index("ix_institutions_worst", "institutions")
