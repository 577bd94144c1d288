"""Tallies: how many records of which kind lie where, kept up by the database itself

Triggers count with every insert, update and delete, whichever way a record is written. A later
migration that makes a ledger's table anew (batch mode with ``recreate``) has to make its triggers
anew as well, for SQLite drops them with the old table.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

# Ledger → the column that is counted, and whether it has a placement.
COUNTED = {
    "institutions": ("tier", True),
    "inspections": ("result", True),
    "leads": ("state", False),
    "dispositions": ("state", False),
    "petitions": ("state", False),
    "outreach": ("stage", False),
    "entities": ("status", True),
}


def upgrade() -> None:
    path = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
    op.create_table(
        "tallies",
        sa.Column("ledger", sa.String(length=40), nullable=False),
        sa.Column("deleted", sa.Boolean(), nullable=False),
        sa.Column("area_path", path, nullable=False),
        sa.Column("counted", sa.Text(), nullable=False),
        sa.Column("placement", sa.Text(), nullable=False),
        sa.Column("n", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint(
            "ledger", "deleted", "area_path", "counted", "placement", name=op.f("pk_tallies")
        ),
        sqlite_with_rowid=False,
    )
    for ledger, (counted, placed) in COUNTED.items():
        _count(ledger, counted, placed)
        _keep_counting(ledger, counted, placed)
        keys = ["deleted", "updated_at", "id", "area_path", counted]
        keys += ["placement"] * placed
        with op.batch_alter_table(ledger, schema=None) as batch_op:
            batch_op.drop_index(batch_op.f(f"ix_{ledger}_deleted_updated_at_id"))
            batch_op.create_index(batch_op.f(f"ix_{ledger}_{'_'.join(keys)}"), keys, unique=False)


def downgrade() -> None:
    for ledger, (counted, placed) in COUNTED.items():
        for statement in _dropped(ledger):
            op.execute(statement)
        keys = ["deleted", "updated_at", "id", "area_path", counted]
        keys += ["placement"] * placed
        with op.batch_alter_table(ledger, schema=None) as batch_op:
            batch_op.drop_index(batch_op.f(f"ix_{ledger}_{'_'.join(keys)}"))
            batch_op.create_index(
                batch_op.f(f"ix_{ledger}_deleted_updated_at_id"),
                ["deleted", "updated_at", "id"],
                unique=False,
            )
    op.drop_table("tallies")


def _key(counted: str, placed: bool, row: str) -> str:
    placement = f"coalesce({row}placement, '')" if placed else "''"
    return f"{row}deleted, coalesce({row}area_path, ''), coalesce({row}{counted}, ''), {placement}"


def _count(ledger: str, counted: str, placed: bool) -> None:
    key = _key(counted, placed, "")
    op.execute(
        "INSERT INTO tallies (ledger, deleted, area_path, counted, placement, n) "  # noqa: S608
        f"SELECT '{ledger}', {key}, count(*) FROM {ledger} GROUP BY 1, 2, 3, 4, 5"
    )


def _plus(ledger: str, counted: str, placed: bool) -> str:
    return (
        "INSERT INTO tallies (ledger, deleted, area_path, counted, placement, n) "  # noqa: S608
        f"VALUES ('{ledger}', {_key(counted, placed, 'NEW.')}, 1) "
        "ON CONFLICT (ledger, deleted, area_path, counted, placement) "
        "DO UPDATE SET n = tallies.n + 1;"
    )


def _minus(ledger: str, counted: str, placed: bool) -> str:
    return (
        f"UPDATE tallies SET n = n - 1 WHERE ledger = '{ledger}' "  # noqa: S608
        "AND (deleted, area_path, counted, placement) = "
        f"({_key(counted, placed, 'OLD.')});"
    )


def _keep_counting(ledger: str, counted: str, placed: bool) -> None:
    plus, minus = _plus(ledger, counted, placed), _minus(ledger, counted, placed)
    columns = ["deleted", "area_path", counted, *(["placement"] * placed)]
    watched = ", ".join(columns)
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            f"CREATE FUNCTION tally_{ledger}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            f"IF TG_OP <> 'INSERT' THEN {minus} END IF; "
            f"IF TG_OP <> 'DELETE' THEN {plus} END IF; "
            "RETURN NULL; END $$"
        )
        op.execute(
            f"CREATE TRIGGER tally_{ledger} AFTER INSERT OR DELETE OR UPDATE OF {watched} "
            f"ON {ledger} FOR EACH ROW EXECUTE FUNCTION tally_{ledger}()"
        )
        return
    events = {"INSERT": plus, "DELETE": minus, f"UPDATE OF {watched}": minus + " " + plus}
    for event, body in events.items():
        name = f"tally_{ledger}_{event.split()[0].lower()}"
        op.execute(f"CREATE TRIGGER {name} AFTER {event} ON {ledger} BEGIN {body} END")


def _dropped(ledger: str) -> list[str]:
    if op.get_bind().dialect.name == "postgresql":
        return [f"DROP TRIGGER tally_{ledger} ON {ledger}", f"DROP FUNCTION tally_{ledger}()"]
    return [f"DROP TRIGGER tally_{ledger}_{event}" for event in ("insert", "delete", "update")]
