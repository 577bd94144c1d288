"""Linear inequalities over exact numbers: whether they can hold together, and where.

Fourier-Motzkin elimination over fractions. Rule files compare few numbers with each other, so the
systems are small; nothing is rounded.

Source: A. Schrijver, Theory of Linear and Integer Programming (1986), section 12.2.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from itertools import product
from math import ceil, floor, gcd, lcm
from typing import NamedTuple

ZERO = Fraction(0)


class Inequality(NamedTuple):
    """``coefficients · x + constant >= 0``, or ``> 0`` where ``strict``."""

    coefficients: tuple[Fraction, ...]
    constant: Fraction
    strict: bool = False


def solve(system: Iterable[Inequality], size: int) -> tuple[Fraction, ...] | None:
    """A point of ``size`` numbers at which all of ``system`` holds, or None if there is none.

    Of the numbers allowed the plainest is taken: 0, a whole number near it, else a fraction.
    """
    tight = _tightest(system)
    if tight is None:
        return None
    if size == 0:
        return ()
    last = size - 1
    below = solve(_without_last(tight, last), last)
    if below is None:
        return None
    return (*below, _plainest(tight, below))


def feasible(system: Iterable[Inequality], size: int) -> bool:
    """Whether ``size`` numbers can be found at which all of ``system`` holds; as `solve`, in whole
    numbers alone and so several times faster."""
    tight = _tightest_whole(map(_whole, system))
    for last in range(size - 1, -1, -1):
        if tight is None:
            return False
        tight = _tightest_whole(_whole_without_last(tight, last))
    return tight is not None


def eliminate(system: Iterable[Inequality], size: int, keep: int) -> list[Inequality] | None:
    """What the first ``keep`` of ``size`` numbers must satisfy so that the others can be found.

    None where nothing satisfies it.
    """
    tight = _tightest(system)
    for last in range(size - 1, keep - 1, -1):
        if tight is None:
            return None
        tight = _tightest(_without_last(tight, last))
    return None if tight is None else list(tight)


def holds(inequality: Inequality, point: Sequence[Fraction]) -> bool:
    """Whether an inequality holds at a point."""
    value = _value(inequality, point)
    return value > 0 if inequality.strict else value >= 0


# Coefficients without a common factor, numerator and denominator of the constant, strict.
_Whole = tuple[tuple[int, ...], int, int, bool]


def _whole(one: Inequality) -> _Whole:
    scale = lcm(*(factor.denominator for factor in one.coefficients))
    parts = tuple(f.numerator * (scale // f.denominator) for f in one.coefficients)
    constant = one.constant
    return _primitive(parts, constant.numerator * scale, constant.denominator, one.strict)


def _primitive(parts: tuple[int, ...], above: int, below: int, strict: bool) -> _Whole:
    common = gcd(*parts)
    if common > 1:
        parts = tuple(part // common for part in parts)
        below *= common
    return parts, above, below, strict


def _tightest_whole(system: Iterable[_Whole]) -> list[_Whole] | None:
    """As `_tightest`."""
    found: dict[tuple[int, ...], _Whole] = {}
    for one in system:
        parts, above, below, strict = one
        if not any(parts):
            if above < 0 or (strict and not above):
                return None
            continue
        other = found.get(parts)
        if other is not None:
            mine, theirs = above * other[2], other[1] * below
            if mine > theirs or (mine == theirs and not strict):
                continue
        found[parts] = one
    return list(found.values())


def _whole_without_last(system: Sequence[_Whole], last: int) -> Iterator[_Whole]:
    """As `_without_last`."""
    lowers = [one for one in system if one[0][last] > 0]
    uppers = [one for one in system if one[0][last] < 0]
    for parts, above, below, strict in system:
        if not parts[last]:
            yield parts[:last], above, below, strict
    for low, high in product(lowers, uppers):
        up, down = -high[0][last], low[0][last]
        parts = tuple(a * up + b * down for a, b in zip(low[0][:last], high[0][:last], strict=True))
        above = low[1] * up * high[2] + high[1] * down * low[2]
        yield _primitive(parts, above, low[2] * high[2], low[3] or high[3])


def _value(inequality: Inequality, point: Sequence[Fraction]) -> Fraction:
    pairs = zip(inequality.coefficients, point, strict=False)
    return sum((c * x for c, x in pairs if c), inequality.constant)


def _tightest(system: Iterable[Inequality]) -> list[Inequality] | None:
    """The system with parallel inequalities joined; None if one of them cannot hold."""
    found: dict[tuple[Fraction, ...], Inequality] = {}
    for one in system:
        scale = next((abs(c) for c in one.coefficients if c), None)
        if scale is None:
            if one.constant < 0 or (one.strict and one.constant == 0):
                return None
            continue
        if scale != 1:
            parts = tuple(c / scale for c in one.coefficients)
            one = Inequality(parts, one.constant / scale, one.strict)
        other = found.get(one.coefficients)
        if other is None or (one.constant, not one.strict) < (other.constant, not other.strict):
            found[one.coefficients] = one
    return list(found.values())


def _without_last(system: Sequence[Inequality], last: int) -> list[Inequality]:
    lowers = [one for one in system if one.coefficients[last] > 0]
    uppers = [one for one in system if one.coefficients[last] < 0]
    rest = [
        Inequality(one.coefficients[:last], one.constant, one.strict)
        for one in system
        if not one.coefficients[last]
    ]
    return rest + [_joined(low, high, last) for low in lowers for high in uppers]


def _joined(low: Inequality, high: Inequality, last: int) -> Inequality:
    up, down = -high.coefficients[last], low.coefficients[last]
    pairs = zip(low.coefficients[:last], high.coefficients[:last], strict=True)
    parts = tuple(a * up + b * down if a or b else ZERO for a, b in pairs)
    constant = low.constant * up + high.constant * down
    return Inequality(parts, constant, low.strict or high.strict)


def _plainest(system: Sequence[Inequality], below: tuple[Fraction, ...]) -> Fraction:
    last = len(below)
    low: tuple[Fraction, bool] | None = None  # bound, and whether it is excluded itself
    high: tuple[Fraction, bool] | None = None
    for one in system:
        slope = one.coefficients[last]
        if not slope:
            continue
        bound = (-_value(one, below) / slope, one.strict)
        if slope > 0 and (low is None or bound > low):
            low = bound
        if slope < 0 and (high is None or (bound[0], not bound[1]) < (high[0], not high[1])):
            high = bound
    return _between(low, high)


def _between(low: tuple[Fraction, bool] | None, high: tuple[Fraction, bool] | None) -> Fraction:
    least = None if low is None else floor(low[0]) + 1 if low[1] else ceil(low[0])
    most = None if high is None else ceil(high[0]) - 1 if high[1] else floor(high[0])
    if low and high and least is not None and most is not None and least > most:
        if not low[1]:
            return low[0]
        return high[0] if not high[1] else (low[0] + high[0]) / 2
    if least is not None and least > 0:
        return Fraction(least)
    return Fraction(most) if most is not None and most < 0 else ZERO
