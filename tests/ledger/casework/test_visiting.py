"""Whom to visit first: late ones, those the round still lacks, the longest without a visit."""

from __future__ import annotations

from datetime import timedelta

from ledger.casework.visiting import Place, read_places
from ledger.domain.access import Actor
from ledger.domain.timing import clock
from ledger.records import service as records
from ledger.records.places.areas import current_atlas
from ledger.storage import Store
from tests.ledger.conftest import EAST_SOUTH, WEST_VILLAGE


def place(number: int, **more: object) -> Place:
    plain = {"days": 5, "uninspected": False, "refused": False, "late": False}
    said = {"number": "", "name": "", "address": "", "tier": None, "due_on": None}
    return Place(id=number, due_label=None, **said, **{**plain, **more})  # type: ignore[arg-type]


def test_the_order_in_which_they_press() -> None:
    late = place(9, late=True)
    never = place(8, days=None, uninspected=True)
    long_ago = place(7, days=90, uninspected=True)
    lately = place(6, days=3, uninspected=True)
    done = place(5, days=1)
    found = sorted([done, lately, long_ago, never, late], key=lambda one: one.order)
    assert found == [late, never, long_ago, lately, done]


def test_a_visit_takes_an_institution_to_the_end(store: Store, office: Actor) -> None:
    for name in ("甲院", "乙院"):
        values = {"name": name, "area_code": WEST_VILLAGE}
        records.create(store, office, "institutions", values)
    atlas = current_atlas(store)
    before = read_places(store, office, atlas)
    assert [(one.name, one.days, one.uninspected) for one in before.listed] == [
        ("甲院", None, True),
        ("乙院", None, True),
    ]
    yesterday = clock.today() - timedelta(days=1)
    visit = {"institution": "甲院", "round": before.round, "inspected_on": yesterday,
             "inspectors": "张三", "result": "sound"}  # fmt: skip
    records.create(store, office, "inspections", visit)
    after = read_places(store, office, atlas)
    assert [(one.name, one.days) for one in after.listed] == [("乙院", None), ("甲院", 1)]
    assert (after.uninspected, after.total) == (1, 2)


def test_search_and_scope_narrow(store: Store, office: Actor, system: Actor) -> None:
    for name, area in (("松鹤院", WEST_VILLAGE), ("东村院", EAST_SOUTH)):
        records.create(store, system, "institutions", {"name": name, "area_code": area})
    atlas = current_atlas(store)
    assert [one.name for one in read_places(store, office, atlas).listed] == ["松鹤院"]
    assert read_places(store, system, atlas, "东村").total == 1
