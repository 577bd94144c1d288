"""What changed since a day: each number against the rows that its link lists, and by hand."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from sqlalchemy import event

from ledger.casework.by_area import cases_by_area
from ledger.casework.changed_since import CHANGES, Changed, changed_since
from ledger.domain.access import SYSTEM, Actor, Role
from ledger.domain.errors import Invalid, NotFound
from ledger.domain.timing import clock
from ledger.records import service as records
from ledger.records.places.areas import current_atlas
from ledger.records.query import Selection
from ledger.storage import Store
from tests.ledger.casework.test_counted_then import moment, put, worsen
from tests.ledger.conftest import COUNTY, EAST, EAST_SOUTH, WEST, WEST_GRID, WEST_VILLAGE, actor

SINCE = date(2026, 6, 1)


@pytest.fixture(autouse=True)
def _today() -> Iterator[None]:
    with clock.pretend(moment("2026-06-10")):
        yield


@pytest.fixture
def changed(store: Store) -> Store:
    """Since the 1st of June in the west: a tier rose and one is new; new, closed and late cases."""
    home = {"name": "演示院", "lon": 127.02, "lat": 29.05, "complained": "是"}
    with clock.pretend(moment("2026-05-31")):
        worse = records.create(store, SYSTEM, "institutions", home)
    with clock.pretend(moment("2026-06-01")):
        worsen(store, worse)
        records.create(store, SYSTEM, "institutions", home | {"name": "新院"})
    for ledger in ("leads", "dispositions"):
        put(store, ledger, WEST_GRID, "2026-05-31", due_on=None)
        put(store, ledger, WEST_GRID, "2026-06-01", due_on=None)
        put(store, ledger, WEST_GRID, "2026-05-01", due_on=date(2026, 5, 30))  # late before
        put(store, ledger, WEST_GRID, "2026-05-01", due_on=date(2026, 5, 31))  # late since then
        put(store, ledger, WEST_GRID, "2026-05-01", due_on=date(2026, 6, 10))  # not late today
        done = {"state": "closed", "due_on": None}
        put(store, ledger, WEST_VILLAGE, "2026-05-01", closed_on=SINCE, **done)
        put(store, ledger, EAST_SOUTH, "2026-05-01", closed_on=date(2026, 5, 31), **done)
    for day in ("2026-05-31", "2026-06-01", "2026-06-10"):
        values = {"registered_on": day, "matter": "退费", "area_code": WEST_GRID}
        records.create(store, SYSTEM, "petitions", values)
    return store


def told(store: Store, who: Actor, area: str | None = None, since: date = SINCE) -> Changed:
    return changed_since(store, who, current_atlas(store), since, area)


def test_changes_by_area_against_what_was_done(changed: Store, leader: Actor) -> None:
    found = told(changed, leader)
    assert found.areas[WEST] == {
        "rose": 1,
        "new": 1,
        "leads_new": 1,
        "leads_closed": 1,
        "dispositions_new": 1,
        "dispositions_closed": 1,
        "petitions_new": 2,
        "leads_late": 1,
        "dispositions_late": 1,
        "petitions_late": 2,  # by the clock for passing them on
    }
    assert found.areas[EAST] == {}
    assert found.here == found.areas[WEST]
    assert found.unplaced == {}


def test_what_lies_in_no_grid_of_a_village_is_unplaced(changed: Store, leader: Actor) -> None:
    assert told(changed, leader, WEST_VILLAGE).unplaced == {
        "leads_closed": 1,
        "dispositions_closed": 1,
    }


def test_each_number_is_that_of_its_rows(changed: Store) -> None:
    for role, where in (
        (Role.LEADER, COUNTY),
        (Role.OFFICE_STAFF, WEST),
        (Role.GRID_WORKER, WEST_GRID),
    ):
        who = actor(role, where)
        found = told(changed, who)
        listed = {
            one.key: records.search(
                changed, who, one.ledger, Selection(conditions=one.rows(found.period))
            ).total
            for one in found.told
        }
        assert {key: number for key, number in listed.items() if number} == found.here
        assert len(listed) == len(CHANGES)


def test_nothing_of_another_office_is_told(changed: Store) -> None:
    east = actor(Role.OFFICE_STAFF, EAST)
    assert told(changed, east).here == {}
    with pytest.raises(NotFound):
        told(changed, east, WEST)


@pytest.mark.parametrize("day", [date(2026, 6, 11), date(2010, 1, 1)])
def test_a_day_to_come_or_long_ago_is_refused(store: Store, leader: Actor, day: date) -> None:
    with pytest.raises(Invalid, match="请选"):
        told(store, leader, since=day)


@pytest.mark.sqlite_only
def test_counts_by_a_day_read_the_index_of_that_day_only(changed: Store, leader: Actor) -> None:
    """A million cases before that day cost nothing (migration 0020)."""
    asked: list[tuple[str, Any]] = []

    def note(_one: Any, _cursor: Any, statement: str, parameters: Any, *_rest: Any) -> None:
        if "count(*)" in statement and "assessments" not in statement:
            asked.append((statement, parameters))

    event.listen(changed.engine, "before_cursor_execute", note)
    told(changed, leader)
    for ledger in ("leads", "dispositions"):
        cases_by_area(changed, leader, current_atlas(changed), ledger, None, SINCE)
    event.remove(changed.engine, "before_cursor_execute", note)
    assert len(asked) == len([one for one in CHANGES if one.ledger != "institutions"]) + 4
    with changed.reading() as connection:
        for statement, parameters in asked:
            rows = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
            found = next(row[3] for row in rows if row[3].startswith(("SEARCH", "SCAN")))
            assert re.search(r"(_on|_at)>", found), found
            assert "area_path>" not in found
            # A deadline counts with the state of its record, which its index does not hold.
            assert "COVERING" in found or "due_on" in found, found
