"""The triggers that keep the tallies of a ledger, as statements of both databases.

They count with every insert, update and delete, however a record is written. Migrations hold them
as plain SQL. `ledger.storage.new_migration` takes them from here for a new migration, and compares
them with the triggers of a database.
"""

from __future__ import annotations

from ledger.domain.columns import Ledger
from ledger.storage.tables import tallied_keys

SQLITE, POSTGRES = "sqlite", "postgresql"


def trigger_statements(ledger: Ledger, dialect: str) -> tuple[str, ...]:
    """Statements that create the triggers of a ledger's table, for ``sqlite`` or ``postgresql``."""
    key, plus, minus = ledger.key, _plus(ledger), _minus(ledger)
    watched = ", ".join(("deleted", "area_path", *tallied_keys(ledger)))
    if dialect == POSTGRES:
        return (
            f"CREATE FUNCTION tally_{key}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN\n"
            f"IF TG_OP <> 'INSERT' THEN\n{minus}\nEND IF;\n"
            f"IF TG_OP <> 'DELETE' THEN\n{plus}\nEND IF;\n"
            "RETURN NULL; END $$",
            f"CREATE TRIGGER tally_{key} AFTER INSERT OR DELETE\n"
            f"OR UPDATE OF {watched}\n"
            f"ON {key} FOR EACH ROW EXECUTE FUNCTION tally_{key}()",
        )
    bodies = {
        "INSERT": plus,
        "DELETE": minus,
        f"UPDATE OF {watched}": f"{minus}\n{plus}",
    }
    return tuple(
        f"CREATE TRIGGER tally_{key}_{event.split()[0].lower()} AFTER {event}\n"
        f"ON {key} BEGIN\n{body}\nEND"
        for event, body in bodies.items()
    )


def dropping_statements(ledger: Ledger, dialect: str) -> tuple[str, ...]:
    """Statements that drop the triggers of a ledger, if they exist, for ``dialect``."""
    key = ledger.key
    if dialect == POSTGRES:
        return (
            f"DROP TRIGGER IF EXISTS tally_{key} ON {key}",
            f"DROP FUNCTION IF EXISTS tally_{key}()",
        )
    events = ("insert", "delete", "update")
    return tuple(f"DROP TRIGGER IF EXISTS tally_{key}_{event}" for event in events)


def counting_statements(ledger: Ledger) -> tuple[str, ...]:
    """Statements, the same for both databases, that count a ledger's records again from zero."""
    return (
        forgetting_statement(ledger),
        "INSERT INTO tallies (ledger, deleted, area_path, counted, placement, n)\n"
        f"SELECT '{ledger.key}', {_key(ledger, '')}, count(*)\n"
        f"FROM {ledger.key} GROUP BY 1, 2, 3, 4, 5",
    )


def forgetting_statement(ledger: Ledger) -> str:
    """The statement that deletes a ledger's tallies."""
    return f"DELETE FROM tallies WHERE ledger = '{ledger.key}'"  # noqa: S608 - our own name


def _key(ledger: Ledger, row: str) -> str:
    counted = f"coalesce({row}{ledger.counted}, '')" if ledger.counted else "''"
    placement = f"coalesce({row}placement, '')" if "placement" in ledger.by_key else "''"
    return f"{row}deleted,\ncoalesce({row}area_path, ''), {counted}, {placement}"


def _plus(ledger: Ledger) -> str:
    return (
        "INSERT INTO tallies (ledger, deleted, area_path, counted, placement, n)\n"
        f"VALUES ('{ledger.key}', {_key(ledger, 'NEW.')}, 1)\n"
        "ON CONFLICT (ledger, deleted, area_path, counted, placement)\n"
        "DO UPDATE SET n = tallies.n + 1;"
    )


def _minus(ledger: Ledger) -> str:
    return (
        f"UPDATE tallies SET n = n - 1 WHERE ledger = '{ledger.key}'\n"  # noqa: S608 - our own name
        f"AND (deleted, area_path, counted, placement) = ({_key(ledger, 'OLD.')});"
    )
