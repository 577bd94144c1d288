"""Measures towards villages: notices, talks and corrections, with their tallies"""

from __future__ import annotations

from importlib import import_module

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

LEDGER, COUNTED = "measures", "state"
# The triggers that keep the tallies of every ledger.
_tallies = import_module("ledger.storage.migrations.versions.0004_tallies")
_INDEXES = (
    ("deleted", "area_path"),
    ("deleted", "updated_at", "id", "area_path", "state"),
    ("deleted", "state", "due_on"),
    ("deleted", "due_on", "area_path"),
)


def upgrade() -> None:
    op.create_table(
        LEDGER,
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.Column("state", sa.Text(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("area_code", sa.Text(), nullable=False),
        sa.Column("period", sa.Text(), nullable=True),
        sa.Column("points", sa.Float(), nullable=True),
        sa.Column("matter", sa.Text(), nullable=False),
        sa.Column("proposed_on", sa.Date(), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=True),
        sa.Column("responsible", sa.Text(), nullable=True),
        sa.Column("correct_by", sa.Date(), nullable=True),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("corrected_on", sa.Date(), nullable=True),
        sa.Column("follow_up", sa.Text(), nullable=True),
        sa.Column("result", sa.Text(), nullable=True),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("due_label", sa.Text(), nullable=True),
        sa.Column("remarks", sa.Text(), nullable=True),
        sa.Column(
            "area_path", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=True
        ),
        sa.Column("extra", sa.JSON(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.String(length=80), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_by", sa.String(length=80), nullable=False),
        sa.Column("deleted", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_measures")),
        sa.UniqueConstraint("number", name=op.f("uq_measures_number")),
        sqlite_autoincrement=True,
    )
    for columns in _INDEXES:
        op.create_index(op.f(f"ix_{LEDGER}_{'_'.join(columns)}"), LEDGER, list(columns))
    _tallies._keep_counting(LEDGER, COUNTED, False)


def downgrade() -> None:
    for statement in _tallies._dropped(LEDGER):
        op.execute(statement)
    op.execute("DELETE FROM tallies WHERE ledger = 'measures'")
    for columns in _INDEXES:
        op.drop_index(op.f(f"ix_{LEDGER}_{'_'.join(columns)}"), LEDGER)
    op.drop_table(LEDGER)
