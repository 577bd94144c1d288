"""Points to polygons against the plain answers of shapely."""

import numpy as np
import pytest
import shapely

from geo.joins import CoverIndex, NearestIndex
from geo.measure import distances_m


@pytest.fixture(scope="module")
def cells():
    """A partition of 10° × 10° at 40°N into 60 curved-looking cells, two of them empty."""
    rng = np.random.default_rng(7)
    seeds = shapely.points(rng.uniform(0, 10, 60), rng.uniform(40, 50, 60))
    whole = shapely.box(0, 40, 10, 50)
    diagram = shapely.voronoi_polygons(shapely.multipoints(seeds), extend_to=whole)
    clipped = shapely.intersection(shapely.get_parts(diagram), whole)
    clipped[[3, 11]] = shapely.Polygon()
    return clipped


def test_cover_agrees_with_shapely(cells):
    rng = np.random.default_rng(8)
    lon, lat = rng.uniform(-1, 11, 3000), rng.uniform(39, 51, 3000)
    expected = np.full(3000, -1)
    for row in range(len(cells) - 1, -1, -1):
        expected[shapely.intersects_xy(cells[row], lon, lat)] = row
    assert (CoverIndex(cells).cover(lon, lat) == expected).all()
    assert (expected == -1).any()


def test_vertices_belong_to_the_first_polygon_that_has_them(cells):
    corners = np.unique(shapely.get_coordinates(cells), axis=0)
    found = CoverIndex(cells).cover(*corners.T)
    for corner, row in zip(corners, found, strict=True):
        assert row == np.flatnonzero(shapely.intersects_xy(cells, *corner))[0]


def test_nearest_agrees_with_a_dense_search_on_the_ellipsoid(cells):
    rng = np.random.default_rng(9)
    lon, lat = rng.uniform(-2, 12, 40), rng.uniform(38, 52, 40)
    outside = CoverIndex(cells).cover(lon, lat) < 0
    lon, lat = lon[outside], lat[outside]
    found, metres = NearestIndex(cells).nearest(lon, lat)
    border = shapely.segmentize(shapely.boundary(shapely.union_all(cells)), 0.002)
    points = shapely.get_coordinates(border)
    assert len(lon) > 5
    for at in range(len(lon)):
        spread = np.ones(len(points))
        away = distances_m(lon[at] * spread, lat[at] * spread, *points.T)
        assert metres[at] == pytest.approx(away.min(), rel=0.005, abs=150)
        foot = shapely.Point(points[away.argmin()])
        assert shapely.distance(cells[found[at]], foot) < 0.05


def test_no_polygons_cover_nothing_and_nothing_is_near():
    none = np.array([shapely.Polygon()], dtype=object)
    assert CoverIndex(none).cover(np.array([1.0]), np.array([1.0])).tolist() == [-1]
    found, metres = NearestIndex(none).nearest(np.array([1.0]), np.array([1.0]))
    assert found.tolist() == [-1]
    assert np.isnan(metres).all()
