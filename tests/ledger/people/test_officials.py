"""The people of the office, offered where a record names one of them."""

from __future__ import annotations

import pytest

from ledger.domain.access import SYSTEM, Actor, Role
from ledger.domain.ledgers import LEDGERS
from ledger.people.accounts import add_user, set_disabled
from ledger.people.officials import officials
from ledger.people.users import find_user
from ledger.storage import Store
from tests.ledger.conftest import EAST_SOUTH, WEST_VILLAGE, actor
from tests.people import PASSWORD, quick_hashing  # noqa: F401


@pytest.fixture
def people(store: Store) -> Store:
    town = WEST_VILLAGE[:9]
    for name, shown, role, scope in (
        ("zhangsan", "张三", Role.VILLAGE_STAFF, WEST_VILLAGE),
        ("lisi", "李四", Role.LEADER, town),
        ("wangwu", "王五", Role.VILLAGE_STAFF, EAST_SOUTH),
        ("zhaoliu", "赵六", Role.LEADER, town),
        ("guanli", "管理员", Role.ADMIN, "*"),
    ):
        add_user(store, SYSTEM, name, role, scope, PASSWORD, display_name=shown)
    set_disabled(store, SYSTEM, find_user(store, "zhaoliu").id, True)
    return store


def names(store: Store, who: Actor) -> set[str]:
    return {one.name for one in officials(store, who)}


def test_who_works_within_ones_area_is_offered(people: Store) -> None:
    assert names(people, actor(Role.VILLAGE_STAFF, WEST_VILLAGE)) == {"张三"}
    assert names(people, actor(Role.OFFICE_STAFF, WEST_VILLAGE[:9])) == {"张三", "李四"}
    assert names(people, actor(Role.VILLAGE_STAFF, EAST_SOUTH)) == {"王五"}
    assert names(people, SYSTEM) == {"张三", "李四", "王五"}
    (leader,) = (one for one in officials(people, SYSTEM) if one.name == "李四")
    assert leader.role == Role.LEADER.label


def test_too_many_people_are_not_offered(people: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ledger.people.officials.MOST", 2)
    assert names(people, SYSTEM) == set()


def test_only_texts_that_people_type_name_an_official() -> None:
    columns = [c for ledger in LEDGERS.values() for c in ledger.columns if c.official]
    assert {c.label for c in columns} >= {"包案领导", "承办人", "责任人", "走访人员", "延期批准人"}
    assert not [c.key for c in columns if c.computed or c.rule.masked or c.suggested]
