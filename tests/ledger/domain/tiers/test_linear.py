"""Linear inequalities: both ways of asking whether some can hold say the same."""

from __future__ import annotations

import random
from fractions import Fraction

import pytest

from ledger.domain.tiers.linear import Inequality, feasible, holds, solve


def inequality(draw: random.Random, size: int) -> Inequality:
    parts = tuple(Fraction(draw.randint(-3, 3), draw.choice([1, 2])) for _ in range(size))
    return Inequality(
        parts, Fraction(draw.randint(-4, 4), draw.choice([1, 3])), draw.random() < 0.5
    )


@pytest.mark.parametrize("size", [1, 2, 3])
def test_whole_numbers_decide_as_fractions_do(size: int) -> None:
    draw, answers = random.Random(size), set()
    for _ in range(150):
        system = [inequality(draw, size) for _ in range(draw.randint(1, 6))]
        point = solve(system, size)
        assert feasible(system, size) is (point is not None), system
        assert point is None or all(holds(one, point) for one in system)
        answers.add(point is None)
    assert answers == {True, False}
