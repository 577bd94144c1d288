"""Findings of the check for contradictions are settled, with a reason and a day"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "settled_findings",
        sa.Column("id", _ID, autoincrement=True, nullable=False),
        sa.Column("rule", sa.String(80), nullable=False),
        sa.Column("ledger", sa.String(40), nullable=False),
        sa.Column("record_id", _ID, nullable=False),
        sa.Column("facts", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("settled_on", sa.Date(), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_by", sa.String(80), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True)),
        sa.Column("withdrawn_by", sa.String(80)),
        sa.PrimaryKeyConstraint("id", name="pk_settled_findings"),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_settled_findings_ledger_record_id", "settled_findings", ["ledger", "record_id"]
    )


def downgrade() -> None:
    op.drop_table("settled_findings")
