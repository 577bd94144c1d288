"""Small named values that are stored in the database, not in the settings of a machine."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import Connection, bindparam, delete, insert, select

from ledger.storage.own_tables import options as table

# Read several times on every visit: the statements are built once.
_VALUE = select(table.c.value).where(table.c.key == bindparam("wanted"))
_VALUES = select(table.c.key, table.c.value).where(
    table.c.key.in_(bindparam("wanted", expanding=True))
)


def read(connection: Connection, key: str, default: Any = None) -> Any:
    """The value stored under ``key``, or ``default``."""
    row = connection.execute(_VALUE, {"wanted": key}).one_or_none()
    return default if row is None else row.value


def read_some(connection: Connection, keys: Collection[str]) -> dict[str, Any]:
    """The values stored under ``keys``, by key, with one statement; the others are left out."""
    return {row.key: row.value for row in connection.execute(_VALUES, {"wanted": list(keys)})}


def write(connection: Connection, key: str, value: Any) -> None:
    """Store ``value`` (JSON) under ``key``, in the caller's transaction."""
    connection.execute(delete(table).where(table.c.key == key))
    connection.execute(insert(table).values(key=key, value=value))


def bump(connection: Connection, key: str) -> int:
    """Add one to a counter (0 if it is not stored) and return the new value."""
    value = int(read(connection, key, 0)) + 1
    write(connection, key, value)
    return value
