"""Sequential Monte Carlo: valid p-values with few draws, both tails, ties."""

import numpy as np
import pytest

from geo.sequential import EXCEEDANCES, Plan, sequential_p

LEVEL = 0.025


def normal_draws(seed):
    """A null under which every statistic is standard normal."""
    rng = np.random.default_rng(seed)
    return lambda alive, size: rng.standard_normal((size, len(alive)))


def plan(family, **changes):
    return Plan(**{"level": LEVEL, "family": family, "most": 1_000_000, **changes})


def test_a_fixed_number_of_draws_counts_as_usual():
    scale = np.arange(1.0, 10.0)
    tails = sequential_p(
        np.array([3.0, 8.5]),
        lambda alive, size: np.tile(scale[:, None], (1, len(alive))),
        plan(2, exactly=9),
    )
    # Of 1…9 seven are at least 3 and three at most 3; the observed value itself always counts.
    assert tails.high.tolist() == [0.8, 0.2]
    assert tails.low.tolist() == [0.4, 0.9]
    assert tails.folded.tolist() == [0.4, 0.2]
    assert tails.draws.tolist() == [9, 9]


def test_ties_count_in_both_tails():
    tails = sequential_p(
        np.zeros(3), lambda alive, size: np.zeros((size, len(alive))), plan(3, exactly=99)
    )
    assert tails.folded.tolist() == [1, 1, 1]


def test_sums_that_differ_by_rounding_are_ties():
    observed = np.array([0.1 + 0.2])
    tails = sequential_p(
        observed, lambda alive, size: np.full((size, len(alive)), 0.3), plan(1, exactly=99)
    )
    assert tails.folded.tolist() == [1]


def test_plain_cases_stop_early_and_extreme_ones_go_on():
    tails = sequential_p(np.array([0.0, 6.0]), normal_draws(1), plan(2))
    assert tails.draws[0] < 200
    assert tails.draws[1] >= EXCEEDANCES * 2 / LEVEL - 1
    assert tails.high[1] < LEVEL / 2 < tails.low[1]


def test_drawing_ends_at_the_limit():
    tails = sequential_p(np.array([9.0]), normal_draws(1), plan(1, most=50))
    assert (tails.draws.tolist(), tails.high.tolist()) == ([50], [1 / 51])


def test_the_estimate_is_the_true_tail():
    from scipy.stats import norm

    observed = np.repeat([-2.0, -1.0, 0.5, 1.5, 2.5], 200)
    tails = sequential_p(observed, normal_draws(2), plan(len(observed)))
    for value in np.unique(observed):
        true = norm.sf(abs(value))
        # Besag and Clifford's h/l overstates p by about 1/h.
        assert tails.folded[observed == value].mean() == pytest.approx(true, rel=0.1), value


def test_p_values_are_valid_under_the_null():
    observed = np.random.default_rng(3).standard_normal(4000)
    tails = sequential_p(observed, normal_draws(4), plan(4000))
    for level in (0.001, 0.01, 0.05, 0.2):
        margin = 3 * np.sqrt(level * (1 - level) / 4000)
        assert (tails.high <= level).mean() <= level + margin
        assert (tails.low <= level).mean() <= level + margin


def test_those_left_at_the_end_pass_the_benjamini_hochberg_step():
    observed = np.concatenate((np.full(10, 8.0), np.zeros(90)))
    tails = sequential_p(observed, normal_draws(5), plan(100))
    assert (tails.high[:10] <= LEVEL * 10 / 100).all()
    # With ten of them clear, a tenth of the draws that one alone would need is enough.
    assert tails.draws.max() <= EXCEEDANCES * 100 / (LEVEL * 10)


def test_nothing_to_test():
    assert sequential_p(np.zeros(0), normal_draws(1), plan(0)).folded.tolist() == []
