"""Many rows at once: the driver's own ``executemany``, without a statement built per row."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, Table


def insert_rows(
    connection: Connection, table: Table, keys: Sequence[str], rows: Iterable[Sequence[Any]]
) -> None:
    """Insert rows given as sequences in the order of ``keys``; other columns are left NULL.

    Values are turned into what the driver takes by the column types, as SQLAlchemy would.
    """
    dialect = connection.dialect
    writers = [table.c[key].type.dialect_impl(dialect).bind_processor(dialect) for key in keys]
    mark = "?" if dialect.paramstyle == "qmark" else "%s"
    quote = dialect.identifier_preparer.quote
    columns = ", ".join(quote(key) for key in keys)
    marks = ", ".join([mark] * len(keys))
    statement = f"INSERT INTO {quote(table.name)} ({columns}) VALUES ({marks})"  # noqa: S608 - our own names
    columns_of_values = [
        values if writer is None else [writer(value) for value in values]
        for values, writer in zip(zip(*rows, strict=True), writers, strict=False)
    ]
    if columns_of_values:
        connection.exec_driver_sql(statement, list(zip(*columns_of_values, strict=True)))
