"""Periods of figures, hotspots and bulletins: a day, a week, a half month, a year …

A period is its first and its last day, both included. Its kind is computed from the two days:

- day 日, week 周 (Monday to Sunday, numbered as ISO 8601 does), halfmonth 半月 (the 1st to the
  15th, the 16th to the end), month 月, quarter 季度, year 年
- span 时间段: any other two days

"The period before" of a month is a month, of a span as many days. "The same period last year" of
a week bears the same number (the 52nd where that year has no 53rd); of anything else the same
days of the month, the 29th of February becoming the 28th.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Literal, cast, get_args

from ledger.domain.errors import Invalid
from ledger.domain.timing.clock import OFFICE

Kind = Literal["day", "week", "halfmonth", "month", "quarter", "year"]
KINDS: tuple[Kind, ...] = get_args(Kind)
KIND_LABELS: dict[str, str] = {
    "day": "日",
    "week": "周",
    "halfmonth": "半月",
    "month": "月",
    "quarter": "季度",
    "year": "年",
    "span": "时间段",
}
# Room for "the same period last year" and "the last twelve years" on both sides of what offices
# keep; a mistyped year is told, not counted.
EARLIEST, LATEST = date(1900, 1, 1), date(2199, 12, 31)

_DAY = timedelta(days=1)
_MID_MONTH = 15


@dataclass(frozen=True, order=True)
class Period:
    """From ``start`` to ``end``, both days included.

    Raises
    ------
    Invalid
        The end lies before the start, or a day outside 1900 to 2199; the message is Chinese.
    """

    start: date
    end: date

    def __post_init__(self) -> None:
        if self.start < EARLIEST or self.end > LATEST:
            raise Invalid(
                f"时间段“{self.start}至{self.end}”超出可统计的范围（{EARLIEST}至{LATEST}），"
                "请改正年份。"
            )
        if self.end < self.start:
            raise Invalid(f"截止日期{self.end}早于开始日期{self.start}，请对调或改正。")

    @property
    def kind(self) -> str:
        """One of `KINDS` if the days are exactly such a period, else ``span``."""
        for kind in KINDS:
            if _BOUNDS[kind](self.start) == (self.start, self.end):
                return kind
        return "span"

    @property
    def days(self) -> int:
        """How many days, both ends included."""
        return (self.end - self.start).days + 1

    @property
    def label(self) -> str:
        """What people call it: "2026年10月上半月", "10月1日至12日" with the year, and so on."""
        kind = self.kind
        return _LABELS[cast(Kind, kind)](self) if kind != "span" else _span(self, year=True)

    @property
    def span_label(self) -> str:
        """Its first and last day without the year: "10月1日至10月31日"; with it where two meet."""
        return _span(self, year=False)

    @property
    def text(self) -> str:
        """For addresses and file names: ``2026-10-01_2026-10-31``."""
        return f"{self.start}_{self.end}"

    def __contains__(self, day: date) -> bool:
        return self.start <= day <= self.end

    def __str__(self) -> str:
        return self.label

    def previous(self) -> Period:
        """The period just before: of the same kind, or of as many days."""
        before = self.start - _DAY
        kind = self.kind
        if kind != "span":
            return period_of(cast(Kind, kind), before)
        return Period(before - (self.end - self.start), before)

    def year_before(self) -> Period:
        """The same period of the year before."""
        if self.kind == "week":
            year, week, _ = self.start.isocalendar()
            return period_of("week", _iso_monday(year - 1, week))
        kind, start = self.kind, _year_earlier(self.start)
        if kind != "span":
            return period_of(cast(Kind, kind), start)
        return Period(start, _year_earlier(self.end))

    def last(self, n: int) -> tuple[Period, ...]:
        """This period and the ones before it, ``n`` in all, oldest first."""
        periods = [self]
        while len(periods) < n:
            periods.append(periods[-1].previous())
        return tuple(reversed(periods))


def period_of(kind: Kind, day: date) -> Period:
    """The day, week, half month, month, quarter or year that ``day`` lies in."""
    if kind not in _BOUNDS:
        raise Invalid(f"没有“{kind}”这种统计周期，只有：{'、'.join(KINDS)}。")
    if not EARLIEST <= day <= LATEST:
        return Period(day, day)  # refuses it, in words
    return Period(*_BOUNDS[kind](day))


def read_period(text: str) -> Period:
    """A period from its ``text`` (an address that somebody may have typed).

    Raises
    ------
    Invalid
        The text is not two days of the calendar joined by ``_``.
    """
    try:
        start, end = (date.fromisoformat(part) for part in text.split("_"))
    except ValueError:
        raise Invalid(
            f"时间段“{text[:40]}”读不懂，应写成“2026-10-01_2026-10-31”（开始日期_截止日期）。"
        ) from None
    return Period(start, end)


def read_day(text: str) -> date:
    """A day from its text ``2026-10-01`` (an address that somebody may have typed).

    Raises
    ------
    Invalid
        The text is no day of the calendar, or outside 1900 to 2199.
    """
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise Invalid(f"“{text[:20]}”不是日期，应写成 2026-10-01") from None
    return Period(day, day).start


def _week(day: date) -> tuple[date, date]:
    monday = day - timedelta(days=day.weekday())
    return monday, monday + timedelta(days=6)


def _halfmonth(day: date) -> tuple[date, date]:
    first, last = _month(day)
    if day.day <= _MID_MONTH:
        return first, day.replace(day=_MID_MONTH)
    return day.replace(day=_MID_MONTH + 1), last


def _month(day: date) -> tuple[date, date]:
    return _months(day.year, day.month, 1)


def _quarter(day: date) -> tuple[date, date]:
    return _months(day.year, day.month - (day.month - 1) % 3, 3)


def _months(year: int, month: int, n: int) -> tuple[date, date]:
    after = month + n
    following = date(year + (after - 1) // 12, (after - 1) % 12 + 1, 1)
    return date(year, month, 1), following - _DAY


def _year_earlier(day: date) -> date:
    try:
        return day.replace(year=day.year - 1)
    except ValueError:  # the 29th of February
        return day.replace(year=day.year - 1, day=28)


def _iso_monday(year: int, week: int) -> date:
    try:
        return date.fromisocalendar(year, week, 1)
    except ValueError:  # that year has no 53rd week
        return date.fromisocalendar(year, week - 1, 1)


def _day_label(day: date) -> str:
    return f"{day.month}月{day.day}日"


def _span(period: Period, *, year: bool) -> str:
    start, end = period.start, period.end
    two_years = start.year != end.year
    words = f"{start.year}年{_day_label(start)}" if year or two_years else _day_label(start)
    if start == end:
        return words
    return f"{words}至{f'{end.year}年' if two_years else ''}{_day_label(end)}"


def _week_label(period: Period) -> str:
    year, week, _ = period.start.isocalendar()
    start, end = period.start, period.end
    until = f"{end.day}日" if start.month == end.month else _day_label(end)
    return f"{year}年第{week}周({_day_label(start)}至{until})"


def _halfmonth_label(period: Period) -> str:
    half = "上半月" if period.start.day == 1 else "下半月"
    return f"{period.start.year}年{period.start.month}月{half}"


_BOUNDS: dict[Kind, Callable[[date], tuple[date, date]]] = {
    "day": lambda day: (day, day),
    "week": _week,
    "halfmonth": _halfmonth,
    "month": _month,
    "quarter": _quarter,
    "year": lambda day: (date(day.year, 1, 1), date(day.year, 12, 31)),
}
_LABELS: dict[Kind, Callable[[Period], str]] = {
    "day": lambda period: _span(period, year=True),
    "week": _week_label,
    "halfmonth": _halfmonth_label,
    "month": lambda period: f"{period.start.year}年{period.start.month}月",
    "quarter": lambda period: f"{period.start.year}年第{(period.start.month + 2) // 3}季度",
    "year": lambda period: f"{period.start.year}年",
}


def moments_of(period: Period) -> tuple[datetime, datetime]:
    """The first moment of a period and the first one after it, in the office's days."""
    after = period.end + timedelta(days=1)
    start, end = (datetime.combine(day, time(), OFFICE) for day in (period.start, after))
    return start, end
