"""The four kinds of bulletins, which days one of them covers, and what it is called.

A city petition office's year (DOMAIN §1C): daily monitoring, weekly summary, half-monthly
bulletin. A bulletin always ends on the day it is asked for and is compared with equally long
periods, so that no half-finished week is held against a whole one:

- daily 日报: the day itself
- weekly 周报: the seven days that end on it
- halfmonthly 半月通报: the 1st to the 15th or the 16th to the end of the month when the day ends
  one of them, else the fifteen days that end on it
- monthly 月报: the calendar month when the day ends one, else the month up to it (11 October to
  10 November)
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from ledger.domain.errors import Invalid
from ledger.domain.timing.periods import Kind as PeriodKind
from ledger.domain.timing.periods import Period, period_of


@dataclass(frozen=True)
class BulletinKind:
    """One kind: its key, what the paper is called, and what its periods are called in a sentence.

    ``before`` names the period before ("较上周"), ``natural`` the calendar's own period.
    """

    key: str
    label: str
    this: str
    before: str
    natural: PeriodKind
    days: int


KINDS: dict[str, BulletinKind] = {
    kind.key: kind
    for kind in (
        BulletinKind("daily", "日报", "当日", "前一日", "day", 1),
        BulletinKind("weekly", "周报", "本周", "上周", "week", 7),
        BulletinKind("halfmonthly", "半月通报", "本半月", "上半期", "halfmonth", 15),
        BulletinKind("monthly", "月报", "本月", "上月", "month", 30),
    )
}


def kind_named(key: str) -> BulletinKind:
    """The kind of that key. Raises `Invalid` naming the four."""
    if key not in KINDS:
        known = "、".join(f"{kind.key}({kind.label})" for kind in KINDS.values())
        raise Invalid(f"没有“{key}”这种通报，只有：{known}")
    return KINDS[key]


def covered(kind: BulletinKind, until: date) -> Period:
    """The days of a bulletin that ends on ``until``, both ends included.

    Raises
    ------
    Invalid
        For a day outside the years that can be counted.
    """
    whole = period_of(kind.natural, until)
    if whole.end == until:
        return whole
    if kind.key == "monthly":
        return Period(_month_before(until) + timedelta(days=1), until)
    return Period(until - timedelta(days=kind.days - 1), until)


def title_of(kind: BulletinKind, scope_name: str) -> str:
    """The title of the paper, without its number and days."""
    return f"{scope_name}养老服务风险防范和信访工作{kind.label}"


def number_label(year: int, number: int) -> str:
    """How a bulletin is numbered, e.g. ``2026年第12期``."""
    return f"{year}年第{number}期"


def _month_before(day: date) -> date:
    """The same day of the month before; its last one where it has fewer days."""
    last = day.replace(day=1) - timedelta(days=1)
    return last.replace(day=min(day.day, last.day))
