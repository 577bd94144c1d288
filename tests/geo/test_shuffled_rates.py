"""Shuffled rates: the draws against every possible order of a small map."""

from itertools import combinations

import numpy as np
import pytest
from scipy.stats import chisquare

from geo.sequential import Plan
from geo.shuffled_rates import ShuffledRates, distinct
from tests.geo.villages import chequerboard

DRAWS = 4999


def test_every_ordered_choice_is_equally_likely():
    rows = distinct(np.random.default_rng(1), 5, 3, 30_000)
    assert (np.sort(rows, axis=1)[:, :-1] != np.sort(rows, axis=1)[:, 1:]).all()
    _, times = np.unique(rows, axis=0, return_counts=True)
    assert len(times) == 5 * 4 * 3
    assert chisquare(times).pvalue > 0.001


def test_all_of_them_can_be_asked_for():
    rows = distinct(np.random.default_rng(1), 4, 4, 100)
    assert (np.sort(rows, axis=1) == np.arange(4)).all()


@pytest.mark.parametrize("rows", [1, 2, 3])
def test_p_against_all_sets_of_neighbours(rows):
    board = chequerboard(rows, 4)
    n = len(board)
    values = np.random.default_rng(rows).lognormal(size=n)
    near = board.matrix @ values
    shuffled = ShuffledRates(values, board.cardinalities, near)
    plan = Plan(level=0.025, family=n, most=DRAWS, exactly=DRAWS)
    tails = shuffled.near_p(np.arange(n), np.random.default_rng(5), plan)
    for area, k in enumerate(board.cardinalities):
        others = np.delete(values, area)
        sums = np.array([sum(some) for some in combinations(others, int(k))])
        exact = (sums >= near[area] - 1e-9).mean()
        error = 4 * np.sqrt(exact * (1 - exact) / DRAWS) + 1 / DRAWS
        assert abs(tails.high[area] - exact) <= error, area


def test_an_area_never_meets_itself():
    values = np.zeros(12)
    values[5] = 1.0
    board = chequerboard(3, 4)
    shuffled = ShuffledRates(values, board.cardinalities, board.matrix @ values)
    sums = shuffled._sums(np.array([5]), 2000, np.random.default_rng(1))
    assert (sums == 0).all()
