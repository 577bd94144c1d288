"""Cases falling by population: the draws against what is known of them exactly."""

import numpy as np
import pytest
from scipy.stats import binom

from geo.constant_risk import ConstantRisk
from geo.sequential import Plan
from tests.geo.villages import chequerboard, fallen, unequal_people

DRAWS = 4999
PLAN = Plan(level=0.025, family=90, most=DRAWS, exactly=DRAWS)


@pytest.fixture(scope="module")
def risk():
    rng = np.random.default_rng(11)
    board = chequerboard(9, 10)
    people = unequal_people(board, rng)
    cases = fallen(people, 300, rng)
    return ConstantRisk(cases.to_numpy(float), people.to_numpy(), board.matrix)


def test_expected_cases_share_the_total_by_people(risk):
    assert risk.expected.sum() == pytest.approx(300)
    assert np.ptp(risk.expected / risk.people) == pytest.approx(0)


def test_zone_p_is_binomial(risk):
    zones = np.asarray(risk.around.toarray()) + np.eye(90)
    seen, share = zones @ risk.cases, zones @ risk.people / risk.people.sum()
    tails = risk.zone_p(np.arange(90), np.random.default_rng(1), PLAN)
    for found, exact in (
        (tails.high, binom.sf(seen - 1, 300, share)),
        (tails.low, binom.cdf(seen, 300, share)),
    ):
        error = 4 * np.sqrt(exact * (1 - exact) / DRAWS) + 1 / DRAWS
        assert (np.abs(found - exact) <= error).all()


def test_drawing_only_some_areas_changes_nothing_but_the_luck(risk):
    everywhere = risk.moran_p(np.arange(90), np.random.default_rng(2), PLAN)
    some = np.array([3, 44, 45, 89])
    here = risk.moran_p(some, np.random.default_rng(3), PLAN)
    p = everywhere.high[some]
    assert (np.abs(here.high - p) <= 4 * np.sqrt(2 * p * (1 - p) / DRAWS) + 2 / DRAWS).all()


def test_moran_p_against_whole_maps_drawn_one_by_one(risk):
    def products(cases):
        excess = (cases - risk.expected) / np.sqrt(risk.expected)
        near, near_expected = risk.around @ cases, risk.around @ risk.expected
        return excess * (near - near_expected) / np.sqrt(near_expected)

    rng = np.random.default_rng(4)
    shares = risk.people / risk.people.sum()
    maps = rng.multinomial(300, shares, size=2000)
    drawn = np.array([products(one) for one in maps])
    plain = (drawn >= products(risk.cases) - 1e-9).mean(axis=0)
    found = risk.moran_p(np.arange(90), rng, PLAN).high
    error = 4 * np.sqrt(plain * (1 - plain) * (1 / 2000 + 1 / DRAWS)) + 2 / 2000
    assert (np.abs(found - plain) <= error).all()
