"""Comparisons in words, computed from the numbers: 环比 against the period before, 同比 against
the same period of the year before.

The rules, which are the office's habit and not law:

- nothing to compare with (no data) is said, never taken for zero
- a percentage needs a base of at least `SMALLEST_BASE`: from 1 to 3 is "增加2件", not "上升200%"
- a base of zero has no percentage at all
- shares are compared in percentage points, and from the rounded shares that stand on the paper,
  so that a reader who subtracts finds the same difference
- numbers are rounded half up, as people do it
"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

SMALLEST_BASE = 10
NO_DATA = "暂无数据"
_TENTH = Decimal("0.1")


def rounded(number: float, unit: Decimal = _TENTH) -> Decimal:
    """Half up, from the number as it is written (2.675 is 2.68, whatever binary makes of it)."""
    return Decimal(str(number)).quantize(unit, rounding=ROUND_HALF_UP)


def percent(share: float | None) -> str:
    """A share 0–1 as ``85.2%``; without one, `NO_DATA`."""
    if share is None:
        return NO_DATA
    return f"{percent_points(share)}%"


def percent_points(share: float) -> Decimal:
    """A share 0–1 in per cent with one decimal, as it stands on paper."""
    return (Decimal(str(share)) * 100).quantize(_TENTH, rounding=ROUND_HALF_UP)


def amount(number: float | None, unit: str = "") -> str:
    """A number as people write it: no superfluous zeros, thousands parted; or `NO_DATA`."""
    if number is None:
        return NO_DATA
    text = f"{rounded(number, Decimal('0.01')):,}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return f"{text}{unit}"


def compared(now: float | None, then: float | None, unit: str, word: str = "环比") -> str:
    """The comparison of a count or a sum with another period's, in Chinese words.

    Examples
    --------
    >>> compared(15, 12, "件")
    '环比增加3件（上升25.0%）'
    >>> compared(3, 1, "件", "同比")
    '同比增加2件'
    >>> compared(3, None, "件", "同比")
    '同比暂无数据'
    """
    if now is None or then is None:
        return f"{word}{NO_DATA}"
    change = Decimal(str(now)) - Decimal(str(then))
    if change == 0:
        return f"{word}持平"
    verb, direction = ("增加", "上升") if change > 0 else ("减少", "下降")
    said = f"{word}{verb}{amount(float(abs(change)), unit)}"
    if then < SMALLEST_BASE:
        return said
    ratio = (abs(change) / Decimal(str(then)) * 100).quantize(_TENTH, rounding=ROUND_HALF_UP)
    return f"{said}（{direction}{ratio}%）"


def compared_shares(now: float | None, then: float | None, word: str = "环比") -> str:
    """The comparison of a share 0–1 with another period's, in percentage points, in words.

    Examples
    --------
    >>> compared_shares(0.852, 0.83)
    '环比提高2.2个百分点'
    """
    if now is None or then is None:
        return f"{word}{NO_DATA}"
    change = percent_points(now) - percent_points(then)
    if change == 0:
        return f"{word}持平"
    verb = "提高" if change > 0 else "下降"
    return f"{word}{verb}{abs(change)}个百分点"


def listed(parts: list[str], most: int | None = None) -> str:
    """Chinese enumeration; beyond ``most`` parts it ends with 等."""
    if most is not None and len(parts) > most:
        return "、".join(parts[:most]) + "等"
    return "、".join(parts)
