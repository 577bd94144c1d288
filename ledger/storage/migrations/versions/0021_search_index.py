"""An index by which records are searched; ``ledger.storage.search_index`` fills it"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"

LEDGERS = (
    "institutions",
    "inspections",
    "leads",
    "dispositions",
    "petitions",
    "outreach",
    "entities",
    "measures",
)
_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    for key in LEDGERS:
        op.create_table(
            f"{key}_searched",
            sa.Column("id", _ID, autoincrement=False, nullable=False),
            sa.Column("title", sa.Text(), nullable=False),
            sa.Column("rest", sa.Text(), nullable=False),
            sa.Column("keys", sa.Text(), nullable=False),
            sa.PrimaryKeyConstraint("id", name=f"pk_{key}_searched"),
        )
        if op.get_bind().dialect.name == "postgresql":
            op.execute(
                f"CREATE TABLE {key}_grams (rowid BIGINT PRIMARY KEY, lexemes TSVECTOR NOT NULL)"
            )
            op.execute(f"CREATE INDEX ix_{key}_grams_lexemes ON {key}_grams USING gin (lexemes)")
        else:
            op.execute(
                f"CREATE VIRTUAL TABLE {key}_grams USING fts5(title, rest, keys, "
                "content='', columnsize=0, tokenize='ascii')"
            )


def downgrade() -> None:
    for key in LEDGERS:
        op.execute(f"DROP TABLE IF EXISTS {key}_grams")
        op.drop_table(f"{key}_searched")
    op.execute("DELETE FROM options WHERE key = 'search_basis'")
