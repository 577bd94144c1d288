"""Over-dispersion: what is measured against what was drawn, and tails against scipy's."""

import numpy as np
import pytest
from scipy.stats import nbinom, poisson

from geo.uneven_risk import Unevenness, lower, measure, pooled_upper, upper

EXPECTED = np.random.default_rng(1).lognormal(2.0, 0.8, 2_000)


def test_constant_risk_has_no_differences():
    uneven = measure(np.random.default_rng(2).poisson(EXPECTED).astype(float), EXPECTED)
    assert uneven.differences < 0.005
    assert uneven.bunching < 0.1


@pytest.mark.parametrize("variation", [0.2, 0.5])
def test_differences_are_measured(variation):
    rng, squared = np.random.default_rng(3), variation**2
    risks = rng.gamma(1 / squared, squared, len(EXPECTED))
    uneven = measure(rng.poisson(EXPECTED * risks).astype(float), EXPECTED)
    assert not uneven.likelier_bunching
    assert uneven.differences**0.5 == pytest.approx(variation, rel=0.15)
    assert uneven.differences <= uneven.most_differences


def test_bunching_is_told_from_differences():
    rng = np.random.default_rng(4)
    uneven = measure(rng.poisson(rng.gamma(EXPECTED / 2, 2.0)).astype(float), EXPECTED)
    assert uneven.likelier_bunching
    assert uneven.bunching == pytest.approx(2.0, rel=0.25)
    assert uneven.variance(EXPECTED) == pytest.approx(EXPECTED * (1 + uneven.bunching))


def test_nothing_to_measure():
    nothing = np.zeros(3)
    assert measure(nothing, np.ones(3)) == Unevenness()
    assert measure(nothing[:0], nothing[:0]) == Unevenness()


def test_tails_are_scipys():
    counts, means = np.array([0.0, 3.0, 12.0]), np.array([2.0, 5.0, 4.0])
    assert upper(counts, means, means) == pytest.approx(poisson.sf(counts - 1, means))
    assert lower(counts, means, means) == pytest.approx(poisson.cdf(counts, means))
    variances = means * 1.5
    size, p = means**2 / (variances - means), means / variances
    assert upper(counts, means, variances) == pytest.approx(nbinom.sf(counts - 1, size, p))
    assert lower(counts, means, variances) == pytest.approx(nbinom.cdf(counts, size, p))


def test_pooled_tail_is_that_of_lognormal_risks():
    rng = np.random.default_rng(6)
    expected = np.array([2.0, 5.0, 3.0, 30.0])
    uneven = Unevenness(differences=0.16, most_differences=0.16)
    risks = rng.lognormal(-np.log(1.16) / 2, np.log(1.16) ** 0.5, (200_000, 4))
    drawn = rng.poisson(expected * risks)
    weights = 1 / (1 + 0.16 * expected)
    for seen in ([4, 9, 6, 50], [6, 12, 8, 60]):
        exact = (drawn @ weights >= weights @ seen - 1e-9).mean()
        assert pooled_upper(np.array(seen, float), expected, uneven) == pytest.approx(
            exact, rel=0.25
        )
