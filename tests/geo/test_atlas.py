"""The tree of areas: kinship, neighbours, places."""

import dataclasses

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from pyproj import Geod

from geo.area_frame import COLUMNS
from geo.atlas import Atlas
from geo.errors import AtlasError, UnknownAreaError
from tests.geo.shapes import EAST, STREET, small_atlas


@pytest.fixture(scope="module")
def atlas():
    return small_atlas()


def codes(areas):
    return [area.code for area in areas]


def test_kinship(atlas):
    assert len(atlas) == 5
    assert "DX-1" in atlas
    assert "DX-2" not in atlas
    assert atlas.levels == ("township", "village", "grid")
    assert codes(atlas.roots()) == ["DX"]
    assert codes(atlas.children("DX")) == ["DX-1", "DX-10"]
    assert codes(atlas.children("DX-10")) == []
    assert codes(atlas.ancestors("DX-1-2")) == ["DX", "DX-1"]
    assert codes(atlas.under("/DX/")) == ["DX", "DX-1", "DX-10", "DX-1-1", "DX-1-2"]
    assert atlas.has_children("DX-1")
    assert not atlas.has_children("DX-10")
    assert atlas.codes("village") == ["DX-1", "DX-10"]


def test_dx_1_is_not_above_dx_10(atlas):
    assert "DX-10" not in codes(atlas.under("/DX/DX-1/"))
    assert atlas.frame(under="DX-1")["code"].tolist() == ["DX-1", "DX-1-1", "DX-1-2"]


def test_paths_are_made_from_parents(atlas):
    assert atlas["DX-1-2"].path == "/DX/DX-1/DX-1-2/"


def test_unknown_code_is_a_key_error_in_chinese(atlas):
    for look in (atlas.__getitem__, atlas.children, atlas.geometry, atlas.neighbours):
        with pytest.raises(KeyError, match="DX-2"):
            look("DX-2")
    assert atlas.get("DX-2") is None
    assert str(UnknownAreaError("没有")) == "没有"


def test_neighbours_share_a_border_of_the_same_level(atlas):
    assert codes(atlas.neighbours("DX-1")) == ["DX-10"]
    assert codes(atlas.neighbours("DX-1-1")) == ["DX-1-2"]
    assert codes(atlas.neighbours("DX")) == []


def test_a_common_corner_makes_no_neighbours():
    boxes = [shapely.box(x, y, x + 1, y + 1) for x, y in ((0, 0), (1, 1), (1, 0))]
    frame = gpd.GeoDataFrame(
        {"code": ["A", "B", "C"], "name": "", "level": "county", "parent_code": None},
        geometry=boxes,
    )
    assert codes(Atlas.from_frame(frame).neighbours("A")) == ["C"]


def test_locate_gives_the_deepest_area(atlas):
    found = atlas.locate([113.21, 113.23], [23.105, 23.11])
    assert found["code"].tolist() == ["DX-1-1", "DX-10"]
    assert found["nearest_code"].tolist() == ["DX-1-1", "DX-10"]
    assert found["distance_m"].tolist() == [0.0, 0.0]


def test_locate_on_a_shared_border_takes_the_lowest_code(atlas):
    found = atlas.locate([113.21, 113.20], [23.11, 23.11])
    assert found["code"].tolist() == ["DX-1-1", "DX-1-1"]


def test_locate_outside_measures_to_the_deepest_level(atlas):
    found = atlas.locate(113.21, 23.09)
    assert found["code"].isna().all()
    assert found["nearest_code"].tolist() == ["DX-1-1"]
    metres = Geod(ellps="WGS84").inv(113.21, 23.09, 113.21, 23.10)[2]
    assert found["distance_m"].iat[0] == pytest.approx(metres, rel=1e-6)


def test_locate_without_nearest(atlas):
    found = atlas.locate([113.0], [23.0], nearest=False)
    assert found.isna().all(axis=None)


def test_locate_of_impossible_positions_is_missing(atlas):
    found = atlas.locate([np.nan, 113.21, 200.0, 113.21], [23.105, np.nan, 23.1, 91.0])
    assert found.isna().all(axis=None)


