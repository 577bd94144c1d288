"""What people do with records, each action with its history and its refusals."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from ledger.domain.access import Actor, Role
from ledger.domain.errors import Conflict, Invalid, NotFound, Refused
from ledger.records import service as records
from ledger.records.history import chain_check
from ledger.records.query import Selection
from ledger.records.service import Edit
from ledger.storage import Store
from ledger.storage.tables import assessments
from tests.ledger.conftest import EAST, EAST_GRID, EAST_SOUTH, WEST, WEST_GRID, WEST_VILLAGE, actor

# A position in the western grid, one in the eastern township, one at sea outside the county.
IN_WEST = {"lon": 127.02, "lat": 29.05}
IN_EAST = {"lon": 127.15, "lat": 29.02}
AT_SEA = {"lon": 127.5, "lat": 29.05}


def add(store: Store, actor: Actor, **values: Any) -> dict[str, Any]:
    record_id = records.create(store, actor, "institutions", {"name": "演示养老院", **values})
    return records.get(store, actor, "institutions", record_id)


def test_position_decides_the_grid(store: Store, office: Actor) -> None:
    record = add(store, office, **IN_WEST)
    assert (record["area_code"], record["placement"]) == (WEST_GRID, "position")


def test_without_position_the_village_is_chosen_by_hand(store: Store, office: Actor) -> None:
    record = add(store, office, area_code="演示一村")
    assert (record["area_code"], record["placement"]) == (WEST_VILLAGE, "hand")


def test_moving_the_position_moves_the_grid(store: Store, office: Actor) -> None:
    record = add(store, office, **IN_WEST)
    edit = Edit(record["id"], 1, {"lon": 127.07})
    records.save(store, office, "institutions", [edit])
    assert records.get(store, office, "institutions", record["id"])["area_code"] == EAST_GRID


def test_clearing_the_position_does_not_keep_the_grid_it_gave(store: Store, system: Actor) -> None:
    record = add(store, system, **IN_WEST)
    records.save(store, system, "institutions", [Edit(record["id"], 1, {"lon": "", "lat": ""})])
    after = records.get(store, system, "institutions", record["id"])
    assert (after["area_code"], after["placement"]) == (None, "none")


@pytest.mark.parametrize(
    ("values", "said"),
    [
        (IN_EAST, "不在您的辖区内"),
        (AT_SEA, "距最近的区域约"),
        ({"area_code": EAST_SOUTH}, "不在您的辖区内"),
        ({}, "必须选择您辖区内的村"),
        ({"area_code": "无此村"}, "没有代码或名称为"),
        ({"lon": 127.02, "area_code": WEST_VILLAGE}, "“纬度”列.*只有经度、没有纬度"),
        ({"lat": 29.05, "area_code": WEST_VILLAGE}, "“经度”列.*只有纬度、没有经度"),
        ({"lon": 0, "lat": 0, "area_code": WEST_VILLAGE}, "“经度”列.*不是真实位置"),
        ({"beds": "很多", **IN_WEST}, "“床位数”列.*不是数字"),
        ({"tier": "1", **IN_WEST}, "由系统计算"),
        ({"name": " ", **IN_WEST}, "“机构名称”列.*必须填写"),
    ],
)
def test_refused_record_leaves_nothing(
    store: Store, office: Actor, values: dict[str, Any], said: str
) -> None:
    with pytest.raises(Invalid, match=said):
        add(store, office, **values)
    assert records.search(store, office, "institutions", Selection()).total == 0


def test_whole_tree_may_keep_a_place_outside_all_areas(store: Store, system: Actor) -> None:
    record = add(store, system, **AT_SEA)
    assert (record["area_code"], record["placement"]) == (None, "outside")


@pytest.mark.parametrize(
    "stranger", [actor(Role.OFFICE_STAFF, EAST), actor(Role.LEADER, EAST)], ids=["office", "leader"]
)
def test_not_yours_looks_like_not_there(store: Store, office: Actor, stranger: Actor) -> None:
    record = add(store, office, **IN_WEST)
    with pytest.raises(NotFound) as not_yours:
        records.get(store, stranger, "institutions", record["id"])
    with pytest.raises(NotFound) as not_there:
        records.get(store, stranger, "institutions", 999_999)
    assert str(not_yours.value) == str(not_there.value)
    assert records.search(store, stranger, "institutions", Selection()).total == 0


@pytest.mark.parametrize("role", [Role.GRID_WORKER, Role.LEADER, Role.AUDITOR, Role.ADMIN])
def test_role_that_may_not_edit_is_refused(store: Store, office: Actor, role: Role) -> None:
    record = add(store, office, **IN_WEST)
    with pytest.raises(Refused):
        records.save(store, actor(role, WEST), "institutions", [Edit(record["id"], 1, {})])


def test_admin_cannot_read_ledgers(store: Store) -> None:
    with pytest.raises(Refused, match="系统管理员不能查看台账"):
        records.search(store, actor(Role.ADMIN, "*"), "institutions", Selection())


def test_save_keeps_before_and_after(store: Store, office: Actor) -> None:
    record = add(store, office, beds=10, **IN_WEST)
    records.save(
        store, office, "institutions", [Edit(record["id"], 1, {"beds": "20"})], reason="现场核对"
    )
    newest = records.history(store, office, "institutions", record["id"])[0]
    assert (newest.action, newest.actor, newest.reason) == ("update", office.name, "现场核对")
    assert (newest.before, newest.after) == ({"beds": 10}, {"beds": 20})


def test_saving_what_already_stands_changes_nothing(store: Store, office: Actor) -> None:
    record = add(store, office, beds=10, **IN_WEST)
    saved = records.save(store, office, "institutions", [Edit(record["id"], 1, {"beds": "10"})])
    assert (saved.changed, saved.unchanged) == ((), (record["id"],))
    assert records.get(store, office, "institutions", record["id"])["version"] == 1
    assert len(records.history(store, office, "institutions", record["id"])) == 1


def test_pressing_save_twice_saves_once(store: Store, office: Actor) -> None:
    record = add(store, office, **IN_WEST)
    edit = Edit(record["id"], 1, {"beds": 5})
    first = records.save(store, office, "institutions", [edit], token="按一次")
    second = records.save(store, office, "institutions", [edit], token="按一次")
    assert first == second
    assert len(records.history(store, office, "institutions", record["id"])) == 2


def test_second_of_two_editors_is_told(store: Store, office: Actor) -> None:
    record = add(store, office, **IN_WEST)
    records.save(store, office, "institutions", [Edit(record["id"], 1, {"beds": 5})])
    with pytest.raises(Conflict, match=record["number"]):
        records.save(store, office, "institutions", [Edit(record["id"], 1, {"beds": 6})])
    assert records.get(store, office, "institutions", record["id"])["beds"] == 5


def test_one_bad_cell_refuses_the_whole_save(store: Store, office: Actor) -> None:
    one, two = add(store, office, **IN_WEST), add(store, office, **IN_WEST)
    edits = [Edit(one["id"], 1, {"beds": 5}), Edit(two["id"], 1, {"beds": "x"})]
    with pytest.raises(Invalid, match="第2行“床位数”列"):
        records.save(store, office, "institutions", edits)
    assert records.get(store, office, "institutions", one["id"])["beds"] is None


def test_edited_fact_is_judged_at_once(store: Store, office: Actor) -> None:
    record = add(store, office, **IN_WEST)
    assert record["tier"] is None  # nothing known: undetermined, never tier one
    records.save(store, office, "institutions", [Edit(record["id"], 1, {"suspected_crime": "是"})])
    after = records.get(store, office, "institutions", record["id"])
    assert (after["tier"], after["tier_computed"]) == ("4", "4")
    with store.reading() as connection:
        tiers = connection.execute(select(assessments.c.tier).order_by(assessments.c.id)).scalars()
        assert list(tiers) == [None, 4]


def test_renaming_is_no_new_assessment(store: Store, office: Actor) -> None:
    record = add(store, office, **IN_WEST)
    records.save(store, office, "institutions", [Edit(record["id"], 1, {"name": "演示二院"})])
    with store.reading() as connection:
        assert len(connection.execute(select(assessments.c.id)).all()) == 1


def test_bin_and_back(store: Store, office: Actor) -> None:
    record = add(store, office, **IN_WEST)
    records.delete(store, office, "institutions", {record["id"]: 1}, reason="重复登记")
    assert records.search(store, office, "institutions", Selection()).total == 0
    assert records.search(store, office, "institutions", Selection(deleted=True)).total == 1
    records.restore(store, office, "institutions", {record["id"]: 2})
    assert records.search(store, office, "institutions", Selection()).total == 1
    actions = [e.action for e in records.history(store, office, "institutions", record["id"])]
    assert actions == ["restore", "delete", "create"]


def test_number_is_unique_and_never_given_twice(store: Store, office: Actor) -> None:
    first = add(store, office, number="YL-000002", **IN_WEST)
    second = add(store, office, **IN_WEST)
    assert second["number"] != first["number"]
    with pytest.raises(Invalid, match="已被使用"):
        add(store, office, number="YL-000002", **IN_WEST)


def test_number_stays_as_it_was_given(store: Store, office: Actor) -> None:
    record = add(store, office, **IN_WEST)
    same = Edit(record["id"], 1, {"number": record["number"], "beds": 1})
    records.save(store, office, "institutions", [same])
    with pytest.raises(Invalid, match="一经登记不能修改"):
        records.save(store, office, "institutions", [Edit(record["id"], 2, {"number": "X"})])


def test_chain_is_sound_after_all_kinds_of_changes(store: Store, office: Actor) -> None:
    record = add(store, office, **IN_WEST)
    records.save(store, office, "institutions", [Edit(record["id"], 1, {"beds": 3})])
    records.delete(store, office, "institutions", {record["id"]: 2})
    with store.reading() as connection:
        assert chain_check.verify(connection).sound
