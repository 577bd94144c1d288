"""The areas of the sample: codes, nesting, natural borders, people."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from data.sample import Sample, generate
from data.sample.areas import COLUMNS, LEVELS, reading_order
from data.sample.linework import to_degrees, to_metres
from data.sample.names import TOWNSHIPS

PARENT_LEVEL = {"township": "county", "village": "township", "grid": "village"}
GAP = 1e-4  # degrees, about 10 m: slits as narrow as this are errors
CODE_LENGTH = {"county": 6, "township": 9, "village": 12, "grid": 15}


def of_level(sample: Sample, level: str) -> gpd.GeoDataFrame:
    return sample.areas[sample.areas["level"] == level]


def test_sample_has_the_agreed_number_of_areas(sample: Sample) -> None:
    counts = sample.areas["level"].value_counts()
    assert counts["county"] == 1
    assert counts["township"] == 6
    assert counts["village"] == 90
    assert 420 <= counts["grid"] <= 480
    assert list(sample.areas.columns) == COLUMNS
    assert sample.areas.crs.to_epsg() == 4326


@pytest.mark.parametrize("level", LEVELS)
def test_codes_are_fictional_and_carry_their_parent(sample: Sample, level: str) -> None:
    areas = of_level(sample, level)
    assert areas["code"].str.fullmatch(rf"99\d{{{CODE_LENGTH[level] - 2}}}").all()
    assert areas["code"].is_unique
    assert areas["code"].is_monotonic_increasing
    if level == "county":
        assert areas["parent_code"].isna().all()
        return
    parents = of_level(sample, PARENT_LEVEL[level])
    assert set(areas["parent_code"]) == set(parents["code"])
    for code, parent in zip(areas["code"], areas["parent_code"], strict=True):
        assert code[: len(parent)] == parent


def test_code_parts_tell_streets_towns_communities_and_villages(sample: Sample) -> None:
    townships = of_level(sample, "township")
    kind = {"街道": "0", "镇": "1", "乡": "2"}
    for code, name in zip(townships["code"], townships["name"], strict=True):
        suffix = "街道" if name.endswith("街道") else name[-1]
        assert code[6] == kind[suffix]
    villages = of_level(sample, "village")
    urban = villages["code"].str[9] == "0"
    assert villages.loc[urban, "name"].str.endswith("社区（演）").all()
    assert (villages.loc[~urban, "code"].str[9] == "2").all()
    assert villages.loc[~urban, "name"].str.endswith("村（演）").all()
    assert urban.sum() >= 20
    assert (~urban).sum() >= 50
    assert villages["name"].is_unique


def test_grids_are_numbered_from_one_without_gaps(sample: Sample) -> None:
    grids = of_level(sample, "grid")
    for _, members in grids.groupby("parent_code"):
        serials = members["code"].str[12:].astype(int).tolist()
        assert serials == list(range(1, len(members) + 1))
    first = grids.groupby("parent_code").first().set_geometry("geometry", crs=4326)
    last = grids.groupby("parent_code").last().set_geometry("geometry", crs=4326)
    several = grids["parent_code"].value_counts().loc[first.index].to_numpy() >= 4
    south = first.representative_point().y < last.representative_point().y
    # Rows run north to south, so the first grid hardly ever lies south of the last.
    assert south[several].mean() < 0.1


def test_reading_order_goes_west_to_east_in_rows_from_north_to_south() -> None:
    size = 1_000.0
    corners = {"ne": (1, 1), "sw": (0, 0), "nw": (0, 1), "se": (1, 0)}
    squares = [
        shapely.transform(
            shapely.box(x * size, y * size, (x + 1) * size, (y + 1) * size), to_degrees
        )
        for x, y in corners.values()
    ]
    names = list(corners)
    assert [names[i] for i in reading_order(squares)] == ["nw", "ne", "sw", "se"]


@pytest.mark.parametrize("level", LEVELS)
def test_each_level_is_a_valid_coverage_of_single_polygons(sample: Sample, level: str) -> None:
    geometry = of_level(sample, level).geometry
    assert geometry.is_valid.all()
    assert (geometry.geom_type == "Polygon").all()
    assert (shapely.get_num_interior_rings(geometry.to_numpy()) == 0).all()
    assert shapely.coverage_is_valid(geometry.to_numpy(), gap_width=GAP)


@pytest.mark.parametrize("level", ["township", "village", "grid"])
def test_parent_is_vertex_by_vertex_the_union_of_its_children(sample: Sample, level: str) -> None:
    parents = of_level(sample, PARENT_LEVEL[level]).set_index("code").geometry
    for code, members in of_level(sample, level).groupby("parent_code"):
        union = shapely.coverage_union_all(members.geometry.to_numpy())
        assert shapely.equals_exact(shapely.normalize(union), shapely.normalize(parents[code]))


def test_coverage_check_would_notice_a_moved_vertex(sample: Sample) -> None:
    polygons = of_level(sample, "grid").geometry.to_numpy().copy()
    coast = sample.areas.geometry.iloc[0].exterior
    inland = int(np.flatnonzero(shapely.disjoint(polygons, coast))[0])
    moved = shapely.get_coordinates(polygons[inland])
    moved[3] += 1e-6  # the last decimal of the files
    polygons[inland] = shapely.Polygon(moved)
    assert not shapely.coverage_is_valid(polygons, gap_width=GAP)


def shared_borders(sample: Sample) -> np.ndarray:
    """Lines, in metres, between two grids."""
    grids = of_level(sample, "grid").geometry.to_numpy()
    left, right = shapely.STRtree(grids).query(grids, predicate="touches")
    pairs = left < right
    lines = shapely.line_merge(shapely.intersection(grids[left[pairs]], grids[right[pairs]]))
    lines = np.array([part for part in shapely.get_parts(lines) if part.length > 0])
    return shapely.transform(lines, to_metres)


def test_borders_are_curves_and_not_straight_lines(sample: Sample) -> None:
    lines = shared_borders(sample)
    ends = shapely.get_coordinates(shapely.boundary(lines)).reshape(-1, 2, 2)
    chord = np.hypot(*(ends[:, 0] - ends[:, 1]).T)
    long = chord > 400
    assert long.sum() > 300
    excess = shapely.length(lines)[long] / chord[long] - 1
    # A Voronoi border has no excess at all.
    assert np.median(excess) > 0.04
    assert np.quantile(excess, 0.02) > 0.005
    assert (shapely.get_num_coordinates(lines[long]) >= 5).all()


def test_no_segment_of_an_outline_is_long(sample: Sample) -> None:
    for level in LEVELS:
        for polygon in of_level(sample, level).geometry:
            points = to_metres(shapely.get_coordinates(polygon))
            steps = np.hypot(*np.diff(points, axis=0).T)
            assert steps.max() < 220
            assert steps.max() < 0.16 * steps.sum()


def test_county_measures_thirty_to_forty_kilometres_and_lies_at_open_sea(sample: Sample) -> None:
    west, south, east, north = sample.areas.total_bounds
    assert 127 < west < east < 128
    assert 29 < south < north < 30
    extent = to_metres(np.array([[east, north]])) - to_metres(np.array([[west, south]]))
    assert 28_000 < extent[0, 0] < 42_000
    assert 24_000 < extent[0, 1] < 42_000


def test_grids_of_the_county_town_are_smaller(sample: Sample) -> None:
    grids = of_level(sample, "grid")
    size = pd.Series(shapely.area(shapely.transform(grids.geometry.to_numpy(), to_metres)))
    urban = (grids["code"].str[9] == "0").to_numpy()
    assert size[urban].median() < 0.6 * size[~urban].median()


def test_people_add_up_and_are_very_unequal(sample: Sample) -> None:
    areas = sample.areas
    people = areas.set_index("code")[["population", "elderly"]]
    for level in PARENT_LEVEL:
        sums = of_level(sample, level).groupby("parent_code")[["population", "elderly"]].sum()
        pd.testing.assert_frame_equal(sums, people.loc[sums.index], check_names=False)
    assert (areas["elderly"] < areas["population"]).all()
    assert (areas["population"] > 0).all()
    villages = of_level(sample, "village")["population"]
    assert villages.quantile(0.9) > 5 * villages.quantile(0.1)
    county = areas.iloc[0]
    assert 150_000 < county["population"] < 600_000
    assert 0.15 < county["elderly"] / county["population"] < 0.35


def test_no_village_or_township_of_the_sample_exists(sample: Sample, shared_data) -> None:
    real = "\n".join(pd.read_parquet(shared_data / "cn_villages.parquet")["name"])
    for name in of_level(sample, "village")["name"]:
        assert name.removesuffix("（演）") not in real
    towns = set(pd.read_parquet(shared_data / "cn_townships.parquet")["name"])
    assert not towns & set(TOWNSHIPS)


def test_another_seed_draws_another_valid_county(sample: Sample) -> None:
    other = generate(7)
    for _, part in other.areas.groupby("level"):
        assert part.is_valid.all()
        assert shapely.coverage_is_valid(part.geometry.to_numpy())
    assert not other.areas.geometry.iloc[0].equals(sample.areas.geometry.iloc[0])
    assert len(other.institutions) == len(sample.institutions)
