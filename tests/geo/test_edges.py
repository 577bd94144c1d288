"""Edges that no other polygon shares."""

import numpy as np
import shapely

from geo.edges import unshared_edges


def test_every_edge_has_its_owner():
    edges = unshared_edges(np.array([shapely.box(0, 0, 1, 1), shapely.box(2, 0, 3, 1)]))
    assert len(edges) == 8
    assert np.bincount(edges.owner).tolist() == [4, 4]
    assert (edges.start[edges.owner == 1][:, 0] >= 2).all()


def test_edges_of_no_length_bound_nothing():
    stutter = shapely.Polygon([(0, 0), (1, 0), (1, 0), (1, 1), (0, 0)])
    assert len(unshared_edges(np.array([stutter]))) == 3


def test_the_common_edge_is_shared_whatever_the_direction():
    left, right = shapely.box(0, 0, 1, 1), shapely.box(1, 0, 2, 1)
    for other in (right, shapely.reverse(right)):
        assert len(unshared_edges(np.array([left, other]))) == 6


def test_edges_of_polygons_on_top_of_each_other_are_not_shared():
    box = shapely.box(0, 0, 1, 1)
    for other in (box, shapely.reverse(box)):
        assert len(unshared_edges(np.array([box, other]))) == 8


def test_a_filled_hole_has_shared_edges():
    hole = shapely.box(1, 1, 2, 2)
    ring = shapely.difference(shapely.box(0, 0, 3, 3), hole)
    assert len(unshared_edges(np.array([ring, hole]))) == 4


def test_negative_zero_is_zero():
    left = shapely.Polygon([(-1, 0), (-0.0, 0), (-0.0, 1), (-1, 1)])
    assert len(unshared_edges(np.array([left, shapely.box(0.0, 0.0, 1, 1)]))) == 6


def test_nothing_has_no_edges():
    assert len(unshared_edges(np.array([shapely.Polygon(), shapely.Point(1, 1)]))) == 0
