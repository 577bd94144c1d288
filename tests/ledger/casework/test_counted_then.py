"""The map at the end of an earlier day: tiers, open cases and outreach, against what was put in."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime

import pytest

from ledger.casework.by_area import Cases, cases_by_area
from ledger.casework.map_overview import situation
from ledger.casework.outreach_by_area import outreach_by_area
from ledger.domain.access import SYSTEM, Actor, Role
from ledger.domain.timing import clock
from ledger.records import service as records
from ledger.records.places.areas import current_atlas
from ledger.records.query import Condition, Selection
from ledger.storage import Store
from ledger.storage.tables import LEDGER_TABLES
from tests.ledger.conftest import COUNTY, EAST, EAST_SOUTH, WEST, WEST_GRID, WEST_VILLAGE, actor

MAY = date(2026, 5, 31)
GIVEN = {
    "leads": ("registered_at", {"source": "其他", "matter": "高息揽储"}),
    "dispositions": ("opened_on", {"measure": "警示约谈"}),
}


def moment(day: str) -> datetime:
    """Noon of a day, in the office."""
    return datetime.combine(date.fromisoformat(day), datetime.min.time(), clock.OFFICE).replace(
        hour=12
    )


@pytest.fixture(autouse=True)
def _today() -> Iterator[None]:
    with clock.pretend(moment("2026-06-10")):
        yield


def put(store: Store, ledger: str, area: str, came: str, **stands: object) -> None:
    """A case that came on a day and stands as if its steps had led there."""
    key, values = GIVEN[ledger]
    came = f"{came} 23:30" if key == "registered_at" else came
    record = records.create(store, SYSTEM, ledger, {**values, key: came, "area_code": area})
    if stands:
        table = LEDGER_TABLES[ledger]
        with store.writing() as connection:
            connection.execute(table.update().where(table.c.id == record).values(**stands))


def worsen(store: Store, home: int) -> None:
    """The first edit of an institution: tier four from now on."""
    edit = records.Edit(home, 1, {"suspected_crime": "是"})
    records.save(store, SYSTEM, "institutions", [edit])


@pytest.fixture(params=sorted(GIVEN))
def ledger(request: pytest.FixtureRequest, store: Store) -> str:
    """West at the end of May: 2 open, one of them closed since, and 2 done; one came later."""
    name: str = request.param
    put(store, name, WEST_GRID, "2026-05-31")
    put(store, name, WEST_VILLAGE, "2026-05-01", state="closed", closed_on=date(2026, 6, 1))
    put(store, name, WEST_GRID, "2026-05-01", state="closed", closed_on=MAY)
    put(store, name, WEST_GRID, "2026-05-01", state="closed")
    put(store, name, WEST_GRID, "2026-06-01")
    put(store, name, EAST_SOUTH, "2026-06-02", state="closed", closed_on=date(2026, 6, 3))
    return name


def listed(store: Store, who: Actor, ledger: str, area: str, rows: tuple[Condition, ...]) -> int:
    """How many rows a ledger lists under conditions in an area."""
    path = current_atlas(store)[area].path
    return records.search(store, who, ledger, Selection(conditions=rows, area_path=path)).total


def test_cases_are_open_until_the_day_on_which_they_were_closed(
    store: Store, leader: Actor, ledger: str
) -> None:
    found = cases_by_area(store, leader, current_atlas(store), ledger, COUNTY, MAY)
    assert found.areas == {WEST: Cases(4, 2, 0), EAST: Cases()}
    for rows, number in ((found.open_rows, 2), (found.all_rows, 4)):
        assert listed(store, leader, ledger, WEST, rows) == number
        assert listed(store, leader, ledger, EAST, rows) == 0


def test_at_the_end_of_today_all_is_as_it_stands(store: Store, leader: Actor, ledger: str) -> None:
    atlas = current_atlas(store)
    now = cases_by_area(store, leader, atlas, ledger, COUNTY)
    then = cases_by_area(store, leader, atlas, ledger, COUNTY, clock.today())
    assert {code: (one.total, one.open) for code, one in then.areas.items()} == {
        code: (one.total, one.open) for code, one in now.areas.items()
    }


def test_tiers_are_those_held_at_the_end_of_the_day(store: Store, leader: Actor) -> None:
    with clock.pretend(moment("2026-05-20")):
        home = {"name": "演示院", "lon": 127.02, "lat": 29.05, "complained": "是"}
        worse = records.create(store, SYSTEM, "institutions", home)
        gone = records.create(store, SYSTEM, "institutions", home | {"name": "已撤"})
    with clock.pretend(moment("2026-06-02")):
        worsen(store, worse)
        records.create(store, SYSTEM, "institutions", home | {"name": "新院"})
        records.delete(store, SYSTEM, "institutions", {gone: 1})
    atlas = current_atlas(store)
    then = situation(store, leader, atlas, COUNTY, MAY)
    assert then.areas[WEST].by_tier == {"3": 1}
    assert situation(store, leader, atlas, COUNTY).areas[WEST].by_tier == {"4": 1, "3": 1}
    assert situation(store, leader, atlas, COUNTY, date(2026, 5, 19)).here.total == 0
    for rows in (then.all_rows, then.tier_rows("3")):
        assert listed(store, leader, "institutions", WEST, rows) == 1
    assert listed(store, leader, "institutions", WEST, then.tier_rows("4")) == 0


def test_outreach_is_what_was_held_until_then(store: Store, leader: Actor) -> None:
    for day, area in (("2026-05-31", WEST_GRID), ("2026-06-01", EAST_SOUTH)):
        values = {"held_on": day, "kind": "讲座", "area_code": area}
        records.create(store, SYSTEM, "outreach", values)
    found = outreach_by_area(store, leader, current_atlas(store), COUNTY, MAY)
    assert (found.areas[WEST].reached, found.areas[EAST].reached) == (1, 0)
    assert found.here.held == listed(store, leader, "outreach", COUNTY, found.held_rows) == 1


def test_an_earlier_day_is_scoped_as_today(store: Store, ledger: str) -> None:
    east = actor(Role.OFFICE_STAFF, EAST)
    found = cases_by_area(store, east, current_atlas(store), ledger, None, clock.today())
    assert found.here == Cases(1, 0, 0)
