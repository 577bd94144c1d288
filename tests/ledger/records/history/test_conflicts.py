"""Two editors of one record: compared field by field, merged or chosen, never lost."""

from __future__ import annotations

from typing import Any

import pytest

from ledger.domain.access import Actor, Role
from ledger.domain.errors import Conflict
from ledger.records import service as records
from ledger.records.service import Edit
from ledger.storage import Store
from tests.ledger.conftest import WEST, WEST_VILLAGE, actor


@pytest.fixture
def home(store: Store, office: Actor) -> int:
    values = {"name": "松柏院", "beds": 10, "residents": 5, "area_code": WEST_VILLAGE}
    return records.create(store, office, "institutions", values)


def conflict(store: Store, actor: Actor, edit: Edit) -> Conflict:
    with pytest.raises(Conflict) as raised:
        records.save(store, actor, "institutions", [edit])
    return raised.value


def fields(found: Conflict) -> dict[str, tuple[Any, Any, Any, bool]]:
    return {f.key: (f.before, f.theirs, f.mine, f.clash) for f in found.fields}


def test_same_field_is_a_clash(store: Store, office: Actor, home: int) -> None:
    records.save(store, office, "institutions", [Edit(home, 1, {"beds": 20})])
    found = conflict(store, office, Edit(home, 1, {"beds": "30"}))
    assert (found.version, found.by) == (2, office.name)
    assert fields(found) == {"beds": (10, 20, 30, True)}


def test_different_fields_merge_after_being_shown(store: Store, office: Actor, home: int) -> None:
    records.save(store, office, "institutions", [Edit(home, 1, {"beds": 20})])
    found = conflict(store, office, Edit(home, 1, {"residents": "6"}))
    assert found.clashes == ()
    assert fields(found) == {"beds": (10, 20, 10, False), "residents": (5, 5, 6, False)}
    # Saving again on the version shown keeps both changes.
    records.save(store, office, "institutions", [Edit(home, 2, {"residents": 6})])
    row = records.get(store, office, "institutions", home)
    assert (row["beds"], row["residents"]) == (20, 6)


def test_same_change_by_both_is_no_clash(store: Store, office: Actor, home: int) -> None:
    records.save(store, office, "institutions", [Edit(home, 1, {"beds": 20})])
    assert conflict(store, office, Edit(home, 1, {"beds": 20})).clashes == ()


def test_what_stood_when_i_read_is_found_across_several_saves(
    store: Store, office: Actor, home: int
) -> None:
    for version, beds in enumerate([20, 30, 40], start=1):
        records.save(store, office, "institutions", [Edit(home, version, {"beds": beds})])
    found = conflict(store, office, Edit(home, 2, {"beds": 99}))
    assert fields(found)["beds"] == (20, 40, 99, True)


def test_tier_that_moved_meanwhile_is_shown(store: Store, office: Actor, home: int) -> None:
    records.save(store, office, "institutions", [Edit(home, 1, {"suspected_crime": "是"})])
    found = conflict(store, office, Edit(home, 1, {"beds": 1}))
    assert fields(found)["tier"][:2] == (None, "4")


def test_refused_edit_changes_nothing(store: Store, office: Actor, home: int) -> None:
    records.save(store, office, "institutions", [Edit(home, 1, {"beds": 20})])
    conflict(store, actor(Role.VILLAGE_STAFF, WEST), Edit(home, 1, {"beds": 30}))
    assert records.get(store, office, "institutions", home)["version"] == 2
