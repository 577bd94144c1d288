"""On no day are two versions of one area in force, whatever is loaded for whichever day."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

import pytest
from sqlalchemy import select

from ledger.domain.errors import Invalid
from ledger.domain.timing import clock
from ledger.records.places.areas import in_force, read_atlas
from ledger.storage import Store
from ledger.storage.tables import areas
from tests.ledger.conftest import EAST_GRID, WEST_GRID
from tests.ledger.records.test_area_loading import NEW_GRID, THREE, Loader, Row, load, rows_of

__all__ = ["load"]


def day(days: int) -> date:
    return clock.today() + timedelta(days=days)


def moved(to: float) -> list[Row]:
    """The two grids of the village with their border elsewhere."""
    return [(WEST_GRID, (127.0, 29.0, to, 29.1)), (EAST_GRID, (to, 29.0, 127.1, 29.1))]


def turning_days(store: Store) -> list[date]:
    with store.reading() as connection:
        found = connection.execute(select(areas.c.valid_from, areas.c.valid_to)).all()
    ends = {one for row in found for one in row if one is not None} | {day(0)}
    return sorted(ends | {one - timedelta(days=1) for one in ends})


def twice(store: Store) -> list[tuple[date, str]]:
    """(day, code) wherever a code is in force twice."""
    told = []
    with store.reading() as connection:
        for on in turning_days(store):
            codes = connection.execute(select(areas.c.code).where(in_force(on))).scalars().all()
            told += [(on, code) for code in set(codes) if codes.count(code) > 1]
    return told


def test_nothing_is_loaded_before_the_version_of_today(store: Store, load: Loader) -> None:
    load(moved(127.04), valid_from=day(-5))
    before = [rows_of(store, code) for code in (WEST_GRID, EAST_GRID)]
    with pytest.raises(Invalid, match=f"{WEST_GRID}.*最晚自{day(-5)}起.*改为{day(-5)}或以后"):
        load(moved(127.06), valid_from=day(-10))
    with pytest.raises(Invalid, match="不能再插入更早的版本"):
        load(moved(127.06), valid_from=day(-10), dry_run=True)
    assert [rows_of(store, code) for code in (WEST_GRID, EAST_GRID)] == before


def test_nor_is_one_of_today_ended_before_it_began(store: Store, load: Loader) -> None:
    """The file no longer has it; ended from that earlier day on, it would stand since its own."""
    load(THREE, valid_from=day(-5))
    two = [THREE[0], THREE[2]]
    with pytest.raises(Invalid, match=NEW_GRID):
        load([two[0]], valid_from=day(-10), retire_missing=True)
    load(two, valid_from=day(-5), retire_missing=True)
    assert twice(store) == []


def test_earlier_day_is_taken_where_nothing_began_since(store: Store, load: Loader) -> None:
    load(moved(127.04), valid_from=day(-5))
    assert rows_of(store, WEST_GRID) == [(None, day(-5)), (day(-5), None)]
    assert twice(store) == []


def test_area_that_comes_again_was_not_there_between(store: Store, load: Loader) -> None:
    load([THREE[0]], valid_from=day(-9), retire_missing=True)
    assert rows_of(store, EAST_GRID) == [(None, day(-9))]
    load(moved(127.03))
    assert rows_of(store, EAST_GRID) == [(None, day(-9)), (day(0), None)]
    with store.reading() as connection:
        assert EAST_GRID not in read_atlas(connection, day(-1))


def test_area_that_comes_again_on_the_day_it_went(store: Store, load: Loader) -> None:
    load(THREE, valid_from=day(-2))
    load(THREE[:1], valid_from=day(-2), retire_missing=True)
    load(THREE, valid_from=day(-2))
    assert rows_of(store, NEW_GRID) == [(day(-2), None)]
    assert twice(store) == []


@pytest.mark.parametrize("seed", [4, 8])
def test_no_code_is_in_force_twice_on_any_day(store: Store, load: Loader, seed: int) -> None:
    """Loads for days before and after today, whole or in part, one upon the other."""
    chance = Random(seed)
    refused = 0
    for _ in range(12):
        rows = chance.choice([moved(127.05), THREE, THREE, THREE[:1], THREE[1:]])
        since = chance.choice([None, None, *range(-3, 4)])
        options: dict[str, object] = {"retire_missing": chance.random() < 0.6}
        if since is not None:
            options["valid_from"] = day(since)
        try:
            load(rows, **options)
        except Invalid:
            refused += 1
        assert twice(store) == [], (seed, rows, options)
    assert refused < 12
