"""Coordinate systems: names, published positions, round trips, an independent library."""

import geocoordinates_ffi as independent
import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from pyproj import Geod

from geo.crs import (
    SourceCrs,
    from_wgs84,
    geometries_from_wgs84,
    geometries_to_wgs84,
    parse_crs,
    to_wgs84,
)
from geo.errors import UnknownCrsError
from geo.gcj02 import EAST, NORTH, SOUTH, WEST

GEOD = Geod(ellps="WGS84")


def metres(lon1, lat1, lon2, lat2):
    return np.abs(GEOD.inv(lon1, lat1, lon2, lat2)[2])


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("wgs84", "wgs84"),
        (" WGS-84 ", "wgs84"),
        ("CGCS2000", "cgcs2000"),
        ("gcj-02", "gcj02"),
        ("BD09", "bd09"),
        ("epsg:4547", "EPSG:4547"),
        ("EPSG:4490", "EPSG:4490"),
    ],
)
def test_names_are_read_in_any_spelling(text, name):
    assert parse_crs(text).name == name


@pytest.mark.parametrize("text", ["", "4547", "utm", "EPSG:", "EPSG:999999", "EPSG:5703", "gcj"])
def test_unknown_names_are_refused_in_chinese(text):
    with pytest.raises(UnknownCrsError, match="坐标系"):
        parse_crs(text)


def test_published_position_of_eviltransform():
    # eviltransform's test vector, DOMAIN.md §5.
    lon, lat = from_wgs84(121.5272106, 31.1774276, parse_crs("gcj02"))
    assert metres(lon, lat, 121.53154186, 31.17530398) < 1


@pytest.mark.parametrize("name", ["wgs84", "cgcs2000", "EPSG:4326", "EPSG:4490"])
def test_equal_systems_change_nothing(name):
    lon, lat = to_wgs84([113.25, -70.0], [23.1, 10.0], parse_crs(name))
    assert lon.tolist() == [113.25, -70.0]
    assert lat.tolist() == [23.1, 10.0]


def test_projected_system_has_easting_first():
    # EPSG:4547 is CGCS2000, 3-degree zone with central meridian 114°E, false easting 500 km.
    lon, lat = to_wgs84(500_000.0, 2_500_000.0, parse_crs("EPSG:4547"))
    assert lon == pytest.approx(114.0, abs=1e-9)
    assert 22 < lat < 23


def test_impossible_projected_position_becomes_nan():
    lon, lat = to_wgs84([500_000.0, 1e12], [2_500_000.0, 1e12], parse_crs("EPSG:4547"))
    assert np.isfinite([lon[0], lat[0]]).all()
    assert np.isnan([lon[1], lat[1]]).all()


china_lon = st.floats(WEST, EAST)
china_lat = st.floats(SOUTH, NORTH)
crs_names = st.sampled_from(["gcj02", "bd09"])


@given(china_lon, china_lat, crs_names)
def test_round_trip_inside_the_box_is_within_a_millimetre(lon, lat, name):
    crs = parse_crs(name)
    back = to_wgs84(*from_wgs84(lon, lat, crs), crs)
    assert metres(lon, lat, *back) < 0.001


@given(
    st.sampled_from([WEST, EAST]),
    st.floats(0, 0.03),
    china_lat,
    crs_names,
)
def test_round_trip_just_inside_the_border_is_within_a_millimetre(border, depth, lat, name):
    lon = border + depth if border == WEST else border - depth
    crs = parse_crs(name)
    back = to_wgs84(*from_wgs84(lon, lat, crs), crs)
    assert metres(lon, lat, *back) < 0.001


@given(st.floats(-179, 179), st.floats(-80, 80), crs_names)
def test_round_trip_far_outside_china_is_within_a_millimetre(lon, lat, name):
    margin = 0.02
    if WEST - margin < lon < EAST + margin and SOUTH - margin < lat < NORTH + margin:
        lon = -lon
    crs = parse_crs(name)
    back = to_wgs84(*from_wgs84(lon, lat, crs), crs)
    assert metres(lon, lat, *back) < 0.001


@given(st.floats(-179, 179), st.floats(-80, 80))
def test_gcj02_outside_china_is_wgs84(lon, lat):
    if not (WEST <= lon <= EAST and SOUTH <= lat <= NORTH):
        x, y = from_wgs84(lon, lat, parse_crs("gcj02"))
        assert (x, y) == (lon, lat)


@given(china_lon, china_lat)
def test_shifts_agree_with_an_independent_library(lon, lat):
    position = independent.Wgs84(lat=lat, lon=lon)
    gcj, bd = independent.wgs84_to_gcj02(position), independent.wgs84_to_bd09(position)
    assert metres(*from_wgs84(lon, lat, parse_crs("gcj02")), gcj.lon, gcj.lat) < 0.001
    assert metres(*from_wgs84(lon, lat, parse_crs("bd09")), bd.lon, bd.lat) < 0.001


def test_the_meridian_105_where_the_shift_has_a_kink_converges():
    lon = 105.0 + np.array([-1e-6, -1e-9, 0.0, 1e-9, 1e-6])
    lat = np.full(5, 35.0)
    crs = parse_crs("gcj02")
    assert (metres(lon, lat, *to_wgs84(*from_wgs84(lon, lat, crs), crs)) < 0.001).all()


def test_missing_positions_stay_missing():
    for name in ("gcj02", "bd09", "EPSG:4547"):
        lon, lat = to_wgs84([np.nan, 113.0], [23.0, 23.0], parse_crs(name))
        assert np.isnan(lon[0])
        assert not np.isnan(lat[1])


def test_geometries_move_and_keep_their_shared_border():
    west, east = shapely.box(113.0, 23.0, 113.1, 23.1), shapely.box(113.1, 23.0, 113.2, 23.1)
    moved = geometries_from_wgs84(np.array([west, east]), SourceCrs("gcj02"))
    assert shapely.distance(shapely.centroid(west), shapely.centroid(moved[0])) > 0.001
    assert shapely.length(shapely.intersection(*moved)) > 0.09
    back = geometries_to_wgs84(moved, SourceCrs("gcj02"))
    assert shapely.equals_exact(back, np.array([west, east]), 1e-9).all()


def test_elevations_are_dropped():
    polygon = shapely.from_wkt("POLYGON Z ((0 0 5, 1 0 5, 1 1 5, 0 0 5))")
    for name in ("wgs84", "gcj02"):
        assert not shapely.has_z(geometries_to_wgs84(np.array([polygon]), parse_crs(name)))[0]
