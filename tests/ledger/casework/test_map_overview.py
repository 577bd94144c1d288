"""The numbers on the map against the rows behind them."""

from __future__ import annotations

import pytest

from ledger.casework import map_overview as overview
from ledger.domain.access import Actor, Role
from ledger.domain.errors import NotFound
from ledger.records import service as records
from ledger.records.places.areas import current_atlas
from ledger.storage import Store
from tests.ledger.conftest import (
    COUNTY,
    EAST,
    EAST_GRID,
    EAST_SOUTH,
    WEST,
    WEST_GRID,
    WEST_VILLAGE,
    actor,
)


@pytest.fixture
def homes(store: Store, system: Actor) -> Store:
    for values in [
        {"lon": 127.02, "lat": 29.05, "suspected_crime": "是"},
        {"lon": 127.02, "lat": 29.06},
        {"area_code": WEST_VILLAGE, "complained": "是"},
        {"area_code": EAST_SOUTH},
        {"lon": 127.9, "lat": 29.0},  # outside all areas
    ]:
        records.create(store, system, "institutions", {"name": "演示院", **values})
    return store


def test_counts_by_child_area(homes: Store, system: Actor) -> None:
    found = overview.situation(homes, system, current_atlas(homes), COUNTY)
    assert found.areas[WEST].by_tier == {"4": 1, "3": 1, None: 1}
    assert (found.areas[WEST].worst, found.areas[WEST].serious) == ("4", 2)
    assert (found.areas[EAST].worst, found.areas[EAST].present()) == (None, [(None, 1)])
    assert (found.here.total, found.unplaced) == (4, 0)


def test_area_without_institutions_is_none_not_undetermined(homes: Store, system: Actor) -> None:
    found = overview.situation(homes, system, current_atlas(homes), WEST_VILLAGE)
    assert (found.areas[EAST_GRID].worst, found.areas[EAST_GRID].present()) == (None, [])
    assert found.areas[WEST_GRID].total == 2


def test_a_village_counts_what_lies_in_none_of_its_grids(homes: Store, system: Actor) -> None:
    found = overview.situation(homes, system, current_atlas(homes), WEST_VILLAGE)
    assert (found.here.total, found.unplaced) == (3, 1)


def test_whole_tree_counts_what_lies_outside(homes: Store, system: Actor) -> None:
    found = overview.situation(homes, system, current_atlas(homes), None)
    assert (found.here.total, found.areas[COUNTY].total, found.unplaced) == (5, 4, 1)


def test_top_of_a_scope_is_its_own_area(homes: Store, office: Actor) -> None:
    atlas = current_atlas(homes)
    assert overview.situation(homes, office, atlas, None) == overview.situation(
        homes, office, atlas, WEST
    )
    assert len(overview.points(homes, office, atlas, None)) == 2


@pytest.mark.parametrize("code", [EAST, EAST_SOUTH, COUNTY, "000000"])
def test_other_areas_look_as_if_they_were_not_there(homes: Store, office: Actor, code: str) -> None:
    with pytest.raises(NotFound):
        overview.situation(homes, office, current_atlas(homes), code)
    with pytest.raises(NotFound):
        overview.points(homes, office, current_atlas(homes), code)


def test_deleted_institutions_do_not_count(homes: Store, system: Actor) -> None:
    records.delete(homes, system, "institutions", {1: 1})
    found = overview.situation(homes, system, current_atlas(homes), WEST)
    assert found.here.total == 2


def test_grid_worker_sees_own_grid_only(homes: Store) -> None:
    worker = actor(Role.GRID_WORKER, WEST_GRID)
    found = overview.situation(homes, worker, current_atlas(homes), None)
    assert found.here.total == 2


def test_an_area_without_children_is_drawn_itself(homes: Store, system: Actor) -> None:
    found = overview.situation(homes, system, current_atlas(homes), WEST_GRID)
    assert (found.areas, found.drawn, found.not_drawn) == ({}, {WEST_GRID: found.here}, 0)
    village = overview.situation(homes, system, current_atlas(homes), WEST_VILLAGE)
    assert (list(village.drawn), village.not_drawn) == ([WEST_GRID], 1)


def test_positions_outside_are_told_to_readers_of_the_whole_tree(
    homes: Store, system: Actor, office: Actor
) -> None:
    atlas = current_atlas(homes)
    assert overview.situation(homes, system, atlas, None).outside == 1
    own = overview.situation(homes, office, atlas, None)
    assert own.outside == 0
    assert own.as_of is not None


def test_areas_of_the_worst_tier_come_first() -> None:
    four, threes, nothing = ({"4": 1}, {"3": 9, None: 3}, {})
    counts = [overview.TierCounts(one) for one in (nothing, threes, four)]
    assert [one.by_tier for one in sorted(counts, key=lambda one: one.order)] == [
        four,
        threes,
        nothing,
    ]
