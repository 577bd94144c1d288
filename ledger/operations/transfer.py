"""The whole content of a database into another one, of either kind, and proof that it is the same.

The proof is one SHA-256 a table over every value of every row, written alike for both databases:
rows in the order of their primary key, moments in UTC, floats by their shortest exact text, JSON
with sorted keys, bytes by their own hash.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import Connection, Table, delete, func, insert, select, text
from sqlalchemy.exc import DBAPIError

from ledger.domain.errors import Invalid
from ledger.storage import own_tables, search_index, tables  # known to the metadata once imported
from ledger.storage.schema import metadata

_AT_ONCE = 500
# Counted by triggers while the records are written; compared like every other table.
_COUNTED_ANEW = tables.tallies.name
# What tells that somebody has begun to use a database.
_USED = (tables.changes, tables.areas, own_tables.users)


@dataclass(frozen=True)
class Content:
    """What a table holds: the number of rows and a SHA-256 over all their values."""

    rows: int
    sha256: str


def contents(connection: Connection) -> dict[str, Content]:
    """Table → its content, equal on both kinds of database if and only if the rows are."""
    return {table.name: _content(connection, table) for table in metadata.sorted_tables}


def digest(found: Mapping[str, Content]) -> str:
    """One SHA-256 for a whole database."""
    whole = json.dumps({name: content.sha256 for name, content in sorted(found.items())})
    return hashlib.sha256(whole.encode()).hexdigest()


def differing(one: Mapping[str, Content], other: Mapping[str, Content]) -> list[str]:
    """The tables that are not the same."""
    return sorted(name for name in one.keys() | other.keys() if one.get(name) != other.get(name))


def is_unused(connection: Connection) -> bool:
    """Whether nobody was entered, nothing loaded and nothing done in a database yet."""
    return all(
        connection.execute(select(func.count()).select_from(table)).scalar_one() == 0
        for table in _USED
    )


def copy_contents(source: Connection, target: Connection) -> None:
    """Every row of every table; both databases have this program's schema.

    Whatever migrations put into the unused target is replaced.

    Raises
    ------
    Invalid
        If the target's database cannot hold a value: it names the table.
    """
    everything = metadata.sorted_tables
    for table in reversed(everything):
        target.execute(delete(table))
    for table in everything:
        if table.name == _COUNTED_ANEW:
            continue
        try:
            for rows in _batches(source, table):
                target.execute(insert(table), rows)
        except (DBAPIError, ValueError) as error:
            raise Invalid(
                f"数据表 {table.name} 里有目标数据库存不下的内容，没有迁移任何数据({_said(error)})"
            ) from None
    # A tally that came down to nothing may stand there with 0, or not at all.
    target.execute(delete(tables.tallies))
    for rows in _batches(source, tables.tallies):
        target.execute(insert(tables.tallies), rows)
    for ledger in search_index.INDEXED.values():
        search_index.fill_grams(target, ledger)
    if target.dialect.name == "postgresql":
        _go_on_counting(target)


def _said(error: Exception) -> str:
    """The driver's reason without the values that it was given."""
    return str(error.orig if isinstance(error, DBAPIError) else error).splitlines()[0]


def _batches(source: Connection, table: Table) -> Iterator[list[dict[str, Any]]]:
    """Rows of a table, some hundred at a time, attachments one by one."""
    at_once = 1 if table is own_tables.attachments else _AT_ONCE
    result = source.execution_options(stream_results=True).execute(_ordered(table)).mappings()
    for rows in result.partitions(at_once):
        yield [dict(row) for row in rows]


def _go_on_counting(target: Connection) -> None:
    """Ids that the server hands out itself go on after the largest that came along."""
    for table in metadata.sorted_tables:
        column = table.autoincrement_column
        if column is None:
            continue
        sequence = target.execute(
            text("SELECT pg_get_serial_sequence(:table, :column)"),
            {"table": table.name, "column": column.name},
        ).scalar()
        largest = target.execute(select(func.max(column))).scalar()
        if sequence and largest:
            target.execute(text("SELECT setval(:name, :last)"), {"name": sequence, "last": largest})


def _ordered(table: Table) -> Any:
    return select(table).order_by(*table.primary_key.columns)


def _content(connection: Connection, table: Table) -> Content:
    running, count = hashlib.sha256(), 0
    streamed = connection.execution_options(stream_results=True).execute(_ordered(table))
    for row in streamed:
        running.update(json.dumps(_plain(tuple(row)), ensure_ascii=False).encode())
        running.update(b"\n")
        count += 1
    return Content(count, running.hexdigest())


def _plain(values: Sequence[Any]) -> list[Any]:
    return [_as_text(value) for value in values]


def _as_text(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bytes | memoryview):
        return hashlib.sha256(value).hexdigest()
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False, sort_keys=True)
    return value
