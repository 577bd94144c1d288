"""Which leads and dispositions were there, and open, at the end of an earlier day, as SQL.

A case is there from the day of its ledger's own date (登记时间, 立项日期), whenever it was typed
in. It is open until the day on which it was closed (办结日期, 销号日期). One that was reopened
counts as open all the time, since its earlier closing day is cleared; one that is over without a
closing day was over on every day. At the end of today that is exactly what the ledger shows as
open.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from sqlalchemy import ColumnElement, Table, and_, or_

from ledger.domain.columns import ColumnType
from ledger.domain.ledgers import LEDGERS
from ledger.domain.timing.clock import OFFICE
from ledger.domain.timing.periods import read_day
from ledger.domain.workflows import WORKFLOWS

LEDGERS_THEN = ("leads", "dispositions")


def there_then(table: Table, text: str) -> ColumnElement[bool]:
    """``2026-10-31``: registered or opened on that day or before."""
    return _came_by(table, read_day(text))


def open_then(table: Table, text: str) -> ColumnElement[bool]:
    """``2026-10-31``: registered by then, and not over at the end of that day."""
    day = read_day(text)
    return and_(_came_by(table, day), or_(~_over(table), _closed_after(table, day)))


def came_after(table: Table, day: date) -> ColumnElement[bool]:
    """Registered or opened after a day: not there at its end."""
    return ~_came_by(table, day)


def closed_since(table: Table, day: date) -> ColumnElement[bool]:
    """Over now, but there and open at the end of a day."""
    return and_(_came_by(table, day), _over(table), _closed_after(table, day))


def there_words(text: str) -> str:
    """A text of `there_then` in Chinese words. Raises `Invalid` for one that cannot be read."""
    return f"截至{read_day(text)}已登记"


def open_words(text: str) -> str:
    """A text of `open_then` in Chinese words. Raises `Invalid` for one that cannot be read."""
    return f"截至{read_day(text)}未办结"


def _came_by(table: Table, day: date) -> ColumnElement[bool]:
    ledger = LEDGERS[table.name]
    column = table.c[str(ledger.dated)]
    if ledger.by_key[str(ledger.dated)].type is ColumnType.MOMENT:
        return column < datetime.combine(day + timedelta(days=1), time(), OFFICE)
    return column <= day


def _over(table: Table) -> ColumnElement[bool]:
    return table.c.state.in_(sorted(WORKFLOWS[table.name].over))


def _closed_after(table: Table, day: date) -> ColumnElement[bool]:
    after: ColumnElement[bool] = table.c[str(LEDGERS[table.name].closed)] > day
    return after
