"""Shapes for the screen: small, valid, with common borders."""

import json

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from geo.simplify import (
    screen_digits,
    screen_tolerance,
    simplified,
    simplify_for_screen,
    to_geojson,
)
from tests.geo.shapes import small_atlas


def wavy_pair():
    """Two areas with a common border of 401 vertices."""
    y = np.linspace(0, 1, 401)
    border = list(zip(1 + 0.02 * np.sin(40 * y), y, strict=True))
    left = shapely.Polygon([(0, 0), *border, (0, 1)])
    right = shapely.Polygon([(2, 0), *border, (2, 1)])
    return np.array([left, right])


def test_neighbours_keep_their_common_border():
    pair = wavy_pair()
    thin = simplified(pair, 0.02)
    assert shapely.get_num_coordinates(thin).sum() < 0.5 * shapely.get_num_coordinates(pair).sum()
    assert shapely.is_valid(thin).all()
    assert shapely.area(shapely.intersection(*thin)) == pytest.approx(0, abs=1e-12)
    assert shapely.area(shapely.union(*thin)) == pytest.approx(2, rel=0.01)


def test_overlapping_shapes_come_out_valid():
    shapes = np.array([*wavy_pair(), shapely.box(0.5, 0.2, 1.5, 0.8), shapely.Polygon()])
    thin = simplified(shapes, 0.05)
    assert shapely.is_valid(thin).all()
    assert shapely.is_empty(thin).tolist() == [False, False, False, True]


def test_specks_go_but_no_area_vanishes():
    specks = shapely.MultiPolygon([shapely.box(0, 0, 1, 1), shapely.box(5, 5, 5.001, 5.001)])
    tiny = shapely.box(9, 9, 9.001, 9.001)
    thin = simplified(np.array([specks, tiny]), 0.1)
    assert shapely.get_num_geometries(thin).tolist() == [1, 1]
    assert not shapely.is_empty(thin).any()


def test_the_tolerance_follows_the_typical_size_not_outliers():
    boxes = np.array([shapely.box(x, 0, x + 0.1, 0.1) for x in range(20)])
    far = np.array([*boxes, shapely.box(-100, 60, -50, 80)])
    assert screen_tolerance(far) == pytest.approx(screen_tolerance(boxes), rel=0.05)
    assert screen_tolerance(np.array([shapely.Polygon()])) == 0.0


def test_geojson_of_a_frame():
    frame = gpd.GeoDataFrame(
        {"code": ["A"], "name": ['“"<script>'], "level": "grid", "people": [pd.NA]},
        geometry=[shapely.box(0.12345678, 0, 1, 1)],
    )
    content = json.loads(to_geojson(frame, ("code", "name", "level", "people"), 6))
    assert content["type"] == "FeatureCollection"
    (feature,) = content["features"]
    assert feature["properties"] == {
        "code": "A",
        "name": '“"<script>',
        "level": "grid",
        "people": None,
    }
    longitudes = {x for x, _ in feature["geometry"]["coordinates"][0]}
    assert longitudes == {0.123457, 1.0}


def test_geojson_of_nothing():
    frame = small_atlas().frame(level="county")
    assert json.loads(to_geojson(frame, ("code",), 6)) == {
        "type": "FeatureCollection",
        "features": [],
    }


def test_decimals_follow_the_size():
    assert screen_digits(small_atlas().frame(level="grid")) == 6
    large = gpd.GeoDataFrame(geometry=[shapely.box(0, 0, 40, 40)] * 5000)
    assert screen_digits(large) == 3


def test_a_frame_keeps_its_columns_and_index():
    frame = small_atlas().frame().iloc[[4, 1]]
    thin = simplify_for_screen(frame)
    assert thin.index.tolist() == [4, 1]
    assert thin["code"].tolist() == frame["code"].tolist()
    assert thin.crs == frame.crs
