"""An office's own words for columns and values"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"


def upgrade() -> None:
    op.create_table(
        "own_words",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("ledger", sa.String(length=40), nullable=False),
        sa.Column(
            "scope_path",
            sa.Text().with_variant(sa.Text(collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("column", sa.String(length=80), nullable=False),
        sa.Column("said", sa.String(length=80), nullable=False),
        sa.Column("meant", sa.String(length=200), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_by", sa.String(length=80), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_own_words")),
        sa.UniqueConstraint(
            "ledger",
            "scope_path",
            "column",
            "said",
            name=op.f("uq_own_words_ledger_scope_path_column_said"),
        ),
        sqlite_autoincrement=True,
    )


def downgrade() -> None:
    op.drop_table("own_words")
