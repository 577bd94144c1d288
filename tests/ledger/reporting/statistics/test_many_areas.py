"""A city of thousands of villages: the work grows with their number, not with its square."""

from __future__ import annotations

import shutil
import time
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import shapely

from ledger.domain.timing.periods import Period
from ledger.reporting.statistics.regions import Regions, read_regions
from ledger.storage import Store, open_store
from tests.bench.many_areas import CITY, draw_city

YEAR = Period(date(2026, 1, 1), date(2026, 12, 31))
FEW, MANY = 250, 2_000


def city(bare_template: Path, folder: Path, villages: int, redrawn_on: date | None) -> Store:
    path = folder / f"{villages}.db"
    shutil.copyfile(bare_template, path)
    store = open_store(f"sqlite:///{path.as_posix()}")
    draw_city(store, villages, redrawn_on=redrawn_on)
    return store


@pytest.mark.parametrize("redrawn_on", [None, date(2026, 6, 1)], ids=["unchanged", "redrawn"])
def test_areas_are_not_held_against_all_others(
    bare_template: Path, tmp_path: Path, redrawn_on: date | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """35,357 areas gave no answer in ten minutes: every version was compared with every other."""
    pairs: list[int] = []
    intersection = shapely.intersection

    def counted(first: Any, second: Any, **more: Any) -> Any:
        pairs.append(max(getattr(first, "size", 1), getattr(second, "size", 1)))
        return intersection(first, second, **more)

    monkeypatch.setattr(shapely, "intersection", counted)
    seconds = {}
    for villages in (FEW, MANY):
        store = city(bare_template, tmp_path, villages, redrawn_on)
        started = time.process_time()
        regions = read_regions(store, "village", f"/{CITY}/", YEAR)
        seconds[villages] = time.process_time() - started
        assert len(regions.frame) == villages
        store.dispose()
    # A square has eight others around it; both ways of looking at them make it eighteen.
    assert sum(pairs) <= 20 * (FEW + MANY)
    # Eight times the areas; a square would be 64 times the work. Beside it stands the fixed part.
    assert seconds[MANY] <= 24 * max(seconds[FEW], 0.02)


def test_a_village_that_was_redrawn_is_counted_in_its_successor(
    bare_template: Path, tmp_path: Path
) -> None:
    store = city(bare_template, tmp_path, 80, date(2026, 6, 1))
    regions: Regions = read_regions(store, "village", f"/{CITY}/", YEAR)
    store.dispose()
    assert len(regions.shares) == 80
    for old, shares in regions.shares.items():
        assert shares == ((f"{old[:-3]}1{old[-2:]}", 1.0),)
