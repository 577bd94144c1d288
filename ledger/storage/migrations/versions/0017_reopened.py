"""Leads, petitions and dispositions carry the day on which they were reopened"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"

TABLES = ("leads", "petitions", "dispositions")


def upgrade() -> None:
    for table in TABLES:
        op.add_column(table, sa.Column("reopened_on", sa.Date()))


def downgrade() -> None:
    for table in TABLES:
        op.drop_column(table, "reopened_on")
