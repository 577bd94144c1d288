"""Ids that never change and human numbers (编号), handed out in the writer's transaction."""

from __future__ import annotations

from sqlalchemy import Connection, insert, select, update

from ledger.domain.columns import Ledger
from ledger.storage.own_tables import counters
from ledger.storage.tables import LEDGER_TABLES


def next_ids(connection: Connection, ledger: Ledger, count: int) -> range:
    """``count`` fresh ids in a row; never given twice, whatever was deleted since."""
    return counted_on(connection, ledger.key, count)


def counted_on(connection: Connection, key: str, count: int) -> range:
    """The next ``count`` numbers of a counter, which begins with 1; locked until the commit."""
    row = connection.execute(
        select(counters.c.value).where(counters.c.key == key).with_for_update()
    ).one_or_none()
    if row is None:
        connection.execute(insert(counters).values(key=key, value=count))
        return range(1, count + 1)
    connection.execute(
        update(counters).where(counters.c.key == key).values(value=row.value + count)
    )
    return range(row.value + 1, row.value + count + 1)


def number_for(ledger: Ledger, record_id: int, taken: set[str]) -> str:
    """The number of a record that came without one, e.g. ``YL-000123``."""
    number = f"{ledger.prefix}-{record_id:06d}"
    while number in taken:  # somebody typed exactly this number by hand
        number += "甲"
    return number


def numbers_in_use(connection: Connection, ledger: Ledger, numbers: list[str]) -> dict[str, int]:
    """Which of ``numbers`` exist already (in the bin too) → their record ids."""
    table = LEDGER_TABLES[ledger.key]
    found: dict[str, int] = {}
    for start in range(0, len(numbers), 500):
        some = numbers[start : start + 500]
        query = select(table.c.number, table.c.id).where(table.c.number.in_(some))
        found |= {row.number: row.id for row in connection.execute(query)}
    return found
