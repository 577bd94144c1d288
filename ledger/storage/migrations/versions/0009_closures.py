"""Dispositions carry the deadline that holds and whether they were closed by it

Dispositions that stand already are given both when the program starts
(`ledger.reckoning.settle`).
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"

KEPT = ("close_due_on", "closed_in_time")


def upgrade() -> None:
    op.add_column("dispositions", sa.Column("close_due_on", sa.Date()))
    op.add_column("dispositions", sa.Column("closed_in_time", sa.Boolean()))


def downgrade() -> None:
    for key in KEPT:
        op.drop_column("dispositions", key)