def test_locate_nothing(atlas):
    assert len(atlas.locate([], [])) == 0


def test_nearest_looks_across_the_180th_meridian():
    frame = gpd.GeoDataFrame(
        {"code": ["FAR", "NEAR"], "name": "", "level": "county", "parent_code": None},
        geometry=[shapely.box(175, 50, 176, 51), shapely.box(-179.5, 50, -179, 51)],
    )
    found = Atlas.from_frame(frame).locate(179.8, 50.5)
    assert found["nearest_code"].tolist() == ["NEAR"]
    assert found["distance_m"].iat[0] == pytest.approx(0.7 * 70_900, rel=0.01)


def test_an_area_without_shape_belongs_to_the_tree_only():
    frame = gpd.GeoDataFrame(
        {"code": ["A", "B"], "name": "", "level": "county", "parent_code": None},
        geometry=[shapely.box(0, 0, 1, 1), None],
    )
    atlas = Atlas.from_frame(frame)
    assert atlas.geometry("B").is_empty
    assert atlas.neighbours("B") == ()
    assert np.isnan(atlas.bounds("B")).all()
    assert atlas.locate(5, 5)["nearest_code"].tolist() == ["A"]


def test_an_empty_atlas_answers():
    empty = Atlas.from_frame(
        gpd.GeoDataFrame(
            {"code": [], "name": [], "level": [], "parent_code": []}, geometry=[], crs=4326
        )
    )
    assert len(empty) == 0
    assert empty.roots() == ()
    assert empty.levels == ()
    assert empty.locate([1.0], [1.0]).isna().all(axis=None)


def test_frame_and_bounds(atlas):
    frame = atlas.frame(level="village")
    assert tuple(frame.columns) == COLUMNS
    assert frame.crs.to_epsg() == 4326
    assert frame["code"].tolist() == ["DX-1", "DX-10"]
    assert atlas.bounds() == STREET.bounds
    assert atlas.bounds("DX-10") == EAST.bounds


def test_the_atlas_cannot_be_changed_through_its_answers(atlas):
    frame = atlas.frame()
    frame["name"] = "x"
    assert atlas["DX"].name == "东兴街道"
    with pytest.raises(dataclasses.FrozenInstanceError):
        atlas["DX"].name = "x"


def test_populations_are_optional_numbers():
    frame = gpd.GeoDataFrame(
        {
            "code": ["A", "B"],
            "name": "",
            "level": "county",
            "parent_code": None,
            "population": [1200.0, np.nan],
        },
        geometry=[shapely.box(0, 0, 1, 1), shapely.box(1, 0, 2, 1)],
    )
    atlas = Atlas.from_frame(frame)
    assert atlas["A"].population == 1200
    assert atlas["B"].population is None
    assert atlas["A"].elderly is None


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"code": ["A", "A"]}, "重复"),
        ({"level": ["county", "province"]}, "province"),
        ({"parent_code": [None, "X"]}, "“X”不存在"),
        ({"parent_code": ["B", None]}, "级别不比它高"),
    ],
)
def test_frames_that_are_no_tree_are_refused(change, message):
    columns = {
        "code": ["A", "B"],
        "name": "",
        "level": ["county", "township"],
        "parent_code": [None, "A"],
        **change,
    }
    with pytest.raises(AtlasError, match=message):
        Atlas.from_frame(gpd.GeoDataFrame(columns, geometry=[STREET, EAST]))


def test_missing_columns_are_named():
    with pytest.raises(AtlasError, match="parent_code"):
        Atlas.from_frame(gpd.GeoDataFrame(pd.DataFrame({"code": ["A"]}), geometry=[STREET]))


def test_areas_under_a_path_are_looked_for_once(atlas):
    assert codes(atlas.under("/DX/DX-1/")) == ["DX-1", "DX-1-1", "DX-1-2"]
    assert codes(atlas.under("/DX/", "village")) == ["DX-1", "DX-10"]
    assert codes(atlas.under("/", "township", "grid")) == ["DX", "DX-1-1", "DX-1-2"]
    assert atlas.under("/nowhere/") == ()
    assert atlas.under("/DX/", "village") is atlas.under("/DX/", "village")
