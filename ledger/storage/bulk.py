"""Insert many rows with the driver's own ``executemany``, without building a statement per row."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Dialect, LargeBinary, Table
from sqlalchemy.types import TypeEngine


def insert_rows(
    connection: Connection, table: Table, keys: Sequence[str], rows: Iterable[Sequence[Any]]
) -> None:
    """Insert rows given as sequences in the order of ``keys``; other columns are left NULL.

    Values are converted for the driver by the column types, as SQLAlchemy would convert them.
    """
    statement, writers = _prepared(table, tuple(keys), connection.dialect)
    columns_of_values = [
        values if writer is None else _written(values, writer)
        for values, writer in zip(zip(*rows, strict=True), writers, strict=False)
    ]
    if columns_of_values:
        connection.exec_driver_sql(statement, list(zip(*columns_of_values, strict=True)))


@lru_cache(maxsize=128)
def _prepared(
    table: Table, keys: tuple[str, ...], dialect: Dialect
) -> tuple[str, tuple[Callable[[Any], Any] | None, ...]]:
    """The statement, and what converts each value; every save of one record needs them too."""
    mark = "?" if dialect.paramstyle == "qmark" else "%s"
    quote = dialect.identifier_preparer.quote
    columns = ", ".join(quote(key) for key in keys)
    marks = ", ".join([mark] * len(keys))
    statement = f"INSERT INTO {quote(table.name)} ({columns}) VALUES ({marks})"  # noqa: S608 - our own names
    return statement, tuple(_writer(table.c[key].type, dialect) for key in keys)


def _writer(kind: TypeEngine[Any], dialect: Dialect) -> Callable[[Any], Any] | None:
    """The function that converts a value for the driver; None for bytes, which need none."""
    if isinstance(kind, LargeBinary):
        return None
    return kind.dialect_impl(dialect).bind_processor(dialect)


def _written(values: Sequence[Any], writer: Callable[[Any], Any]) -> list[Any]:
    """Convert each distinct value once: many rows of a batch have the same days and times."""
    try:
        written = {value: writer(value) for value in set(values)}
    except TypeError:  # lists and mappings have no hash
        return [writer(value) for value in values]
    return [written[value] for value in values]
