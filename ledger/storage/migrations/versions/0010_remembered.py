"""How a sender's layout is to be understood, remembered by the fingerprint of its header"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    op.create_table(
        "remembered_mappings",
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
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_by", sa.String(length=80), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_remembered_mappings")),
        sa.UniqueConstraint(
            "ledger",
            "scope_path",
            "fingerprint",
            name=op.f("uq_remembered_mappings_ledger_scope_path_fingerprint"),
        ),
        sqlite_autoincrement=True,
    )


def downgrade() -> None:
    op.drop_table("remembered_mappings")
