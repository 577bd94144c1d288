"""Speed of places, as ratios in one run: loading, locating, codes.

The best of several interleaved runs counts on both sides, for machines are shared.
"""

import time

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from geo.atlas import Atlas
from geo.boundaries import read_boundaries
from geo.codes import check_codes, normalise_codes, parents_of
from geo.crs import WGS84
from geo.validation import Fields, prepare_boundaries

pytestmark = pytest.mark.bench

ROUNDS = 3
POINTS = 1_000_000


def best_of(*actions):
    """The shortest time of each action, run in turns."""
    times = np.full((ROUNDS, len(actions)), np.inf)
    for attempt in range(ROUNDS):
        for at, action in enumerate(actions):
            start = time.perf_counter()
            action()
            times[attempt, at] = time.perf_counter() - start
    return times.min(axis=0)


def test_loading_communes_against_reading_and_repairing_them(shared_data):
    path = shared_data / "france_communes.parquet"

    def plain():
        return gpd.read_parquet(path).geometry.make_valid()

    def ours():
        raw = read_boundaries(path)
        return prepare_boundaries(
            raw, Fields("code", "name"), level="village", crs=WGS84, scheme="prefix"
        )

    base, full = best_of(plain, ours)
    print(f"\nread + prepare {full:.2f} s, geopandas {base:.2f} s: {full / base:.2f}×")
    assert full <= 3 * base


@pytest.fixture(scope="module")
def communes(shared_data):
    frame = gpd.read_parquet(shared_data / "france_communes.parquet")
    frame["geometry"] = frame.geometry.make_valid()
    return frame.assign(level="village", parent_code=None)


def points_in(communes, share_inside):
    """``POINTS`` seeded positions, that share of them drawn in the boxes of communes."""
    rng = np.random.default_rng(1)
    boxes = communes.geometry.bounds.to_numpy()
    count = int(POINTS * share_inside)
    box = boxes[rng.integers(0, len(boxes), count)]
    # Around mainland France, about half of it sea and neighbours.
    rest = rng.uniform((-5.0, 42.0), (9.0, 51.2), (POINTS - count, 2))
    near = rng.uniform(box[:, :2], box[:, 2:])
    return np.concatenate((near, rest)).T


@pytest.mark.parametrize("share_inside", [1.0, 0.0])
def test_locating_a_million_points_against_sjoin(communes, share_inside):
    lon, lat = points_in(communes, share_inside)
    atlas = Atlas.from_frame(communes)
    points = gpd.GeoDataFrame(geometry=gpd.points_from_xy(lon, lat), crs=4326)
    polygons = communes[["code", "geometry"]]

    def ours():
        return atlas.locate(lon, lat, nearest=False)

    def plain():
        return gpd.sjoin(points, polygons, how="left", predicate="within")

    base, full = best_of(plain, ours)
    found = ours()["code"].notna().mean()
    print(f"\nlocate {full:.2f} s, sjoin {base:.2f} s: {full / base:.2f}× ({found:.0%} inside)")
    assert full <= base
    start = time.perf_counter()
    atlas.locate(lon, lat)
    print(f"with the nearest area of those outside: {time.perf_counter() - start:.2f} s")


def test_all_village_codes_in_three_seconds(shared_data):
    villages = pd.read_parquet(shared_data / "cn_villages.parquet").code
    townships = pd.read_parquet(shared_data / "cn_townships.parquet").code

    def ours():
        codes = normalise_codes(villages, "village", "cn")
        check_codes(codes, "village", "cn")
        parents_of(codes, "village", "cn", townships)

    # An absolute bound: time of this process alone, whatever else the machine does.
    start = time.process_time()
    ours()
    seconds = time.process_time() - start
    print(f"\n{len(villages)} codes checked and placed in {seconds:.2f} s")
    assert seconds < 3


def test_building_an_atlas_is_cheap(communes):
    (seconds,) = best_of(lambda: Atlas.from_frame(communes))
    (validity,) = best_of(lambda: shapely.is_valid(np.asarray(communes.geometry.array)))
    print(f"\natlas of {len(communes)} areas in {seconds:.2f} s, one is_valid {validity:.2f} s")
    assert seconds < validity
