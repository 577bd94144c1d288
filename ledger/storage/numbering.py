"""Ids that never change and human numbers (编号), handed out in the writer's transaction."""

from __future__ import annotations

from functools import cache

from sqlalchemy import Connection, Select, bindparam, insert, select, update

from ledger.domain.columns import Ledger
from ledger.storage.own_tables import counters
from ledger.storage.tables import LEDGER_TABLES

# Every save of new records executes these: they are built once.
_VALUE = select(counters.c.value).where(counters.c.key == bindparam("b_key")).with_for_update()
_COUNT_ON = (
    update(counters).where(counters.c.key == bindparam("b_key")).values(value=bindparam("b_value"))
)


def next_ids(connection: Connection, ledger: Ledger, count: int) -> range:
    """``count`` new consecutive ids; an id is never given twice, also after a deletion."""
    return counted_on(connection, ledger.key, count)


def counted_on(connection: Connection, key: str, count: int) -> range:
    """The next ``count`` numbers of a counter; the first is 1. It is locked until the commit."""
    row = connection.execute(_VALUE, {"b_key": key}).one_or_none()
    if row is None:
        connection.execute(insert(counters).values(key=key, value=count))
        return range(1, count + 1)
    connection.execute(_COUNT_ON, {"b_key": key, "b_value": row.value + count})
    return range(row.value + 1, row.value + count + 1)


def number_for(ledger: Ledger, record_id: int, taken: set[str]) -> str:
    """The number of a record that has none, such as ``YL-000123``; not one of ``taken``."""
    number = f"{ledger.prefix}-{record_id:06d}"
    while number in taken:  # somebody typed exactly this number by hand
        number += "甲"
    return number


def numbers_in_use(connection: Connection, ledger: Ledger, numbers: list[str]) -> dict[str, int]:
    """Record ids of those ``numbers`` that exist already, by number; deleted records count."""
    found: dict[str, int] = {}
    for start in range(0, len(numbers), 500):
        some = {"some": numbers[start : start + 500]}
        found |= {row.number: row.id for row in connection.execute(_numbered(ledger.key), some)}
    return found


@cache
def _numbered(ledger_key: str) -> Select[tuple[str, int]]:
    table = LEDGER_TABLES[ledger_key]
    query = select(table.c.number, table.c.id)
    return query.where(table.c.number.in_(bindparam("some", expanding=True)))
