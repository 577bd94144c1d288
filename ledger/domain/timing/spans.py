"""Spans of days as people filter by them: named ones, which move with the day, and any two days."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from ledger.domain.timing import clock
from ledger.domain.timing.periods import Kind, Period, period_of, read_period

NAMED: Mapping[str, str] = {
    "today": "今天",
    "week": "本周",
    "month": "本月",
    "last_month": "上月",
    "quarter": "本季",
    "year": "本年",
}
"""The spans that have a name, as they stand in an address, with their words."""
_KINDS: Mapping[str, Kind] = {
    "today": "day",
    "week": "week",
    "month": "month",
    "quarter": "quarter",
    "year": "year",
}


def read_span(text: str, today: date | None = None) -> Period:
    """The days of a named span as of ``today``, or of two days as `read_period` reads them.

    Raises
    ------
    Invalid
        The text is neither.
    """
    day = today or clock.today()
    if text == "last_month":
        return period_of("month", day).previous()
    if text in _KINDS:
        return period_of(_KINDS[text], day)
    return read_period(text)


def named_span(period: Period) -> str:
    """The text of a period as `read_span` reads it: by its name where it has one today."""
    return next((one for one in NAMED if read_span(one) == period), period.text)


def span_words(text: str) -> str:
    """A span in words, a named one with its days: ``本月(11月1日至11月30日)``. Raises `Invalid`."""
    period = read_span(text)
    if text not in NAMED:
        return period.label
    return f"{NAMED[text]}({period.span_label})"
