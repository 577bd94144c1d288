"""How wide a person drew the columns of a table is kept"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0027"


def upgrade() -> None:
    with op.batch_alter_table("own_columns") as table:
        table.alter_column("shown", existing_type=sa.Text(), nullable=True)
        table.add_column(sa.Column("widths", sa.Text(), nullable=True))


def downgrade() -> None:
    op.execute("DELETE FROM own_columns WHERE shown IS NULL")
    with op.batch_alter_table("own_columns") as table:
        table.drop_column("widths")
        table.alter_column("shown", existing_type=sa.Text(), nullable=False)
