"""An opened record: its clocks now, and an edit of an earlier version held against it."""

from __future__ import annotations

import pytest

from ledger.domain.access import Actor
from ledger.domain.errors import NotFound
from ledger.records import service as records
from ledger.records.opened import compared, deadlines
from ledger.records.service import Edit
from ledger.storage import Store
from tests.ledger.conftest import EAST_SOUTH, WEST_VILLAGE


def petition(store: Store, actor: Actor, area: str) -> int:
    values = {"registered_on": "2026-05-20", "matter": "押金不退", "area_code": area}
    return records.create(store, actor, "petitions", values)


def test_every_clock_comes_with_its_declaration(store: Store, system: Actor) -> None:
    found = deadlines(store, system, "petitions", petition(store, system, WEST_VILLAGE))
    assert found
    assert all(duty.key == declared.key for duty, declared in found)
    row = records.search(store, system, "petitions", records.Selection()).rows[0]
    assert row["due_on"] in {duty.due for duty, _ in found}


def test_both_sides_of_an_edit_are_told(store: Store, system: Actor) -> None:
    number = petition(store, system, WEST_VILLAGE)
    records.save(store, system, "petitions", [Edit(number, 1, {"matter": "会员费不退"})])
    found = compared(store, system, "petitions", Edit(number, 1, {"matter": "服务差", "people": 2}))
    told = {one.key: (one.before, one.theirs, one.mine) for one in found.fields}
    assert told["matter"] == ("押金不退", "会员费不退", "服务差")
    assert [one.key for one in found.clashes] == ["matter"]
    assert found.version == 2


def test_what_lies_elsewhere_is_not_there(store: Store, system: Actor, office: Actor) -> None:
    elsewhere = petition(store, system, EAST_SOUTH)
    with pytest.raises(NotFound):
        deadlines(store, office, "petitions", elsewhere)
    with pytest.raises(NotFound):
        compared(store, office, "petitions", Edit(elsewhere, 1, {"people": 2}))
