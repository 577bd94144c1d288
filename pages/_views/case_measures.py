"""By which number and for which period both maps show the cases of areas."""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache
from typing import cast

from geo.trends import PERIODS
from ledger.domain.errors import Invalid
from ledger.domain.timing import clock
from ledger.domain.timing.periods import Kind, Period, period_of, read_period

SIGNIFICANCE, COUNT, RATE, SMOOTHED = "class", "count", "rate", "eb_rate"
MEASURES = {COUNT: "件数", RATE: "率", SMOOTHED: "平滑率", SIGNIFICANCE: "显著性"}
# Rolling windows end today; the others are the calendar's.
KINDS = {
    "days90": "近90天",
    "days30": "近30天",
    "month": "按月",
    "quarter": "按季度",
    "halfmonth": "按半月",
    "week": "按周",
    "year": "按年",
}
_ROLLING = {"days90": 90, "days30": 30}
DEFAULT_KIND = "days90"


def periods_of(kind: str, today: date | None = None) -> tuple[Period, ...]:
    """The periods of the slider, oldest first, the last one holding today."""
    return _periods(kind, today or clock.today())


@lru_cache(maxsize=64)
def _periods(kind: str, today: date) -> tuple[Period, ...]:
    if kind in _ROLLING:
        newest = Period(today - timedelta(days=_ROLLING[kind] - 1), today)
    else:
        newest = period_of(cast(Kind, kind), today)
    return newest.last(PERIODS)


def period_asked(text: str, kind: str = DEFAULT_KIND) -> Period:
    """The period that an address names; the newest of its kind where it names none."""
    try:
        return read_period(text)
    except Invalid:
        return periods_of(kind)[-1]
