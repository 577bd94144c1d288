"""How many days late something was finished, as a condition on a ledger's rows
(:mod:`ledger.records.rowsets`).

A text selects the rows: ``0`` those in time, ``1_3`` those one to three calendar days late,
``8_`` those eight or more days late.
"""

from __future__ import annotations

import re
from datetime import date

from sqlalchemy import ColumnElement, Table, and_, select

from ledger.domain.errors import Invalid
from ledger.domain.timing.daycount import days_between
from ledger.storage.tables import inspections

IN_TIME = "0"
_SPAN = re.compile(r"([0-9]{1,4})_([0-9]{0,4})")


def span_text(low: int, high: int | None) -> str:
    """The text for ``low`` to ``high`` days late; ``high`` None: ``low`` days or more."""
    return f"{low}_{'' if high is None else high}"


def late_words(text: str) -> str:
    """The span in Chinese words. Raises `Invalid` for a text that cannot be read."""
    if text == IN_TIME:
        return "按期"
    low, high = _span(text)
    if high is None:
        return f"超期{low}天以上"
    return f"超期{low}天" if low == high else f"超期{low}至{high}天"


def reply_late(table: Table, text: str) -> ColumnElement[bool]:
    """Petitions whose ``finished_on`` is so late after their ``reply_due_on``."""
    return _late(days_between(table.c.reply_due_on, table.c.finished_on), text)


def closure_late(table: Table, text: str) -> ColumnElement[bool]:
    """Dispositions whose ``closed_on`` is so late after ``close_due_on``, extensions included."""
    return _late(days_between(table.c.close_due_on, table.c.closed_on), text)


def rectified_late(table: Table, text: str) -> ColumnElement[bool]:
    """Inspections whose ``rectified_on`` is so late after their ``rectify_by``."""
    return _late(days_between(table.c.rectify_by, table.c.rectified_on), text)


def not_visited_by(table: Table, text: str) -> ColumnElement[bool]:
    """``2026-10-31_2``: institutions not inspected in round 2 until that day.

    A visit that was refused inspects nothing (`ledger.casework.coverage`).
    """
    day, number = round_text(text)
    visited = select(inspections.c.institution).where(
        inspections.c.round == number,
        inspections.c.deleted.is_(False),
        inspections.c.result != "refused",
        inspections.c.inspected_on <= day,
    )
    return table.c.number.not_in(visited)


def round_text(text: str) -> tuple[date, int]:
    """A day and the number of a round of inspections, read from its text. Raises `Invalid`."""
    day, _, number = text.partition("_")
    try:
        read = date.fromisoformat(day)
    except ValueError:
        raise Invalid(f"“{text[:40]}”读不懂，应写成 2026-10-31_2（日期_轮次）") from None
    if not re.fullmatch(r"[1-9][0-9]?", number):
        raise Invalid(f"“{text[:40]}”读不懂，应写成 2026-10-31_2（日期_轮次）")
    return read, int(number)


def not_visited_words(text: str) -> str:
    """The condition of `not_visited_by` in Chinese words. Raises `Invalid`."""
    day, number = round_text(text)
    return f"截至{day}第{number}轮尚未走访"


def _late(days: ColumnElement[int], text: str) -> ColumnElement[bool]:
    if text == IN_TIME:
        return days <= 0
    low, high = _span(text)
    return days >= low if high is None else and_(days >= low, days <= high)


def _span(text: str) -> tuple[int, int | None]:
    found = _SPAN.fullmatch(text)
    low, high = (int(found[1]), int(found[2]) if found[2] else None) if found else (0, None)
    if low < 1 or (high is not None and high < low):
        raise Invalid(
            f"“{text[:20]}”读不懂，应写成 1_3（超期1至3天）、8_（超期8天以上）或 0（按期）"
        )
    return low, high
