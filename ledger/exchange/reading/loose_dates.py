"""Days as people write them: "2022.5.6", "2022年5月", "5月20日", Excel's serial numbers."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, timedelta

from ledger.exchange.reading.loose_numbers import chinese_number
from ledger.exchange.reading.understanding import Understood, shown

_EPOCH = date(1899, 12, 30)
# 1954 to 2119 (from 1904: 1958 to 2123): numbers beyond are no days of a ledger.
_SERIALS = (20_000, 80_000)
_FULL = re.compile(r"(\d{4})[-/.年、](\d{1,2})[-/.月、](\d{1,2})(?!\d)[日号]?(?P<rest>.*)")
_SHORT = re.compile(r"'?(\d{2})[-/.年](\d{1,2})[-/.月](\d{1,2})[日号]?")
_MONTH = re.compile(r"(\d{4})(?:[-/.年])(\d{1,2})月?(?P<part>份|初|上旬|中旬|下旬|底|末)?")
_DAY = re.compile(r"(?:(?P<word>今年|本年|去年))?(\d{1,2})(?:月|[-/.])(\d{1,2})[日号]?")
_CHINESE = re.compile(r"[零〇一二两三四五六七八九十]+(?=[年月日号])")
_TIME = r"t?\d{1,2}[:时点](?:\d{1,2})?(?:[:分]\d{1,2}(?:\.\d+)?)?[分秒整半]?(?:[ap]m)?"
_WEEKDAY = r"\(?(?:周|星期)(?P<weekday>[一二三四五六日天1-7])\)?"
# What may follow a day and leaves it what it is; any other word makes it doubtful, or no day.
_EXACT = re.compile(rf" ?(?:{_WEEKDAY})?(?:(?:[上下中]午|凌晨|早上|晚上)?(?:{_TIME})?)?")
_VAGUE = re.compile(r"\([^()]{0,20}\)|起|前|止|左右|以前|之前|前后|许")
_WEEKDAYS = dict(zip("一二三四五六日天1234567", [*range(7), 6, *range(7)], strict=True))


@dataclass(frozen=True, slots=True)
class Context:
    """What a file says about the time it speaks of: ``year`` and where that stood; ``epoch`` is
    day 0 of its serial numbers."""

    today: date
    year: int | None = None
    year_from: str = ""
    epoch: date = _EPOCH


def read_day(raw: object, context: Context) -> Understood | None:
    """A day that is not written in full, or not plainly; None when it is none.

    Never sure of a day with words beside it ("5月20日前") or with another weekday than its own.
    The year of "5月20日" is the file's (title, sheet or file name): sure; without one it is the
    year in which that day was last: doubtful. A month stands for its first day: doubtful.
    """
    if isinstance(raw, bool):
        return None
    if isinstance(raw, int | float):
        return _serial(float(raw), context) or _eight_digits(float(raw))
    text = _plain(str(raw))
    if re.fullmatch(r"\d{5}(?:\.0+)?", text):
        return _serial(float(text), context)
    if re.fullmatch(r"(?:19|20)\d{12}", text):
        return _eight_digits(float(text[:8]))
    return _full(text) or _short(text) or _month(text) or _day_of_year(text, context)


def _plain(text: str) -> str:
    """Half-width, lower case, without blanks but those that part two numbers ("5-3 10:30")."""
    half = re.sub(r"\s+", " ", unicodedata.normalize("NFKC", text)).strip().lower()
    half = re.sub(r"(?<!\d) | (?!\d)", "", half)
    return _CHINESE.sub(lambda found: f"{chinese_number(found[0]) or 0:.0f}", half)


def _serial(number: float, context: Context) -> Understood | None:
    if not _SERIALS[0] <= number <= _SERIALS[1]:
        return None
    day = context.epoch + timedelta(days=int(number))
    since = "" if context.epoch == _EPOCH else "(文件自1904年起算)"
    return Understood(day, f"Excel 的日期序号：{number:g} 即 {day}{since}")


def _eight_digits(number: float) -> Understood | None:
    """20220503 in a cell of numbers."""
    text = f"{number:.0f}" if number.is_integer() else ""
    day = _made(int(text[:4]), int(text[4:6]), int(text[6:])) if len(text) == 8 else None
    return None if day is None else Understood(day, f"八位数字的日期：“{text}”按 {day} 理解")


def _made(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _full(text: str) -> Understood | None:
    found = _FULL.fullmatch(text)
    day = found and _made(*(int(part) for part in found.groups()[:3]))
    if found is None or not day:
        return None
    exact = _EXACT.fullmatch(found["rest"])
    if exact is None and not _VAGUE.fullmatch(found["rest"]):
        return None
    said = exact and exact["weekday"]
    sure = exact is not None and (not said or _WEEKDAYS[said] == day.weekday())
    check = "" if sure else "，请核对"
    return Understood(day, f"日期写法：“{shown(text)}”按 {day} 理解{check}", sure)


def _short(text: str) -> Understood | None:
    found = _SHORT.fullmatch(text)
    day = found and _made(2000 + int(found[1]), int(found[2]), int(found[3]))
    if not day:
        return None
    return Understood(day, f"年份只有两位：“{shown(text)}”按 {day} 理解，请核对", sure=False)


def _month(text: str) -> Understood | None:
    found = _MONTH.fullmatch(text)
    if found is None and re.fullmatch(r"(?:19|20)\d{2}(?:0[1-9]|1[0-2])", text):
        day = _made(int(text[:4]), int(text[4:]), 1)
    else:
        day = found and _made(int(found[1]), int(found[2]), 1)
    if not day:
        return None
    return Understood(day, f"没有写日：“{shown(text)}”按当月1日 {day} 理解，请核对", sure=False)


def _day_of_year(text: str, context: Context) -> Understood | None:
    found = _DAY.fullmatch(text)
    if found is None:
        return None
    month, number = int(found[2]), int(found[3])
    year = _worded_year(found["word"], context)
    if year is not None:
        day = _made(year, month, number)
        where = context.year_from or "文件"
        if day is None:
            return None
        how = f"年份取自{where}：“{shown(text)}”按 {day} 理解"
        return Understood(day, how, sure=found["word"] is None)
    # 29 February is found at most eight years back.
    for past in range(context.today.year, context.today.year - 9, -1):
        day = _made(past, month, number)
        if day is not None and day <= context.today:
            return Understood(
                day, f"没有写年份：“{shown(text)}”按最近一次 {day} 理解，请核对", sure=False
            )
    return None


def _worded_year(word: str | None, context: Context) -> int | None:
    if word is None:
        return context.year
    return (context.year or context.today.year) - (word == "去年")


_YEARS = re.compile(r"(?<!\d)((?:19|20)\d{2})\s*(?:年|[-./]\d{1,2}(?!\d)|(?=\D*$))")


def year_in(text: str) -> int | None:
    """The one year that a title or a name speaks of; None for none or several."""
    half = _plain(text)
    found = {int(year) for year in _YEARS.findall(half)}
    return found.pop() if len(found) == 1 else None
