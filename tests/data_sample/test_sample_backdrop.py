"""Roads and water of the sample."""

from __future__ import annotations

import numpy as np
import shapely

from data.sample import Sample
from data.sample.linework import to_metres


def test_water_has_sea_lake_river_and_streams(sample: Sample) -> None:
    assert list(sample.water.columns) == ["name", "kind", "geometry"]
    kinds = sample.water["kind"].value_counts()
    assert kinds["sea"] == kinds["lake"] == kinds["river"] == 1
    assert kinds["stream"] >= 2
    assert sample.water.is_valid.all()
    assert sample.water.crs.to_epsg() == 4326


def test_sea_surrounds_the_county_and_leaves_it_dry(sample: Sample) -> None:
    county = sample.areas.geometry.iloc[0]
    sea = sample.water.set_index("kind").geometry["sea"]
    assert sea.intersection(county).area == 0
    assert shapely.Polygon(sea.exterior).contains(county)


def test_river_runs_through_the_lake_to_the_sea(sample: Sample) -> None:
    water = sample.water.set_index("kind").geometry
    river = water["river"]
    assert river.intersects(water["lake"])
    assert river.distance(water["sea"]) < 0.0005
    west, south, east, north = shapely.transform(river, to_metres).bounds
    assert np.hypot(east - west, north - south) > 6_000


def test_roads_are_classed_and_form_one_network(sample: Sample) -> None:
    assert set(sample.roads["kind"]) == {"trunk", "county", "township"}
    joined = shapely.buffer(sample.roads.geometry.to_numpy(), 1e-6)
    assert shapely.union_all(joined).geom_type == "Polygon"


def test_roads_reach_every_township_and_almost_every_village(sample: Sample) -> None:
    roads = shapely.union_all(sample.roads.geometry.to_numpy())
    large = sample.roads[sample.roads["kind"] != "township"]
    townships = sample.areas[sample.areas["level"] == "township"]
    assert townships.intersects(shapely.union_all(large.geometry.to_numpy())).all()
    villages = sample.areas[sample.areas["level"] == "village"]
    assert villages.intersects(roads).all()


def test_roads_are_curved_and_keep_to_dry_land(sample: Sample) -> None:
    water = sample.water.set_index("kind").geometry
    assert not sample.roads.intersects(water["lake"]).any()
    assert sample.roads.within(sample.areas.geometry.iloc[0]).all()
    lines = shapely.transform(sample.roads.geometry.to_numpy(), to_metres)
    long = shapely.length(lines) > 3_000
    assert long.sum() >= 5
    ends = shapely.distance(shapely.get_point(lines[long], 0), shapely.get_point(lines[long], -1))
    assert np.median(shapely.length(lines[long]) / ends) > 1.02
