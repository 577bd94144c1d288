"""Three-valued logic, and numbers of which only bounds are known.

Truth values are ``True`` (yes), ``False`` (no) and ``None`` (unknown), combined by Kleene's strong
tables: an unknown operand matters only where it could change the answer.

A number is an interval ``(low, high)`` of whole or decimal numbers. A known one is a point, an
unknown one reaches as far as its declaration allows (an amount of money from 0 upwards). So
90 + *unknown amount* > 80 is a plain yes, where treating every blank as "unknown" would hide a
large sum. Arithmetic is decimal, not binary: 0.1 + 0.2 must not exceed a limit of 0.3.

Source: S. C. Kleene, Introduction to Metamathematics (1952), section 64; R. E. Moore, Interval
Analysis (1966).
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import TypeAlias

Truth: TypeAlias = bool | None
Exact: TypeAlias = int | Decimal
Interval: TypeAlias = tuple[Exact, Exact]

INFINITY = Decimal("Infinity")
ANYTHING: Interval = (-INFINITY, INFINITY)


def negation(value: Truth) -> Truth:
    """Yes becomes no, no becomes yes, unknown stays unknown."""
    return None if value is None else not value


def disjunction(values: Iterable[Truth]) -> Truth:
    """Yes if any value is yes; otherwise unknown if any is unknown; otherwise no."""
    result: Truth = False
    for value in values:
        if value is True:
            return True
        if value is None:
            result = None
    return result


def point(value: Exact) -> Interval:
    """The interval of a known number."""
    return (value, value)


def minus(operand: Interval) -> Interval:
    """All values ``-x`` with x in the operand."""
    return (-operand[1], -operand[0])


def plus(left: Interval, right: Interval) -> Interval:
    """All values ``x + y``."""
    return (left[0] + right[0], left[1] + right[1])


def times(left: Interval, right: Interval) -> Interval:
    """All values ``x * y``; nothing times however much is nothing."""
    if left[0] == left[1] and right[0] == right[1]:
        return point(left[0] * right[0])
    corners = [0 if not x or not y else x * y for x in left for y in right]
    return (min(corners), max(corners))


def greater(left: Interval, right: Interval) -> Truth:
    """Is ``x > y`` for all x, y (yes), for none (no), or for some (unknown)?"""
    if left[0] > right[1]:
        return True
    return False if left[1] <= right[0] else None


def at_least(left: Interval, right: Interval) -> Truth:
    """The same question for ``x >= y``."""
    return negation(greater(right, left))


def equal(left: Interval, right: Interval) -> Truth:
    """Yes for two equal points, no for intervals apart, otherwise unknown."""
    if left[0] > right[1] or right[0] > left[1]:
        return False
    return True if left[0] == left[1] == right[0] == right[1] else None


def among(value: Interval, allowed: Iterable[Decimal]) -> Truth:
    """Is the number one of ``allowed``?"""
    return disjunction(equal(value, point(item)) for item in allowed)


def text_among(value: str | None, allowed: Iterable[str]) -> Truth:
    """Is the text one of ``allowed``? An unknown text is unknown, whatever is allowed."""
    return None if value is None else value in allowed
