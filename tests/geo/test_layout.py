"""Overlaps and what lies outside, against brute force."""

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from geo.layout import gap, outside, overlaps
from geo.measure import areas_m2

side = st.integers(0, 6)
boxes = st.lists(
    st.tuples(side, side, st.integers(1, 3), st.integers(1, 3)), min_size=1, max_size=8
)


@given(boxes)
def test_overlaps_are_those_of_brute_force(corners):
    shapes = np.array([shapely.box(x, y, x + w, y + h) for x, y, w, h in corners])
    found = overlaps(shapes)
    expected = {
        (one, other)
        for one in range(len(shapes))
        for other in range(one + 1, len(shapes))
        if shapely.area(shapely.intersection(shapes[one], shapes[other])) > 0
    }
    assert set(zip(found.first.tolist(), found.second.tolist(), strict=True)) == expected


def test_overlap_is_measured_in_square_metres():
    shapes = np.array([shapely.box(0, 0, 0.01, 0.01), shapely.box(0.009, 0, 0.02, 0.01)])
    found = overlaps(shapes)
    assert found.area[0] == pytest.approx(0.001 * 111_320 * 0.01 * 110_574, rel=0.001)
    assert found.share[0] == pytest.approx(0.1, rel=0.001)


def test_outside_counts_only_what_the_parent_lacks():
    parent = shapely.box(0, 0, 1, 1)
    shapes = np.array(
        [shapely.box(0, 0, 0.5, 1), shapely.box(0.9, 0, 1.1, 1), shapely.box(2, 2, 3, 3)]
    )
    area, share = outside(shapes, np.array([parent] * 3))
    assert share == pytest.approx([0.0, 0.5, 1.0], abs=1e-6)
    assert area[1] == pytest.approx(areas_m2(shapes)[1] / 2, rel=1e-6)


def test_a_parent_with_a_small_hole_at_the_child_still_holds_it():
    # clip_by_rect lost the shell of such parents: a commune was reported outside its département.
    parent = shapely.difference(shapely.box(0, 0, 9, 9), shapely.box(4, 4, 4.1, 4.1))
    shapes = np.array([shapely.box(3.9, 3.9, 4.2, 4.2)])
    _, share = outside(shapes, np.array([parent]))
    assert share[0] == pytest.approx(0.01 / 0.09, rel=1e-4)


def test_outside_of_nothing_is_nothing():
    area, share = outside(np.array([shapely.box(0, 0, 1, 1)]), np.array([shapely.Polygon()]))
    assert (area[0], share[0]) == (0.0, 0.0)


def test_gap_is_the_uncovered_part():
    parent = shapely.box(0, 0, 1, 1)
    children = np.array([shapely.box(0, 0, 0.5, 1), shapely.box(0.6, 0, 1, 1)])
    assert gap(parent, children) == pytest.approx(areas_m2(np.array([parent]))[0] * 0.1, rel=1e-3)
