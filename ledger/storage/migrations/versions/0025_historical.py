"""Cases of the past that a file brought in are marked (historical_on)"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"


def upgrade() -> None:
    op.add_column("dispositions", sa.Column("historical_on", sa.Date(), nullable=True))
    op.add_column("inspections", sa.Column("historical_on", sa.Date(), nullable=True))
    op.add_column("leads", sa.Column("historical_on", sa.Date(), nullable=True))
    op.add_column("petitions", sa.Column("historical_on", sa.Date(), nullable=True))


def downgrade() -> None:
    op.drop_column("petitions", "historical_on")
    op.drop_column("leads", "historical_on")
    op.drop_column("inspections", "historical_on")
    op.drop_column("dispositions", "historical_on")
