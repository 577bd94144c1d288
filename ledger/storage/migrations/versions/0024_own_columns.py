"""Which columns a person has on show is kept"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "own_columns",
        sa.Column("user_id", _ID, nullable=False),
        sa.Column("ledger", sa.String(40), nullable=False),
        sa.Column("shown", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name="fk_own_columns_user_id_users", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("user_id", "ledger", name="pk_own_columns"),
    )


def downgrade() -> None:
    op.drop_table("own_columns")
