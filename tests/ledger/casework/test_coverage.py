"""Coverage of a round and of outreach against counts by hand, within one's own scope."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from geo.atlas import Atlas
from ledger.casework.coverage import (
    Coverage,
    coverage,
    current_round,
    share_of,
    uninspected,
)
from ledger.casework.outreach_coverage import outreach_coverage
from ledger.domain.access import SYSTEM, Actor, Role
from ledger.domain.errors import NotFound, Refused
from ledger.domain.timing import clock
from ledger.records import service as records
from ledger.records.places.areas import current_atlas
from ledger.storage import Store
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

LEADER = actor(Role.LEADER, COUNTY)
OFFICE = actor(Role.OFFICE_STAFF, WEST)
WORKER = actor(Role.GRID_WORKER, WEST_GRID)


def home(store: Store, area: str, **values: Any) -> str:
    given = {"name": "演示院", "area_code": area, **values}
    record = records.create(store, SYSTEM, "institutions", given)
    return str(records.get(store, SYSTEM, "institutions", record)["number"])


def visit(store: Store, number: str, turn: int = 1, **values: Any) -> int:
    given = {
        "institution": number,
        "round": turn,
        "inspected_on": "2026-05-20",
        "inspectors": "李演示",
        "result": "未发现问题",
        **values,
    }
    return records.create(store, SYSTEM, "inspections", given)


def remove(store: Store, ledger: str, record: int) -> None:
    version = records.get(store, SYSTEM, ledger, record)["version"]
    records.delete(store, SYSTEM, ledger, {record: version})


def shares(found: Coverage) -> dict[str, tuple[int, int]]:
    return {row.area.code: (row.institutions, row.inspected) for row in found.rows if row.area}


@pytest.fixture
def round_one(store: Store) -> Store:
    """Three homes in the west, two of them inspected; one in the east, not inspected."""
    first, second = home(store, WEST_GRID), home(store, WEST_GRID, filing="未许可未备案")
    home(store, EAST_GRID, name="未走访院")
    home(store, EAST_SOUTH, name="东镇院")
    visit(store, first)
    visit(store, first, inspected_on="2026-05-25")  # twice in one round counts once
    visit(store, second)
    return store


@pytest.fixture
def atlas(store: Store) -> Atlas:
    return current_atlas(store)


@pytest.mark.parametrize(
    ("level", "expected"),
    [
        ("township", {WEST: (3, 2), EAST: (1, 0)}),
        ("village", {WEST_VILLAGE: (3, 2), EAST_SOUTH: (1, 0), EAST_NORTH: (0, 0)}),
        ("grid", {WEST_GRID: (2, 2), EAST_GRID: (1, 0)}),
    ],
)
def test_coverage_of_every_level(
    round_one: Store, atlas: Atlas, level: str, expected: dict[str, tuple[int, int]]
) -> None:
    found = coverage(round_one, LEADER, atlas, 1, COUNTY, level)
    assert shares(found) == expected
    assert (found.total.institutions, found.total.inspected) == (4, 2)
    assert found.total.share == 0.5


def test_area_without_institutions_has_no_share(round_one: Store, atlas: Atlas) -> None:
    found = coverage(round_one, LEADER, atlas, 1)
    none = next(row for row in found.rows if row.area and row.area.code == EAST_NORTH)
    some = next(row for row in found.rows if row.area and row.area.code == EAST_SOUTH)
    assert (none.share, some.share) == (None, 0.0)


@pytest.mark.parametrize(
    ("part", "whole", "share"), [(0, 0, None), (0, None, None), (0, 4, 0.0), (1, 4, 0.25)]
)
def test_share_of_nothing_is_no_data(part: int, whole: int | None, share: float | None) -> None:
    assert share_of(part, whole) == share


def test_what_lies_in_no_grid_is_counted_beside(round_one: Store, atlas: Atlas) -> None:
    home(round_one, WEST_VILLAGE)
    found = coverage(round_one, OFFICE, atlas, 1, WEST, "grid")
    assert (found.unplaced.institutions, found.total.institutions) == (1, 4)


@pytest.mark.parametrize(
    ("what", "expected"),
    [
        ("another round", (4, 0)),
        ("a refused visit", (4, 2)),
        ("a deleted visit", (4, 2)),
        ("a place that closed", (4, 3)),
    ],
)
def test_what_counts_as_inspected(
    round_one: Store, atlas: Atlas, what: str, expected: tuple[int, int]
) -> None:
    turn = 2 if what == "another round" else 1
    number = uninspected(round_one, LEADER, atlas, 1)[0].number
    if what == "a refused visit":
        visit(round_one, number, result="拒绝检查")
    if what == "a place that closed":
        visit(round_one, number, result="已关停或人去楼空")
    if what == "a deleted visit":
        remove(round_one, "inspections", visit(round_one, number))
    found = coverage(round_one, LEADER, atlas, turn)
    assert (found.total.institutions, found.total.inspected) == expected


def test_deleted_institution_is_not_counted(round_one: Store, atlas: Atlas) -> None:
    gone = uninspected(round_one, LEADER, atlas, 1, EAST)[0]
    remove(round_one, "institutions", gone.id)
    assert coverage(round_one, LEADER, atlas, 1, EAST).total.institutions == 0
    assert uninspected(round_one, LEADER, atlas, 1, EAST) == []


def test_position_of_the_tablet_does_not_move_a_visit(round_one: Store, atlas: Atlas) -> None:
    """The inspector saved it from the other township; the institution is covered all the same."""
    (missed,) = uninspected(round_one, OFFICE, atlas, 1)
    visit(round_one, missed.number, lon=127.15, lat=29.02)
    assert coverage(round_one, OFFICE, atlas, 1).total.share == 1.0


@pytest.mark.parametrize(
    ("who", "total", "areas"),
    [
        (OFFICE, (3, 2), {WEST_VILLAGE}),
        (WORKER, (2, 2), set()),  # no village lies in a grid
        (actor(Role.AUDITOR, EAST), (1, 0), {EAST_SOUTH, EAST_NORTH}),
    ],
)
def test_coverage_holds_the_own_scope_only(
    round_one: Store, atlas: Atlas, who: Actor, total: tuple[int, int], areas: set[str]
) -> None:
    found = coverage(round_one, who, atlas, 1)
    assert (found.total.institutions, found.total.inspected) == total
    assert set(shares(found)) == areas


def test_coverage_of_another_township_is_not_found(round_one: Store, atlas: Atlas) -> None:
    for ask in (coverage, uninspected):
        with pytest.raises(NotFound):
            ask(round_one, OFFICE, atlas, 1, EAST)
    with pytest.raises(NotFound):
        outreach_coverage(round_one, OFFICE, atlas, EAST)


def test_administrator_sees_no_coverage(round_one: Store, atlas: Atlas) -> None:
    with pytest.raises(Refused):
        coverage(round_one, actor(Role.ADMIN, COUNTY), atlas, 1)


def test_not_inspected_never_visited_first_then_longest_ago(
    store: Store, atlas: Atlas, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "today", lambda: date(2026, 6, 1))
    for name, days in (("近", "2026-05-30"), ("远", "2026-05-02"), ("从未", None)):
        number = home(store, WEST_GRID, name=name)
        if days:
            visit(store, number, 1, inspected_on=days)
    refused = home(store, WEST_GRID, name="拒绝")
    visit(store, refused, 2, inspected_on="2026-05-31", result="拒绝检查")
    found = uninspected(store, WORKER, atlas, 2)
    assert [(one.name, one.days, one.refused) for one in found] == [
        ("从未", None, False),
        ("拒绝", None, True),  # nobody was let in: that is no visit
        ("远", 30, False),
        ("近", 2, False),
    ]
    assert found[0].area_name == "一村第一网格"
    assert len(uninspected(store, WORKER, atlas, 2, limit=2)) == 2


def test_round_is_the_highest_inspected(store: Store) -> None:
    assert current_round(store) == 1
    record = visit(store, home(store, WEST_GRID), 3)
    assert current_round(store) == 3
    remove(store, "inspections", record)
    assert current_round(store) == 1


def activity(store: Store, area: str, **values: Any) -> None:
    given = {"held_on": "2026-05-15", "kind": "入户走访", "area_code": area, **values}
    records.create(store, SYSTEM, "outreach", given)


@pytest.fixture
def outreach(store: Store) -> Store:
    """The west reached in two stages, the eastern south in one, the eastern north never."""
    activity(store, WEST_GRID, stage="入户宣传阶段", people_reached=40, elders_reached=30)
    activity(store, EAST_GRID, stage="入户宣传阶段", people_reached=20)
    activity(store, WEST_VILLAGE, stage="集中整治阶段", elders_reached=20)
    activity(store, EAST_SOUTH)
    return store


def test_outreach_by_village_and_stage(outreach: Store, atlas: Atlas) -> None:
    found = outreach_coverage(outreach, LEADER, atlas)
    rows = {row.area.code: row for row in found.rows if row.area}
    west = rows[WEST_VILLAGE]
    assert dict(west.activities) == {"outreach": 2, "clean_up": 1}
    assert (west.people, west.elders) == (60, 50)
    assert west.share == 0.25  # 50 of 200
    assert found.reached == {"outreach": 1, "clean_up": 1, "summing_up": 0}
    assert found.total.activities == {"outreach": 2, "clean_up": 1, None: 1}


def test_outreach_without_figures_is_no_data(outreach: Store, atlas: Atlas) -> None:
    rows = {
        row.area.code: row for row in outreach_coverage(outreach, LEADER, atlas).rows if row.area
    }
    assert (rows[EAST_SOUTH].elders, rows[EAST_SOUTH].share) == (None, None)
    assert (dict(rows[EAST_NORTH].activities), rows[EAST_NORTH].people) == ({}, None)


def test_outreach_of_a_township_only_is_counted_beside(outreach: Store, atlas: Atlas) -> None:
    activity(outreach, WEST, stage="总结巩固阶段", people_reached=500)
    found = outreach_coverage(outreach, OFFICE, atlas)
    assert found.unplaced.people == 500
    assert found.total.people == 560
    assert found.reached["summing_up"] == 0


def test_outreach_holds_the_own_scope_only(outreach: Store, atlas: Atlas) -> None:
    found = outreach_coverage(outreach, OFFICE, atlas)
    assert [row.area.code for row in found.rows if row.area] == [WEST_VILLAGE]
    assert None not in found.total.activities  # the eastern activity
