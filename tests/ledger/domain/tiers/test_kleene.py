"""Kleene's tables and interval arithmetic, row by row."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.domain.tiers import kleene
from ledger.domain.timing.clocks import Condition

YES, NO, OPEN = True, False, None
INF = kleene.INFINITY


# Kleene (1952), section 64, the strong tables.
@pytest.mark.parametrize(
    ("left", "right", "both", "either"),
    [
        (YES, YES, YES, YES),
        (YES, OPEN, OPEN, YES),
        (YES, NO, NO, YES),
        (OPEN, YES, OPEN, YES),
        (OPEN, OPEN, OPEN, OPEN),
        (OPEN, NO, NO, OPEN),
        (NO, YES, NO, YES),
        (NO, OPEN, NO, OPEN),
        (NO, NO, NO, NO),
    ],
)
def test_kleene_tables(left, right, both, either):
    record = {"left": left, "right": right}
    assert Condition("left and right", "t").holds(record) is both
    assert Condition("left or right", "t").holds(record) is either
    assert kleene.disjunction([left, right]) is either


def test_kleene_of_nothing_and_of_not():
    assert kleene.disjunction([]) is NO
    assert [kleene.negation(value) for value in (YES, NO, OPEN)] == [NO, YES, OPEN]


# (0, INF) is an amount of money nobody knows.
@pytest.mark.parametrize(
    ("left", "right", "greater", "at_least", "equal"),
    [
        ((3, 3), (2, 2), YES, YES, NO),
        ((2, 2), (2, 2), NO, YES, YES),
        ((1, 1), (2, 2), NO, NO, NO),
        ((0, INF), (2, 2), OPEN, OPEN, OPEN),  # could be anything from nothing upwards
        ((90, INF), (80, 80), YES, YES, NO),  # the known part alone is above
        ((0, 0), (0, INF), NO, OPEN, OPEN),  # nothing is never above an amount
        ((0, INF), (-1, -1), YES, YES, NO),  # no amount is below nothing
        ((-INF, INF), (0, INF), OPEN, OPEN, OPEN),
    ],
)
def test_kleene_comparisons_of_intervals(left, right, greater, at_least, equal):
    assert kleene.greater(left, right) is greater
    assert kleene.at_least(left, right) is at_least
    assert kleene.equal(left, right) is equal


@pytest.mark.parametrize(
    ("left", "right", "product"),
    [
        ((2, 2), (3, 3), (6, 6)),
        ((0, INF), (12, 12), (0, INF)),
        ((0, INF), (0, 0), (0, 0)),  # nothing times whatever is nothing
        ((-INF, INF), (-2, -2), (-INF, INF)),
        ((-1, 2), (-3, 5), (-6, 10)),
        ((1, INF), (-INF, -1), (-INF, -1)),
    ],
)
def test_kleene_products(left, right, product):
    assert kleene.times(left, right) == product


def test_kleene_sums_and_differences():
    assert kleene.plus((90, 90), (0, INF)) == (90, INF)
    assert kleene.minus((0, INF)) == (-INF, 0)


def test_kleene_membership():
    assert kleene.text_among("none", {"none"}) is YES
    assert kleene.text_among("other", {"none"}) is NO
    assert kleene.text_among(None, {"none"}) is OPEN
    assert kleene.among((2, 2), [Decimal(1), Decimal(2)]) is YES
    assert kleene.among((0, INF), [Decimal(1)]) is OPEN
    assert kleene.among((0, INF), [Decimal(-1)]) is NO


bounds = st.tuples(st.integers(-50, 50), st.integers(-50, 50)).map(lambda pair: tuple(sorted(pair)))


@given(bounds, bounds, st.data())
def test_kleene_intervals_hold_every_value_they_stand_for(left, right, data):
    """Soundness: what an interval answers is true of every pair of numbers within."""
    x = data.draw(st.integers(*left))
    y = data.draw(st.integers(*right))
    for interval, exact in (
        (kleene.plus(left, right), x + y),
        (kleene.times(left, right), x * y),
        (kleene.minus(left), -x),
    ):
        assert interval[0] <= exact <= interval[1]
    assert kleene.greater(left, right) in (None, x > y)
    assert kleene.at_least(left, right) in (None, x >= y)
    assert kleene.equal(left, right) in (None, x == y)
