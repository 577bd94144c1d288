"""The schema of an empty SQLite database, made once by the migrations and then by its statements.

Hundreds of tests begin with an empty database, and all migrations take a third of a second. The
first one in a process is migrated; the statements that its file then holds make the next ones. The
tests of the migrations themselves run them always (tests/ledger/storage/conftest.py), and
tests/house/test_quick_schema.py compares both.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection

Statement = tuple[str, tuple[Any, ...]]

_known: list[Statement] = []
_really: list[Callable[[Connection], None]] = []
_off = 0


def use_quick_schema() -> None:
    """From now on `ledger.storage.migrate` makes empty SQLite databases so."""
    migrating = importlib.import_module("ledger.storage.migrate")
    _really.append(migrating.run_migrations)
    migrating.run_migrations = _run_migrations  # type: ignore[attr-defined]


@contextmanager
def real_migrations() -> Iterator[None]:
    """Within the block every migration is run."""
    global _off
    _off += 1
    try:
        yield
    finally:
        _off -= 1


def _run_migrations(connection: Connection) -> None:
    empty = connection.dialect.name == "sqlite" and not _schema_of(connection)
    if _off or not empty or not _known:
        _really[-1](connection)
        if empty and not _off:
            _known.extend(statements_of(connection))
        return
    for text, values in _known:
        connection.exec_driver_sql(text, values)


def statements_of(connection: Connection) -> list[Statement]:
    """Statements that make an empty database like this one: what is declared, then the rows."""
    made: list[Statement] = [(text, ()) for _name, _kind, text in _schema_of(connection)]
    for name, kind, text in _schema_of(connection):
        if kind == "table" and not text.startswith("CREATE VIRTUAL"):
            rows = connection.exec_driver_sql(f'SELECT * FROM "{name}"')
            marks = ", ".join("?" for _ in rows.keys())  # noqa: SIM118 - a result, not a dict
            made += [(f'INSERT INTO "{name}" VALUES ({marks})', tuple(row)) for row in rows]
    return made


def _schema_of(connection: Connection) -> list[tuple[str, str, str]]:
    """Name, kind and statement of whatever is declared, in the order in which it was made."""
    # Tables that a virtual one makes for itself come with it.
    query = (
        "SELECT name, type, sql FROM sqlite_master WHERE sql IS NOT NULL "
        "AND name NOT LIKE 'sqlite_%' AND name NOT IN "
        "(SELECT name FROM pragma_table_list WHERE type = 'shadow') ORDER BY rowid"
    )
    return [tuple(row) for row in connection.exec_driver_sql(query)]
