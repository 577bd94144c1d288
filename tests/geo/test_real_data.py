"""Real layers through the whole of ``geo``: states, counties, communes."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from geo.atlas import Atlas
from geo.boundaries import read_boundaries
from geo.crs import WGS84
from geo.simplify import simplify_for_screen, to_geojson
from geo.validation import Fields, prepare_boundaries

FIELDS = Fields("code", "name")


@pytest.fixture(scope="module")
def states(shared_data):
    raw = read_boundaries(shared_data / "us_states.geojson")
    return prepare_boundaries(raw, FIELDS, level="county", crs=WGS84, scheme="prefix")


@pytest.fixture(scope="module")
def counties(shared_data, states):
    raw = read_boundaries(shared_data / "us_counties.geojson")
    known = Atlas.from_frame(states.areas)
    return prepare_boundaries(
        raw, FIELDS, level="township", crs=WGS84, scheme="prefix", known=known
    )


@pytest.fixture(scope="module")
def america(states, counties):
    return Atlas.from_frame(pd.concat([states.areas, counties.areas]))


def test_states_then_counties_load_without_errors(states, counties):
    assert (states.read, len(states.areas), states.findings) == (56, 56, ())
    assert (counties.read, len(counties.areas), counties.errors) == (3231, 3231, ())
    # By shapely: 22 invalid shapes, and Falls Church has none at all.
    assert counties.repaired == 22
    empty = counties.areas[counties.areas.geometry.is_empty]
    assert empty["name"].tolist() == ["Falls Church"]


def test_counties_stand_under_their_state(america):
    assert america["06037"].parent_code == "06"
    assert america["06037"].path == "/06/06037/"
    assert len(america.children("06")) == 58
    assert len(america.roots()) == 56


def test_islands_across_the_180th_meridian_belong_to_alaska(america):
    islands = shapely.point_on_surface(shapely.get_parts(america.geometry("02016")))
    lon, lat = shapely.get_x(islands), shapely.get_y(islands)
    assert lon.min() < -170
    assert lon.max() > 170
    assert set(america.locate(lon, lat)["code"]) == {"02016"}
    beside = america.locate(179.9, 52.5)
    assert beside["nearest_code"].tolist() == ["02016"]
    assert beside["distance_m"].iat[0] < 100_000


def test_neighbours_of_los_angeles_county(america):
    names = {area.name for area in america.neighbours("06037")}
    assert names == {"Kern", "Orange", "San Bernardino", "Ventura"}


def test_nursing_homes_stand_where_a_plain_spatial_join_puts_them(america, shared_data):
    homes = pd.read_csv(shared_data / "us_nursing_homes.csv")
    placed = homes.dropna(subset=["lon", "lat"]).reset_index(drop=True)
    found = america.locate(placed["lon"], placed["lat"])
    points = gpd.GeoDataFrame(geometry=gpd.points_from_xy(placed["lon"], placed["lat"]), crs=4326)
    counties = america.frame(level="township")[["code", "geometry"]]
    joined = gpd.sjoin(points, counties, how="left", predicate="intersects")["code"]
    plain = joined.groupby(level=0).min()
    assert len(homes) == 13_550
    placed_in_county = found["code"].str.len() == 5
    assert found["code"].where(placed_in_county).equals(plain)
    assert placed_in_county.mean() > 0.99
    # The rest lie off the simplified coast, not far away.
    assert found.loc[found["code"].isna(), "distance_m"].between(0.1, 10_000).all()


@pytest.fixture(scope="module")
def communes(shared_data):
    raw = read_boundaries(shared_data / "france_communes.parquet")
    return prepare_boundaries(raw, FIELDS, level="village", crs=WGS84, scheme="prefix")


def test_french_communes_load(communes):
    assert (communes.read, communes.errors, communes.repaired) == (35_357, (), 4)
    assert len(communes.areas) == 35_357
    # Only the missing level above and the four repairs are mentioned.
    assert len(communes.warnings) == 5


def test_communes_are_found_by_points_inside_them(communes):
    atlas = Atlas.from_frame(communes.areas)
    frame = atlas.frame()
    inside = shapely.point_on_surface(np.asarray(frame.geometry.array))
    found = atlas.locate(shapely.get_x(inside), shapely.get_y(inside))
    same = found["code"] == frame["code"]
    # Overlapping slivers aside, a point inside a commune is in that commune.
    assert same.mean() > 0.9999


def test_five_thousand_communes_for_the_screen_are_about_two_megabytes(communes):
    centre = shapely.centroid(np.asarray(communes.areas.geometry.array))
    away = np.hypot(shapely.get_x(centre) + 1, shapely.get_y(centre) - 48.5)
    region = communes.areas.iloc[np.argsort(away)[:5000]]
    thin = simplify_for_screen(region)
    assert thin.geometry.is_valid.all()
    assert not thin.geometry.is_empty.any()
    assert len(to_geojson(thin, ("code", "name", "level"), 4)) < 2_100_000
