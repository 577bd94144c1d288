"""Open and overdue cases and outreach by area, against rows counted by hand."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from ledger.casework.by_area import DONE, Cases, cases_by_area, open_rows, overdue_rows
from ledger.casework.map_overview import area_path
from ledger.casework.outreach_by_area import outreach_by_area
from ledger.domain.access import SYSTEM, Actor, Role
from ledger.domain.errors import NotFound, Refused
from ledger.domain.ledgers import LEDGERS
from ledger.domain.timing import clock
from ledger.domain.workflows import WORKFLOWS
from ledger.records import service as records
from ledger.records.places.areas import current_atlas
from ledger.records.query import Condition, Selection
from ledger.storage import Store
from ledger.storage.tables import LEDGER_TABLES
from tests.ledger.conftest import (
    COUNTY,
    EAST,
    EAST_GRID,
    EAST_NORTH,
    EAST_SOUTH,
    WEST,
    WEST_GRID,
    WEST_VILLAGE,
    actor,
)

NOW = datetime(2026, 6, 10, 2, tzinfo=UTC)
LATE, EARLY = "2026-06-09", "2026-06-10"  # due yesterday is overdue, due today is not


@pytest.fixture(autouse=True)
def _clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOW)


def put(store: Store, ledger: str, area: str, state: str, due: str | None = None) -> int:
    """A record that stands in a state with a deadline, whatever its steps would say."""
    needed = {
        "leads": {"registered_at": "2026-06-01 09:00", "source": "其他", "matter": "高息揽储"},
        "dispositions": {"measure": "警示约谈", "opened_on": "2026-06-01"},
    }
    record = records.create(store, SYSTEM, ledger, {**needed[ledger], "area_code": area})
    table = LEDGER_TABLES[ledger]
    day = None if due is None else datetime.fromisoformat(due).date()
    with store.writing() as connection:
        stand = table.update().where(table.c.id == record).values(state=state, due_on=day)
        connection.execute(stand)
    return record


@pytest.fixture
def cases(store: Store) -> Store:
    """Per ledger: west grid 3 open (1 late), its village 1 open, east south 1 done, north none."""
    for ledger, end in (("leads", "archived"), ("dispositions", "closed")):
        first = LEDGERS[ledger].initial_state
        put(store, ledger, WEST_GRID, str(first), LATE)
        put(store, ledger, WEST_GRID, str(first), EARLY)
        put(store, ledger, WEST_GRID, str(first))
        put(store, ledger, WEST_VILLAGE, str(first), LATE)
        put(store, ledger, EAST_SOUTH, end)
        gone = put(store, ledger, EAST_NORTH, str(first), LATE)
        records.delete(store, SYSTEM, ledger, {gone: 1})
    return store


@pytest.mark.parametrize("ledger", ["leads", "dispositions"])
def test_children_hold_what_lies_in_them(cases: Store, ledger: str) -> None:
    found = cases_by_area(cases, SYSTEM, current_atlas(cases), ledger, COUNTY)
    assert found.areas == {WEST: Cases(4, 4, 2), EAST: Cases(1, 0, 0)}
    assert (found.here, found.unplaced) == (Cases(5, 4, 2), 0)
    assert found.as_of == NOW


def test_what_lies_in_no_child_is_told_apart(cases: Store) -> None:
    found = cases_by_area(cases, SYSTEM, current_atlas(cases), "leads", WEST_VILLAGE)
    assert found.areas == {WEST_GRID: Cases(3, 3, 1), EAST_GRID: Cases(0, 0, 0)}
    assert (found.here, found.unplaced) == (Cases(4, 4, 2), 1)


def test_all_done_is_not_the_same_as_none(cases: Store) -> None:
    found = cases_by_area(cases, SYSTEM, current_atlas(cases), "dispositions", EAST)
    assert found.areas == {EAST_SOUTH: Cases(1, 0, 0), EAST_NORTH: Cases(0, 0, 0)}


def test_whole_tree_and_an_area_without_children(cases: Store) -> None:
    atlas = current_atlas(cases)
    assert cases_by_area(cases, SYSTEM, atlas, "leads", None).areas == {COUNTY: Cases(5, 4, 2)}
    alone = cases_by_area(cases, SYSTEM, atlas, "leads", WEST_GRID)
    assert (alone.here, alone.areas) == (Cases(3, 3, 1), {})


def test_a_closed_lead_is_neither_open_nor_overdue(cases: Store) -> None:
    """归档 is the end of its steps; 办结 is its end for those who look on."""
    put(cases, "leads", WEST_GRID, "closed", LATE)
    found = cases_by_area(cases, SYSTEM, current_atlas(cases), "leads", COUNTY)
    assert found.areas[WEST] == Cases(5, 4, 2)


@pytest.mark.parametrize("ledger", DONE)
def test_what_is_final_is_done(ledger: str) -> None:
    assert WORKFLOWS[ledger].final <= set(DONE[ledger])
    states = {choice.key for choice in LEDGERS[ledger].by_key["state"].choices}
    assert set(DONE[ledger]) < states


@pytest.mark.parametrize("ledger", ["leads", "dispositions"])
@pytest.mark.parametrize("code", [COUNTY, WEST, WEST_VILLAGE, WEST_GRID, EAST])
def test_the_rows_that_numbers_open_are_as_many(cases: Store, ledger: str, code: str) -> None:
    if ledger == "leads":
        put(cases, "leads", WEST_GRID, "closed", LATE)
    atlas = current_atlas(cases)
    here = cases_by_area(cases, SYSTEM, atlas, ledger, code).here

    def rows(conditions: tuple[Condition, ...] = ()) -> int:
        selection = Selection(conditions=conditions, area_path=area_path(SYSTEM, atlas, code))
        return records.search(cases, SYSTEM, ledger, selection).total

    counted = Cases(rows(), rows(open_rows(ledger)), rows(overdue_rows(ledger)))
    assert here == counted


@pytest.mark.parametrize("code", [EAST, EAST_SOUTH, COUNTY, "000000"])
def test_other_areas_look_as_if_they_were_not_there(cases: Store, office: Actor, code: str) -> None:
    atlas = current_atlas(cases)
    with pytest.raises(NotFound):
        cases_by_area(cases, office, atlas, "dispositions", code)
    with pytest.raises(NotFound):
        outreach_by_area(cases, office, atlas, code)


def test_the_top_of_a_scope_is_its_own_area(cases: Store, office: Actor) -> None:
    found = cases_by_area(cases, office, current_atlas(cases), "leads", None)
    assert (found.here, set(found.areas)) == (Cases(4, 4, 2), {WEST_VILLAGE})


def test_administrators_see_no_contents(cases: Store) -> None:
    admin, atlas = actor(Role.ADMIN, "*"), current_atlas(cases)
    with pytest.raises(Refused):
        cases_by_area(cases, admin, atlas, "leads", None)
    with pytest.raises(Refused):
        outreach_by_area(cases, admin, atlas, None)


def test_who_may_open_the_rows_sees_small_numbers(cases: Store, leader: Actor) -> None:
    atlas = current_atlas(cases)
    found = cases_by_area(cases, leader, atlas, "leads", COUNTY)
    assert found == cases_by_area(cases, SYSTEM, atlas, "leads", COUNTY)
    assert found.areas[WEST] == Cases(4, 4, 2)
    grid = actor(Role.GRID_WORKER, WEST_GRID)
    rows = records.search(cases, grid, "leads", Selection()).total
    assert cases_by_area(cases, grid, atlas, "leads", None).here.total == rows


def test_dispositions_are_told_to_everybody_who_looks_on(cases: Store, leader: Actor) -> None:
    found = cases_by_area(cases, leader, current_atlas(cases), "dispositions", COUNTY)
    assert found.areas[EAST] == Cases(1, 0, 0)


@pytest.fixture
def outreach(store: Store) -> Store:
    """Two activities in the western grid, one of the eastern township, one in its south."""
    for area, stage in [
        (WEST_GRID, "入户宣传阶段"),
        (WEST_GRID, "集中整治阶段"),
        (EAST, "入户宣传阶段"),
        (EAST_SOUTH, ""),
    ]:
        values = {"held_on": "2026-06-01", "kind": "讲座", "area_code": area, "stage": stage}
        records.create(store, SYSTEM, "outreach", values)
    return store


def test_villages_are_reached_by_what_is_held_in_them(outreach: Store) -> None:
    found = outreach_by_area(outreach, SYSTEM, current_atlas(outreach), COUNTY)
    west, east = found.areas[WEST], found.areas[EAST]
    assert (west.villages, west.reached, west.share) == (1, 1, 1.0)
    assert west.activities == {"outreach": 1, "clean_up": 1}
    # The township's own activity reaches none of its villages by itself.
    assert (east.villages, east.reached, east.share) == (2, 1, 0.5)
    assert east.activities == {"outreach": 1, None: 1}
    assert (found.here.villages, found.here.reached, found.here.held) == (3, 2, 4)
    assert found.kept


def test_villages_themselves_are_reached_or_not(outreach: Store) -> None:
    found = outreach_by_area(outreach, SYSTEM, current_atlas(outreach), EAST)
    assert {code: one.reached for code, one in found.areas.items()} == {
        EAST_SOUTH: 1,
        EAST_NORTH: 0,
    }
    assert (found.here.held, found.kept) == (2, True)


def test_outreach_is_not_kept_by_grid(outreach: Store) -> None:
    atlas = current_atlas(outreach)
    village = outreach_by_area(outreach, SYSTEM, atlas, WEST_VILLAGE)
    assert (village.kept, village.here.held, village.here.reached) == (False, 2, 1)
    grid = outreach_by_area(outreach, SYSTEM, atlas, WEST_GRID)
    assert (grid.kept, grid.here.villages, grid.here.share) == (False, 0, None)
    alone = outreach_by_area(outreach, SYSTEM, atlas, EAST_SOUTH)
    assert (alone.kept, alone.here.reached) == (True, 1)
