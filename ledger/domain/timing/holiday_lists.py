"""Reading a year's list of holidays, as announced or as the office writes it.

The text of the State Council's notice may be pasted as it is::

    国务院办公厅关于2026年部分节假日安排的通知
    一、元旦：1月1日（周四）至3日（周六）放假调休，共3天。1月4日（周日）上班。

or one statement a line, with dates in any of the usual ways; ``#`` begins a remark::

    2027年
    2027-01-01 至 2027-01-03 放假
    2月20日 上班        # 春节调休

Days off are called 放假 or 休, weekend days worked in exchange 上班 or 班. Where a weekday stands
beside a date it must be right: that is how a list for the wrong year is noticed.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date, timedelta

from ledger.domain.errors import Invalid, Problem
from ledger.domain.timing.calendar import YearArrangement

LONGEST_LIST = 20_000
LONGEST_HOLIDAY = 31

_YEAR = re.compile(r"((?:19|20)\d\d) ?年(?! ?\d)")
_DATE = re.compile(
    r"""(?:
        (?P<iso_year>\d{4})[-/.](?P<iso_month>\d{1,2})[-/.](?P<iso_day>\d{1,2})
      | (?:(?P<year>\d{4})年)?(?:(?P<month>\d{1,2})月)?(?P<day>\d{1,2})日
    )
    (?:\s*\([^()]*?(?:周|星期|礼拜)(?P<weekday>[一二三四五六日天])[^()]*\))?""",
    re.VERBOSE,
)
_TO = re.compile(r"\s*(?:至|到|~|[-–—]+)\s*")
_OFF = re.compile(r"放假|调休|休")
_WORK = re.compile(r"上班|补班|班")
_NOT_COUNTED = re.compile(r"共 ?\d+ ?天")
_NUMBER = re.compile(r"\d|[一二三四五六七八九十]月")
_WEEKDAYS = "一二三四五六日"


def read_year_list(text: str) -> YearArrangement:
    """The arrangement a text describes.

    Raises
    ------
    Invalid
        One problem per line that cannot be used, in Chinese, with the number of the line as row.
        A list is taken whole or not at all.
    """
    if len(text) > LONGEST_LIST:
        raise Invalid(f"文字超过 {LONGEST_LIST} 个字符，不像节假日安排，请只粘贴通知正文")
    lines = unicodedata.normalize("NFKC", text).replace("〇", "0").splitlines()
    reading = _Reading(_year_of(lines))
    for number, line in enumerate(lines, start=1):
        reading.line(number, line.partition("#")[0].strip())
    return reading.result()


def _year_of(lines: list[str]) -> int:
    """The year named on a line of its own or in the title, else that of the first full date."""
    for line in lines:
        if _DATE.search(line) is None and (named := _YEAR.search(line)):
            return int(named[1])
    for line in lines:
        for found in _DATE.finditer(line):
            if year := found["iso_year"] or found["year"]:
                return int(year)
    raise Invalid("没有写明是哪一年的安排，请在第一行写上年份，例如“2027年”")


class _Reading:
    """The days found so far, and what could not be used."""

    def __init__(self, year: int) -> None:
        self.year = year
        self.days: dict[date, tuple[bool, int]] = {}
        self.problems: list[Problem] = []

    def line(self, number: int, line: str) -> None:
        """Take in one line, which may hold several sentences."""
        if self._signed(line):
            return
        for sentence in re.split(r"[。;]", line):
            try:
                self._sentence(number, sentence)
            except ValueError as error:
                self.problems.append(Problem(number, None, str(error)))

    def _signed(self, line: str) -> bool:
        """Whether the line is the date a notice bears at its end, which is of an earlier year."""
        found = _DATE.fullmatch(line)
        return bool(found and found["year"] and int(found["year"]) < self.year)

    def result(self) -> YearArrangement:
        """The arrangement; raises `Invalid` with everything found wrong."""
        off = frozenset(day for day, (worked, _) in self.days.items() if not worked)
        if not self.problems and not off:
            message = "没有读到放假的日期，请检查写法，例如“1月1日至3日放假”"
            self.problems.append(Problem(None, None, message))
        if self.problems:
            raise Invalid(self.problems)
        return YearArrangement(self.year, off, frozenset(self.days) - off)

    def _sentence(self, number: int, sentence: str) -> None:
        plain = _NOT_COUNTED.sub("", sentence)
        if _DATE.search(plain) is None:
            if _date_like(plain):
                raise ValueError(f"看不懂日期“{plain.strip()[:30]}”，请写成 1月1日 或 2027-01-01")
            return
        off, work = _OFF.search(plain), _WORK.search(plain)
        if (off is None) == (work is None):
            raise ValueError(
                f"“{plain.strip()[:30]}”没有写明或同时写了放假和上班，"
                "请每句只写一种，例如“1月4日上班”"
            )
        for day in self._dates(plain):
            self._note(number, day, worked=work is not None)

    def _dates(self, sentence: str) -> list[date]:
        """Every day the sentence names, ranges spelt out."""
        days: list[date] = []
        before: re.Match[str] | None = None
        for found in _DATE.finditer(sentence):
            ranged = before is not None and _TO.fullmatch(sentence, before.end(), found.start())
            day = self._day(found, days[-1] if ranged else None)
            if ranged:
                days += _from_to(days[-1], day)
            else:
                days.append(day)
            before = found
        return days

    def _day(self, found: re.Match[str], start: date | None) -> date:
        year = int(found["iso_year"] or found["year"] or (start.year if start else self.year))
        month = found["iso_month"] or found["month"] or (start.month if start else None)
        if month is None:
            raise ValueError(f"“{found[0]}”没有写月份，请写成 1月1日")
        try:
            day = date(year, int(month), int(found["iso_day"] or found["day"]))
        except ValueError:
            raise ValueError(f"没有“{found[0]}”这一天，请改正") from None
        said = (found["weekday"] or "").replace("天", "日")
        if said and said != _WEEKDAYS[day.weekday()]:
            raise ValueError(
                f"{day} 是周{_WEEKDAYS[day.weekday()]}，这里写的是周{said}，请核对年份和日期"
            )
        if day.year != self.year and (day.year, day.month) != (self.year - 1, 12):
            raise ValueError(f"{day} 不在 {self.year} 年（或上年12月）之内，请核对年份")
        return day

    def _note(self, number: int, day: date, *, worked: bool) -> None:
        known = self.days.setdefault(day, (worked, number))
        if known[0] is not worked:
            raise ValueError(f"{day} 在第{known[1]}行写的与这里不同：又放假又上班，请改正一处")
        if worked and day.weekday() < 5:
            raise ValueError(
                f"{day} 是周{_WEEKDAYS[day.weekday()]}，本来就上班，不会是调休上班日，请核对"
            )


def _date_like(sentence: str) -> bool:
    """Whether a number stands beside a word for working or resting: a date was meant."""
    meant = _OFF.search(sentence) or _WORK.search(sentence)
    return bool(meant and _NUMBER.search(_YEAR.sub("", sentence)))


def _from_to(first: date, last: date) -> list[date]:
    """The days after ``first`` up to ``last``."""
    length = (last - first).days
    if not 0 < length < LONGEST_HOLIDAY:
        raise ValueError(f"“{first} 至 {last}”前后颠倒或太长，请核对起止日期")
    return [first + timedelta(days=step) for step in range(1, length + 1)]
