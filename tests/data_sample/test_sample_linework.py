"""Curves and chains, on lines drawn by hand."""

from __future__ import annotations

import numpy as np
import shapely

from data.sample import linework


def test_chains_end_where_three_lines_meet() -> None:
    edges = np.array([(0, 1), (1, 2), (2, 3), (2, 4), (4, 5)])
    found = linework.chains(edges, np.zeros(5, dtype=np.int64))
    assert sorted(map(sorted, found)) == [[0, 1, 2], [2, 3], [2, 4, 5]]


def test_chains_end_where_the_kind_changes_and_at_stops() -> None:
    edges = np.array([(0, 1), (1, 2), (2, 3)])
    assert sorted(linework.chains(edges, np.array([0, 0, 1]))) == [[0, 1, 2], [2, 3]]
    assert sorted(linework.chains(edges, np.zeros(3, dtype=np.int64), {1})) == [[0, 1], [1, 2, 3]]


def test_chain_around_an_island_closes() -> None:
    edges = np.array([(0, 1), (1, 2), (2, 0)])
    (ring,) = linework.chains(edges, np.zeros(3, dtype=np.int64))
    assert ring[0] == ring[-1]
    assert sorted(ring[:-1]) == [0, 1, 2]


def test_curves_keep_their_ends() -> None:
    points = np.array([(0.0, 0.0), (100.0, 80.0), (200.0, -80.0), (300.0, 0.0)])
    rng = np.random.default_rng(3)
    for curve in (
        linework.relax(points, 4),
        linework.cut_corners(points, 2),
        linework.interpolate(points, 2),
        linework.roughen(rng, points, 0.1, 2),
    ):
        assert curve[0].tolist() == [0.0, 0.0]
        assert curve[-1].tolist() == [300.0, 0.0]


def test_interpolation_passes_through_the_given_points() -> None:
    points = np.array([(0.0, 0.0), (1.0, 2.0), (3.0, 1.0), (4.0, 4.0)])
    assert np.array_equal(linework.interpolate(points, 2)[::4], points)


def test_degrees_and_metres_are_inverse_to_a_decimetre() -> None:
    points = np.random.default_rng(5).uniform(-20_000, 20_000, (200, 2))
    back = linework.to_metres(linework.to_degrees(points))
    assert np.abs(back - points).max() < 0.1


def test_crossing_names_only_lines_that_meet_beyond_their_ends() -> None:
    lines = [
        shapely.LineString([(0, 0), (2, 2)]),
        shapely.LineString([(0, 2), (2, 0)]),  # crosses the first
        shapely.LineString([(2, 2), (4, 2)]),  # meets the first at its end
        shapely.LineString([(3, 2), (3, 5)]),  # ends in the middle of the third
        shapely.LineString([(9, 0), (10, 1), (10, 0), (9, 1)]),  # crosses itself
        shapely.LineString([(20, 0), (21, 1)]),
    ]
    assert linework.crossing(lines).tolist() == [0, 1, 2, 3, 4]
