"""Areas and distances on the ellipsoid."""

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from pyproj import Geod

from geo.measure import areas_m2, distances_m, from_mercator, to_mercator

GEOD = Geod(ellps="WGS84")


@given(st.floats(-170, 170), st.floats(-80, 80))
def test_areas_agree_with_geodesic_areas(lon, lat):
    box = shapely.box(lon, lat, lon + 0.05, lat + 0.05)
    expected = abs(GEOD.geometry_area_perimeter(shapely.segmentize(box, 0.005))[0])
    assert areas_m2(np.array([box]))[0] == pytest.approx(expected, rel=1e-5)


def test_areas_are_not_those_of_web_mercator():
    # EPSG:3857 is 35 % too large at 30 degrees north (DOMAIN §5).
    box = shapely.box(114.0, 30.0, 114.01, 30.01)
    assert areas_m2(np.array([box]))[0] == pytest.approx(1_069_000, rel=0.002)


def test_the_whole_earth():
    world = shapely.box(-180, -90, 180, 90)
    assert areas_m2(np.array([world]))[0] == pytest.approx(510_065_621_724_089, rel=1e-9)


def test_lines_and_missing_shapes_have_no_area():
    shapes = np.array([shapely.LineString([(0, 0), (1, 1)]), shapely.Polygon(), None])
    assert areas_m2(shapes).tolist() == [0, 0, 0]


def test_distance_of_a_degree_of_latitude():
    assert distances_m(0.0, 0.0, 0.0, 1.0) == pytest.approx(110_574, abs=1)


def test_mercator_and_back():
    lon, lat = np.array([113.2, -70.0]), np.array([23.1, -60.0])
    assert np.allclose(from_mercator(*to_mercator(lon, lat)), (lon, lat))
