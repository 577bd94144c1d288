"""Putting back a field, a change or a save: a change of its own, sparing what came later."""

from __future__ import annotations

import pytest

from ledger.domain.access import SYSTEM, Actor, Role
from ledger.domain.errors import Invalid, NotFound, Refused
from ledger.records import putting_back
from ledger.records import service as records
from ledger.records.query import Selection
from ledger.records.service import Edit
from ledger.storage import Store
from tests.ledger.conftest import EAST, EAST_SOUTH, WEST, WEST_VILLAGE, actor


@pytest.fixture
def home(store: Store, office: Actor) -> int:
    values = {"name": "松柏院", "beds": 10, "residents": 5, "area_code": WEST_VILLAGE}
    home = records.create(store, office, "institutions", values)
    edit = Edit(home, 1, {"beds": 20, "residents": 6, "suspected_crime": "是"})
    records.save(store, office, "institutions", [edit], token="一次保存")
    return home


def entry_of(store: Store, office: Actor, home: int) -> int:
    return records.history(store, office, "institutions", home)[0].id


def test_one_field(store: Store, office: Actor, home: int) -> None:
    entry = entry_of(store, office, home)
    done = putting_back.put_back_field(store, office, entry, "beds", reason="录错")
    row = records.get(store, office, "institutions", home)
    assert (done.records, row["beds"], row["residents"]) == (1, 10, 6)
    newest = records.history(store, office, "institutions", home)[0]
    assert (newest.action, newest.reason, newest.after) == ("update", "恢复：录错", {"beds": 10})


def test_one_change_and_its_judgement(store: Store, office: Actor, home: int) -> None:
    putting_back.put_back_change(store, office, entry_of(store, office, home), reason="录错")
    row = records.get(store, office, "institutions", home)
    assert (row["beds"], row["residents"], row["suspected_crime"]) == (10, 5, None)
    assert row["tier"] is None  # judged anew, not copied back


def test_field_changed_since_is_left_and_named(store: Store, office: Actor, home: int) -> None:
    entry = entry_of(store, office, home)
    records.save(store, office, "institutions", [Edit(home, 2, {"beds": 99})])
    done = putting_back.put_back_change(store, office, entry, reason="录错")
    assert done.left == ("YL-000001“床位数”",)
    assert records.get(store, office, "institutions", home)["beds"] == 99


def test_whole_save_with_new_records(store: Store, office: Actor, home: int) -> None:
    batch = records.history(store, office, "institutions", home)[1].batch
    assert batch is not None
    putting_back.put_back_save(store, office, batch, reason="整批撤回")
    assert records.search(store, office, "institutions", Selection()).total == 0
    assert records.search(store, office, "institutions", Selection(deleted=True)).total == 1


def test_putting_back_can_be_put_back(store: Store, office: Actor, home: int) -> None:
    putting_back.put_back_change(store, office, entry_of(store, office, home), reason="录错")
    putting_back.put_back_change(store, office, entry_of(store, office, home), reason="没录错")
    row = records.get(store, office, "institutions", home)
    assert (row["beds"], row["tier"]) == (20, "4")


def test_nobody_puts_back_what_they_may_not_edit(store: Store, office: Actor, home: int) -> None:
    entry = entry_of(store, office, home)
    with pytest.raises(Refused):
        putting_back.put_back_change(store, actor(Role.LEADER, WEST), entry, reason="理由")
    stranger = actor(Role.OFFICE_STAFF, EAST)
    with pytest.raises(NotFound):
        putting_back.put_back_change(store, stranger, entry, reason="理由")
    with pytest.raises(Invalid, match="恢复原因"):
        putting_back.put_back_change(store, office, entry, reason=" ")


def test_nothing_is_put_back_to_where_it_would_be_out_of_scope(store: Store, office: Actor) -> None:
    elsewhere = {"name": "松柏院", "area_code": EAST_SOUTH}
    home = records.create(store, SYSTEM, "institutions", elsewhere)
    moved = Edit(home, 1, {"area_code": WEST_VILLAGE})
    records.save(store, SYSTEM, "institutions", [moved])
    entry = entry_of(store, SYSTEM, home)
    with pytest.raises(Invalid, match="将不在您的辖区内"):
        putting_back.put_back_change(store, office, entry, reason="录错")
    assert records.get(store, office, "institutions", home)["area_code"] == WEST_VILLAGE
