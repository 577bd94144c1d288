"""Working days of mainland China, and the calculation of periods for deadlines.

How a period is counted:

1. The day something happens is not counted; the period begins the day after (Civil Code, art. 201).
2. A period that ends on a day off ends on the next working day (art. 203). Applying this to the
   periods of the petition regulations is a convention of the office, so callers may turn it off.
3. A period in hours runs from the moment itself and ends at a moment (art. 201).

A working day is a weekday that is no holiday, or a weekend day worked in exchange. The State
Council announces both year by year. Past arrangements come from the package ``chinesecalendar``
(2004 to 2026), later ones from lists the office loads (:mod:`ledger.domain.timing.holiday_lists`).
Where there is none, weekends and the days that the law fixes
(:mod:`ledger.domain.timing.statutory`) are days off; only bridging days are unknown, and the result
is marked *provisional* (节假日安排未公布).
"""

from __future__ import annotations

from bisect import bisect_right
from calendar import monthrange
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import MAXYEAR, MINYEAR, UTC, date, datetime, timedelta
from functools import cache
from itertools import groupby
from operator import attrgetter
from typing import NamedTuple

from chinese_calendar import constants

from ledger.domain.timing.clock import OFFICE
from ledger.domain.timing.statutory import statutory_days

PROVISIONAL = "节假日安排未公布"
_MARK = f"({PROVISIONAL})"

# The New Year's arrangement reaches back into December, never further than the 29th so far (those
# of 2007, 2008, 2012 and 2019, say). Until next year is announced, these days are open too.
_FIRST_OPEN_DAY = (12, 29)
_SATURDAY = 5
_LAST_DAY = date.max.toordinal()


@dataclass(frozen=True)
class YearArrangement:
    """What the State Council announced for one year.

    ``holidays`` are days off, weekends inside them included or not; ``workdays`` are weekend days
    worked in exchange. Both may reach into December of the year before.
    """

    year: int
    holidays: frozenset[date]
    workdays: frozenset[date]


class Due(NamedTuple):
    """The last day of a period, and whether an arrangement still to come could move it."""

    date: date
    provisional: bool


@dataclass(frozen=True, eq=False)
class Calendar:
    """Working days under the arrangements of ``years``; never raises for other years.

    Where two arrangements speak of the same day, the one of the later year holds. Sums are kept,
    so build one calendar and use it for many records.
    """

    years: Mapping[int, YearArrangement]
    _worked: dict[date, bool] = field(init=False, repr=False, compare=False)
    _years_read: dict[int, tuple[int, ...]] = field(init=False, repr=False, compare=False)
    _sums: dict[tuple[date, int, int], Due] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        worked: dict[date, bool] = {}
        for _, arrangement in sorted(self.years.items()):
            worked.update(dict.fromkeys(arrangement.holidays, False))
            worked.update(dict.fromkeys(arrangement.workdays, True))
        object.__setattr__(self, "_worked", worked)
        object.__setattr__(self, "_years_read", {})
        object.__setattr__(self, "_sums", {})

    def is_working_day(self, day: date) -> bool:
        """Whether the office works on that day."""
        worked = self._worked.get(day)
        if worked is not None:
            return worked
        if day.weekday() >= _SATURDAY:
            return False
        return day.year in self.years or day not in statutory_days(day.year)

    def is_settled(self, day: date) -> bool:
        """Whether the arrangement for that day is announced."""
        if day.year not in self.years:
            return False
        return (day.month, day.day) < _FIRST_OPEN_DAY or day.year + 1 in self.years

    def add_working_days(self, start: date, n: int) -> Due:
        """The ``n``-th working day after ``start``; n = 0 is the first one not before it.

        ValueError for a negative n. Never later than 9999-12-31.
        """
        _refuse_negative(n)
        key = (start, n, 0)
        due = self._sums.get(key)
        if due is None:
            first = start + timedelta(days=1) if n and start < date.max else start
            last = self._nth_working_day(start, n) if n else self._not_before(start)
            due = self._sums[key] = Due(last, not self._all_settled(first, last))
        return due

    def add_calendar_days(self, start: date, n: int, roll: bool = True) -> Due:
        """The day ``n`` days after ``start``; with ``roll``, if a day off, the next working day.

        Only the last days matter for *provisional*: those that had to be looked at to roll.
        ValueError for a negative n. Never later than 9999-12-31.
        """
        _refuse_negative(n)
        key = (start, n, 2 if roll else 1)
        due = self._sums.get(key)
        if due is None:
            end = date.fromordinal(min(start.toordinal() + n, _LAST_DAY))
            last = self._not_before(end) if roll else end
            due = self._sums[key] = Due(last, roll and not self._all_settled(end, last))
        return due

    def working_days_between(self, start: date, end: date) -> int:
        """Working days after ``start`` up to and including ``end``; negative the other way round.

        So ``working_days_between(d, add_working_days(d, n).date) == n`` for every n above 0.
        """
        if end < start:
            return -self.working_days_between(end, start)
        first = bisect_right(self._in_year(start.year), start.toordinal())
        last = bisect_right(self._in_year(end.year), end.toordinal())
        between = sum(len(self._in_year(year)) for year in range(start.year, end.year))
        return between + last - first

    def _nth_working_day(self, start: date, n: int) -> date:
        year = start.year
        days = self._in_year(year)
        place = bisect_right(days, start.toordinal()) + n - 1
        while place >= len(days):
            if year == MAXYEAR:
                return date.max
            place -= len(days)
            year += 1
            days = self._in_year(year)
        return date.fromordinal(days[place])

    def _not_before(self, day: date) -> date:
        """The day itself if it is a working day, else the next working day."""
        while not self.is_working_day(day) and day < date.max:
            day += timedelta(days=1)
        return day

    def _all_settled(self, first: date, last: date) -> bool:
        years = range(first.year, last.year + 1)
        return all(year in self.years for year in years) and self.is_settled(last)

    def _in_year(self, year: int) -> tuple[int, ...]:
        """Working days of a year as ordinals, ascending."""
        days = self._years_read.get(year)
        if days is None:
            first, last = date(year, 1, 1).toordinal(), date(year, 12, 31).toordinal()
            days = tuple(
                ordinal
                for ordinal in range(first, last + 1)
                if self.is_working_day(date.fromordinal(ordinal))
            )
            self._years_read[year] = days
        return days


