"""Days off that the law fixes for every year, also those whose arrangement is not announced yet.

The regulation on public holidays, as in force since 2025, fixes 1 January, 除夕 and the first three
days of the lunar year, 清明, 1 and 2 May, 端午, 中秋 and 1 to 3 October. What it does not fix is
announced year by year (:mod:`ledger.domain.timing.calendar`): bridging days and the weekends worked
for them. The lunar days come from the package ``lunar_python``.
"""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache

from lunar_python import Lunar

_SOLAR = ((1, 1), (5, 1), (5, 2), (10, 1), (10, 2), (10, 3))
_NEW_YEAR, _DRAGON_BOAT, _MID_AUTUMN = (1, 1), (5, 5), (8, 15)
_LUNAR_KEPT = range(1900, 2200)
_FIRST_DAYS = range(-1, 3)  # 除夕 to 初三


@cache
def statutory_days(year: int) -> frozenset[date]:
    """The days off that the law fixes for a year, whatever day of the week they fall on.

    Outside 1900 to 2199, where no office keeps records, only those of the solar calendar.
    """
    solar = {date(year, month, day) for month, day in _SOLAR}
    if year not in _LUNAR_KEPT:
        return frozenset(solar)
    new_year = _of_lunar(year, _NEW_YEAR)
    return frozenset(
        {
            *solar,
            *(new_year + timedelta(days=step) for step in _FIRST_DAYS),
            _clear_and_bright(year),
            _of_lunar(year, _DRAGON_BOAT),
            _of_lunar(year, _MID_AUTUMN),
        }
    )


def _of_lunar(year: int, day: tuple[int, int]) -> date:
    """The solar day of a month and day of the lunar year that begins in ``year``."""
    solar = Lunar.fromYmd(year, *day).getSolar()
    return date(solar.getYear(), solar.getMonth(), solar.getDay())


def _clear_and_bright(year: int) -> date:
    """清明, the solar term in the first days of April."""
    solar = Lunar.fromYmd(year, *_NEW_YEAR).getJieQiTable()["清明"]
    return date(solar.getYear(), solar.getMonth(), solar.getDay())
