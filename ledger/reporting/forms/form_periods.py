"""Which days a form speaks of: its own period, and words such as 本周, 累计, 去年同期.

- The form's own period is what was asked for, else what it states itself (统计时间：…,
  报送周期：本周, …周报表). A column without a word for its time is of that period.
- 本周 and the like are the week (month …) of the last day asked for; without one, of today.
- 累计 is everything from the beginning of the ledger to the last day; 本年累计 begins on the 1st of
  January.
- 去年同期 is compared as everywhere (`ledger.domain.timing.comparing`): a period under way over
  equal days.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import cast

from ledger.domain.errors import Invalid
from ledger.domain.timing.comparing import bases_of
from ledger.domain.timing.periods import EARLIEST, Kind, Period, period_of, read_period
from ledger.domain.values import fold
from ledger.reporting.forms.senses import FormWords, PeriodWord

KINDS_SAID = ("day", "week", "halfmonth", "month", "quarter", "year")
_DAYS = re.compile(
    r"(\d{4})[年.\-/](\d{1,2})[月.\-/](\d{1,2})日?(?:至|到|-|—|–|~)+"
    r"(?:(\d{4})[年.\-/])?(?:(\d{1,2})[月.\-/])?(\d{1,2})日?"
)
_DAY = re.compile(r"(\d{4})[年.\-/](\d{1,2})[月.\-/](\d{1,2})日?")
_QUARTER = re.compile(r"(\d{4})年第?([1-4一二三四])季度")
_MONTH = re.compile(r"(\d{4})年(\d{1,2})月(?!\d)(?:份)?")
_STATES = re.compile(
    r"^(?:(?:统计|数据|所属)(?:时间|时期|月份|年月|季度|期)|(?:统计|报送|填报|报告|数据|所属)?"
    r"(?:周期|期间|时段|频次|报告期|期别|期次|月份|季度)):?"
)
# A piece of a note that is a period and nothing else.
_ONLY_PERIOD = re.compile(
    r"\(?(?:\d{4}年第?[1-4一二三四]季度|\d{4}年\d{1,2}月份?|\d{4}年(?:\d{1,2}月\d{1,2}日).*[至到\-—~].*日)\)?"
)
_LONE_MONTH = re.compile(r"(?<![\d年])(\d{1,2})月份")
_UNTIL = re.compile(r"^(?:数据)?(?:截止|截至)[^:\d]{0,6}:?(?=\d)")


@dataclass(frozen=True)
class Times:
    """The days of a form: today, the last day spoken of, the form's own period if it has one."""

    today: date
    last: date
    own: Period | None

    @property
    def is_past(self) -> bool:
        """Whether it speaks of a day before today."""
        return self.last < self.today


def times_of(
    texts: Sequence[str], title: str, words: FormWords, asked: Period | None, today: date
) -> Times:
    """The days of a form from its notes and its title; ``asked`` holds before them."""
    folded = [fold(text) for text in pieces(texts)]
    until = next((_day(text) for text in folded if _UNTIL.match(text)), None)
    last = min(asked.end, today) if asked and asked.start <= today else today
    if asked is None and until is not None:
        last = min(until, today)
    stated = None
    saying = [one for one in folded if _STATES.match(one) or _ONLY_PERIOD.fullmatch(one)]
    for text in [*saying, fold(title)]:
        stated = stated or _stated(text)
    stated = stated or _lone_month(fold(title), today)
    kind = _kind_said([_STATES.sub("", one) for one in folded if _STATES.match(one)], title, words)
    own: Period | None
    if asked is not None:
        own = asked if kind is None or asked.kind == kind else period_of(cast(Kind, kind), last)
    elif stated is not None:
        own, last = stated, min(stated.end, today)
    else:
        own = None if kind is None else period_of(cast(Kind, kind), last)
    return Times(today, last, own)


def pieces(texts: Sequence[str]) -> list[str]:
    """Notes apart that stand in one cell with blanks between them."""
    return [part for text in texts for part in re.split(r"\s{2,}|\u3000+|\n", text) if part.strip()]


def _lone_month(title: str, today: date) -> Period | None:
    """11月份 without a year: the last such month that has begun."""
    found = _LONE_MONTH.search(title)
    if found is None or not 1 <= int(found[1]) <= 12:
        return None
    month = int(found[1])
    return period_of("month", date(today.year - (month > today.month), month, 1))