def _refuse_negative(n: int) -> None:
    if n < 0:
        raise ValueError(f"a period has 0 days or more, got {n}")


def add_hours(start: datetime, hours: int) -> datetime:
    """The moment ``hours`` after ``start``, in the office's time zone (Asia/Shanghai).

    Nights and holidays count, as nothing says otherwise. ValueError when ``start`` has no time
    zone: a clock in hours must not depend on the machine it runs on.
    """
    if start.tzinfo is None:
        raise ValueError(f"needs a moment with a time zone, got {start!r}")
    try:
        return (start.astimezone(UTC) + timedelta(hours=hours)).astimezone(OFFICE)
    except OverflowError:
        return datetime.max.replace(tzinfo=OFFICE)


def marked(words: str, provisional: bool) -> str:
    """``words`` (a day, or a deadline's name), with a mark if ``provisional``.

    For example ``2027-03-22(节假日安排未公布)``.
    """
    return words + _MARK if provisional else words


def is_marked(words: str | None) -> bool:
    """Whether a deadline's name (the column ``due_label``) has the mark of `marked`."""
    return words is not None and words.endswith(_MARK)


def office_day(moment: date | datetime) -> date:
    """The calendar day in the office; a plain date is one already. ValueError as `add_hours`."""
    if not isinstance(moment, datetime):
        return moment
    if moment.tzinfo is None:
        raise ValueError(f"needs a moment with a time zone, got {moment!r}")
    return moment.astimezone(OFFICE).date() if MINYEAR < moment.year < MAXYEAR else moment.date()


def months_before(day: date, months: int) -> date:
    """The same day so many months earlier; the month's last day where it is shorter."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def calendar_with(loaded: Iterable[YearArrangement] = ()) -> Calendar:
    """The announced years of ``chinesecalendar`` and those ``loaded`` by the office.

    A loaded year replaces the package's year of the same number.
    """
    return Calendar({**_packaged_years(), **{one.year: one for one in loaded}})


@cache
def _packaged_years() -> dict[int, YearArrangement]:
    holidays = {
        year: frozenset(days)
        for year, days in groupby(sorted(constants.holidays), key=attrgetter("year"))
    }
    workdays = {
        year: frozenset(days)
        for year, days in groupby(sorted(constants.workdays), key=attrgetter("year"))
    }
    return {
        year: YearArrangement(year, days, workdays.get(year, frozenset()))
        for year, days in holidays.items()
    }
