"""Own peaks, clusters and cold spots: told apart, not made by each other, and on wild maps."""

import warnings

import numpy as np
import pytest

from geo.excess import FEWEST, Levels, find_excess
from tests.geo.villages import chequerboard

BOARD = chequerboard(9, 10)
LEVELS = Levels.of(0.05)
MIDDLE = 44
ZONE = np.append(BOARD.matrix[[MIDDLE]].indices, MIDDLE)
PEOPLE = np.full(90, 1_000.0)


@pytest.fixture(autouse=True)
def no_warnings():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        yield


def quiet(mean=8.0, seed=3):
    """Cases of constant risk."""
    return np.random.default_rng(seed).poisson(mean, 90).astype(float)


def search(cases, people=PEOPLE, board=BOARD, **options):
    return find_excess(cases, people, board.matrix, board.cardinalities > 0, LEVELS, **options)


def test_a_lone_peak_is_an_own_excess_and_colours_nobody_else():
    cases = quiet()
    cases[MIDDLE] = 80
    found = search(cases)
    assert np.flatnonzero(found.own).tolist() == [MIDDLE]
    assert not found.cluster.any()
    assert not found.cold.any()


def test_a_cluster_needs_no_peak_and_holds_only_who_has_more():
    cases = quiet()
    cases[ZONE] = 18
    cases[ZONE[0]] = 8
    found = search(cases)
    assert not found.own.any()
    assert set(np.flatnonzero(found.cluster)) == set(ZONE[1:])
    assert len(set(found.zone[ZONE[1:]])) == 1


def test_a_peak_with_high_neighbours_is_both():
    cases = quiet()
    cases[ZONE] = 18
    cases[MIDDLE] = 90
    found = search(cases)
    assert found.own[MIDDLE]
    assert found.cluster[ZONE].all()


def test_peaks_make_nobody_cold_and_emptiness_is_cold():
    cases = quiet()
    cases[[0, 9, 80, 89]] = 400
    assert not search(cases).cold.any()
    cases[ZONE] = 0
    assert search(cases).cold[ZONE].all()


def test_equal_peaks_do_not_hide_each_other():
    cases = quiet()
    cases[[11, 18, 44, 71, 78]] = 80
    assert np.flatnonzero(search(cases).own).tolist() == [11, 18, 44, 71, 78]


def test_differences_between_areas_are_no_hotspots():
    rng = np.random.default_rng(8)
    cases = rng.poisson(20 * rng.gamma(4.0, 0.25, 90)).astype(float)
    found = search(cases)
    assert found.uneven.measured
    assert not (found.own | found.cluster | found.cold).any()
    assert search(cases, even=True).own.any()


def test_few_areas_are_held_to_constant_risk():
    board = chequerboard(1, FEWEST - 1)
    cases = np.full(FEWEST - 1, 5.0)
    cases[0] = 60
    found = search(cases, np.full(FEWEST - 1, 100.0), board)
    assert not found.uneven.measured
    assert np.flatnonzero(found.own).tolist() == [0]


def test_the_same_map_has_the_same_answer():
    cases = quiet()
    cases[ZONE] = 18
    first, again = search(cases), search(cases)
    assert (first.zone == again.zone).all()
    assert (first.zone_p == again.zone_p).all()


@pytest.mark.parametrize(
    ("cases", "own"),
    [
        (np.zeros(90), []),
        (np.where(np.arange(90) == MIDDLE, 1e6, 0), [MIDDLE]),
        (np.where(np.arange(90) == MIDDLE, 1e6, 5), [MIDDLE]),
        (np.where(np.arange(90) < 3, 1e6, 5), [0, 1, 2]),
        (np.full(90, 1e6), []),
    ],
    ids=["nothing", "all in one", "a giant", "three giants", "giants only"],
)
def test_wild_counts(cases, own):
    found = search(cases.astype(float))
    assert np.flatnonzero(found.own).tolist() == own
    assert not found.cold.any()


def test_one_area_and_areas_that_are_alone():
    one = chequerboard(1, 1)
    assert not search(np.array([7.0]), np.array([100.0]), one).own.any()
    alone = chequerboard(1, 7).among(["V000", "V002", "V004", "V006"])
    assert not search(np.array([0.0, 9, 30, 2]), np.full(4, 500.0), alone).own.any()


def test_a_town_that_holds_nearly_everybody_is_no_peak():
    people = np.full(90, 10.0)
    people[MIDDLE] = 100_000
    cases = np.zeros(90)
    cases[MIDDLE] = 9
    assert not search(cases, people).own.any()
