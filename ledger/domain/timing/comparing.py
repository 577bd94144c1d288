"""What a period is compared with: 环比 the one before it, 同比 the same one of the year before.

One definition for figures, bulletins and hotspots:

- a period under way is compared over equal days: as many days from the beginning of the other
  period as have passed of this one (all of it, where it has fewer);
- a period that is over is compared with the whole other one;
- a period from before the ledger's first record is no data, not zero. Of a period in which the
  ledger began at most a tenth of the days may be missing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from ledger.domain.timing.periods import Period

_DAY = timedelta(days=1)
# The part of a base, in days, that may lie before the ledger's first record.
_MISSING = 10


@dataclass(frozen=True)
class Bases:
    """A period and the days that it is compared with.

    ``days`` is how many days of the period have passed where it is under way, else 0;
    ``whole_previous`` and ``whole_year_before`` are the periods that the days were cut from.
    """

    period: Period
    days: int
    previous: Period
    year_before: Period
    whole_previous: Period
    whole_year_before: Period

    @property
    def words(self) -> str:
        """What is compared with what, in one phrase."""
        if not self.days:
            return f"环比{self.previous.label}，同比{self.year_before.label}"
        return (
            f"统计期还没有结束，按前{self.days}天与同样天数比较：环比{_days(self.previous)}，"
            f"同比{_days(self.year_before)}"
        )

    @property
    def in_days(self) -> str:
        """The days compared with, as a table writes them."""
        return f"上期{_days(self.previous)}；上年同期{_days(self.year_before)}"


def bases_of(period: Period, today: date) -> Bases:
    """What a period is compared with, seen from a day.

    Examples
    --------
    >>> quarter = Period(date(2026, 10, 1), date(2026, 12, 31))
    >>> bases_of(quarter, date(2026, 11, 30)).previous.text
    '2026-07-01_2026-08-30'
    """
    previous, year_before = period.previous(), period.year_before()
    days = (today - period.start).days + 1 if period.start <= today < period.end else 0
    return Bases(
        period,
        days,
        _cut(previous, days),
        _cut(year_before, days),
        previous,
        year_before,
    )


def day_in(base: Period, period: Period, today: date) -> date:
    """The day that ``today`` is in a base: as far from its beginning as today from the period's.

    A period that is over is seen from today itself.
    """
    if not period.start <= today <= period.end:
        return today
    return base.start + (today - period.start)


def is_known(base: Period, first: date | None) -> bool:
    """Whether a ledger whose first record is of the day ``first`` (None: it has none) holds the
    days of a base."""
    return first is not None and first <= base.start + base.days // _MISSING * _DAY


def _cut(base: Period, days: int) -> Period:
    if not days:
        return base
    return Period(base.start, min(base.end, base.start + (days - 1) * _DAY))


def _days(period: Period) -> str:
    return f"{period.start}至{period.end}"
