"""Loading boundaries into the database, against reading and repairing them alone."""

from __future__ import annotations

import time
from pathlib import Path

import geopandas as gpd
import pytest

from geo.validation import Fields
from ledger.domain.access import SYSTEM
from ledger.records.area_layers import AreaFile
from ledger.records.area_loading import load_areas
from ledger.storage import migrate, open_store

pytestmark = pytest.mark.bench

LIMIT = 3.0
RUNS = 3


def read_and_repair(path: Path) -> float:
    started = time.perf_counter()
    frame = gpd.read_parquet(path)
    frame.geometry = frame.geometry.make_valid()
    return time.perf_counter() - started


def load(path: Path, folder: Path, run: int) -> float:
    store = open_store(f"sqlite:///{folder / f'{run}.db'}")
    migrate(store)
    file = AreaFile(path, "village", Fields("code", "name"), "wgs84", scheme="prefix")
    started = time.perf_counter()
    report = load_areas(store, SYSTEM, [file])
    took = time.perf_counter() - started
    assert (report.loaded, report.errors) == (35_357, ())
    store.dispose()
    return took


def test_loading_communes_against_reading_and_repairing_them(
    shared_data: Path, tmp_path: Path
) -> None:
    path = shared_data / "france_communes.parquet"
    base, ours = [], []
    for run in range(RUNS):  # interleaved, so that a busy minute meets both
        base.append(read_and_repair(path))
        ours.append(load(path, tmp_path, run))
    ratio = min(ours) / min(base)
    print(f"\nread + make_valid {min(base):.2f} s, areas load {min(ours):.2f} s: {ratio:.2f} ×")
    assert ratio <= LIMIT