def period_for(kind: str, times: Times, beside: Period | None = None) -> Period | str | None:
    """The days of a word; None: as things stand; a text: why it cannot be told.

    ``beside`` is the current period that stands beside a 去年同期 or 上期.
    """
    if kind in ("", "same"):
        return times.own if times.own is not None else "没有写明是哪一期的数，请说明统计期"
    if kind == "now":
        return None
    if kind in KINDS_SAID:
        return _cut(period_of(cast(Kind, kind), times.last), times)
    if kind.startswith("last_"):
        return period_of(cast(Kind, kind.removeprefix("last_")), times.last).previous()
    if kind == "so_far":
        return Period(EARLIEST, times.last)
    if kind == "ytd":
        return Period(date(times.last.year, 1, 1), times.last)
    current = beside or times.own
    if current is None:
        return "没有写明与哪一期相比，请说明统计期"
    bases = bases_of(current, times.today)
    return bases.year_before if kind == "year_before" else bases.whole_previous


def _cut(period: Period, times: Times) -> Period:
    """A period no further than the last day spoken of, where that is not today."""
    if times.is_past and times.last < period.end and times.own is None:
        return Period(period.start, times.last)
    return period


def read_asked(text: str, today: date) -> Period:
    """A period as people type it: 2026-11, 2026-W48, 2026Q4, 2026, 2026-11-23_2026-11-29, 本周.

    Raises
    ------
    Invalid
        If it cannot be read; the message lists how to write it.
    """
    said = fold(text)
    words = {"本日": "day", "本周": "week", "本半月": "halfmonth", "本月": "month"}
    names = {**words, "本季度": "quarter", "本年": "year"}
    try:
        kind = names.get(said, said if said in KINDS_SAID else None)
        if kind is not None:
            return period_of(cast(Kind, kind), today)
        if said in ("上周", "上月", "上季度", "上年"):
            kinds = {"周": "week", "月": "month", "季度": "quarter", "年": "year"}
            return period_of(cast(Kind, kinds[said[1:]]), today).previous()
        if re.fullmatch(r"\d{4}-\d{2}", said):
            return period_of("month", date.fromisoformat(f"{said}-01"))
        if re.fullmatch(r"\d{4}-\d{2}-\d{2}", said):
            return period_of("day", date.fromisoformat(said))
        if week := re.fullmatch(r"(\d{4})-?w(\d{1,2})", said):
            return period_of("week", date.fromisocalendar(int(week[1]), int(week[2]), 1))
        if quarter := re.fullmatch(r"(\d{4})-?q([1-4])", said):
            return period_of("quarter", date(int(quarter[1]), 3 * int(quarter[2]), 1))
        if re.fullmatch(r"\d{4}", said):
            return period_of("year", date(int(said), 1, 1))
        stated = _stated(said)
        return stated if stated is not None else read_period(said)
    except (ValueError, Invalid):
        raise Invalid(
            f"统计期“{text[:40]}”读不懂，可写：2026-11（月）、2026-W48（周）、2026Q4（季度）、2026（年）、"
            "2026-11-23（日）、2026-11-23_2026-11-29（起止日期）、本周、本月、上月"
        ) from None


def _stated(text: str) -> Period | None:
    try:
        if found := _DAYS.search(text):
            year, month, day, year2, month2, day2 = found.groups()
            start = date(int(year), int(month), int(day))
            return Period(start, date(int(year2 or year), int(month2 or month), int(day2)))
        if found := _QUARTER.search(text):
            number = "一二三四".find(found[2]) + 1 or int(found[2])
            return period_of("quarter", date(int(found[1]), 3 * number, 1))
        if _DAY.search(text) is None and (found := _MONTH.search(text)):
            return period_of("month", date(int(found[1]), int(found[2]), 1))
    except (ValueError, Invalid):
        return None
    return None


def _day(text: str) -> date | None:
    found = _DAY.search(text)
    try:
        return date(*map(int, found.groups())) if found else None
    except ValueError:
        return None


def _kind_said(states: Sequence[str], title: str, words: FormWords) -> str | None:
    for text in states:
        for sense in words.senses.get(text, ()):
            if isinstance(sense, PeriodWord) and sense.kind in KINDS_SAID:
                return sense.kind
        if text in words.form_periods:
            return words.form_periods[text]
    said = fold(title)
    found = [word for word in words.form_periods if word in said]
    if found:
        return words.form_periods[max(found, key=len)]
    inside = [
        (word, sense.kind)
        for word, senses in words.senses.items()
        for sense in senses
        if isinstance(sense, PeriodWord) and sense.kind in KINDS_SAID and word in said
    ]
    return max(inside, key=lambda one: len(one[0]))[1] if inside else None
