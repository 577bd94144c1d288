"""The to-do list: whose it is, what is in it, and that nothing of another township is counted."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import insert

from ledger.casework import steps
from ledger.casework.awaiting import GROUPS, Group
from ledger.casework.entities import match_entities
from ledger.casework.todo import first_entry_since, last_visit, todo
from ledger.domain.access import SYSTEM, Actor, Role
from ledger.people.accounts import add_user
from ledger.records import service as records
from ledger.storage import Store
from ledger.storage.own_tables import sessions
from tests.ledger.casework.case_records import (
    AUDITOR,
    EASTERN,
    LEADER,
    NOW,
    OFFICE,
    VILLAGE,
    WORKER,
    disposition,
    group,
    home,
    lead,
    only,
    petition,
    set_clock,
)
from tests.ledger.conftest import EAST_SOUTH, WEST, WEST_GRID, actor


@pytest.fixture(autouse=True)
def _clock(monkeypatch: pytest.MonkeyPatch) -> None:
    set_clock(monkeypatch, NOW)


# ---- groups -------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", [WORKER, VILLAGE, OFFICE, LEADER, AUDITOR])
def test_empty_ledgers_make_empty_groups(store: Store, who: Actor) -> None:
    assert who.role is not None
    found = todo(store, who)
    assert tuple(one.group for one in found) == GROUPS[who.role]
    assert all((one.items, one.total) == ((), 0) for one in found)


def test_administrator_has_no_list(store: Store) -> None:
    disposition(store, "2026-06-01")
    assert todo(store, actor(Role.ADMIN, "*")) == ()


def test_deadlines_stand_in_their_groups_with_words_and_colour(store: Store) -> None:
    days = {
        "2026-06-08": (Group.OVERDUE, "超期 2 天", "red"),
        "2026-06-05": (Group.OVERDUE, "超期 5 天", "red"),
        "2026-06-10": (Group.DUE_SOON, "今天到期", "amber"),
        "2026-06-15": (Group.DUE_SOON, "剩 5 天", "amber"),  # the clock warns five days before
        "2026-06-17": (Group.DUE_SOON, "剩 7 天", ""),
        "2026-06-18": None,
    }
    for day in days:
        disposition(store, day)
    for wanted in (Group.OVERDUE, Group.DUE_SOON):
        found = group(store, OFFICE, wanted)
        expected = [(d, *v[1:]) for d, v in sorted(days.items()) if v and v[0] is wanted]
        assert [(str(i.due_on), i.words, i.colour) for i in found.items] == expected
        assert found.total == len(expected)


def test_item_has_what_a_link_needs(store: Store) -> None:
    record = disposition(store, "2026-06-08")
    item = only(store, OFFICE, Group.OVERDUE)
    assert (item.ledger, item.record_id, item.number) == ("dispositions", record, "CZ-000001")
    assert (item.title, item.area_name) == ("警示约谈", "演示一村")
    assert item.what == "完成处置措施"
    assert item.link == {"record": str(record)}


def test_closed_and_deleted_records_are_not_overdue(store: Store) -> None:
    gone = disposition(store, "2026-06-01")
    records.delete(store, OFFICE, "dispositions", {gone: 1})
    assert group(store, OFFICE, Group.OVERDUE).total == 0


def test_provisional_deadline_says_so(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """The arrangement of 2027 is not announced yet: 15 days from there may move."""
    set_clock(monkeypatch, datetime(2027, 3, 16, 2, tzinfo=UTC))
    petition(store, registered_on="2027-03-04", channel="letter")
    item = only(store, OFFICE, Group.DUE_SOON)
    assert "(节假日安排未公布)" in item.what


@pytest.mark.parametrize("wanted", [Group.WAITING, Group.URGED])
def test_a_line_not_called_by_its_deadline_marks_the_day(
    store: Store, monkeypatch: pytest.MonkeyPatch, wanted: Group
) -> None:
    set_clock(monkeypatch, datetime(2027, 3, 5, 2, tzinfo=UTC))
    record = petition(store, registered_on="2027-03-04", channel="letter")
    steps.urge(store, LEADER, "petitions", record, "请抓紧")
    assert only(store, OFFICE, wanted).day == "2027-03-19(节假日安排未公布)"


def test_limit_bounds_the_lines_and_not_the_count(store: Store) -> None:
    for day in range(1, 5):
        disposition(store, f"2026-06-0{day}")
    found = group(store, OFFICE, Group.OVERDUE, limit=2)
    assert [str(item.due_on) for item in found.items] == ["2026-06-01", "2026-06-02"]
    assert found.total == 4
    counted = group(store, OFFICE, Group.OVERDUE, limit=0)
    assert (counted.items, counted.total) == ((), 4)


def test_waiting_is_by_role(store: Store) -> None:
    lead(store)
    petition(store)
    village, office = (group(store, who, Group.WAITING) for who in (VILLAGE, OFFICE))
    assert [item.what for item in village.items] == ["可办理：开始核查"]
    assert sorted(item.what for item in office.items) == [
        "可办理：开始核查",
        "可办理：转送交办、受理",
    ]
    assert group(store, LEADER, Group.WAITING).total == 0
    assert group(store, WORKER, Group.WAITING).total == 0


def test_entities_to_verify_wait_in_their_grid(store: Store) -> None:
    values = {"name": "松鹤康养", "area_code": WEST_GRID, "scope": "养老服务"}
    records.create(store, OFFICE, "entities", values)
    assert group(store, WORKER, Group.WAITING).total == 0  # not matched yet
    match_entities(store, OFFICE)
    for who in (WORKER, VILLAGE, OFFICE):
        assert only(store, who, Group.WAITING).what == "现场核实是否为养老服务机构"
    assert group(store, actor(Role.GRID_WORKER, EAST_SOUTH), Group.WAITING).total == 0


def test_grid_worker_sees_what_is_not_inspected_this_round(store: Store) -> None:
    first, second = home(store), home(store)
    visit = {
        "institution": records.get(store, SYSTEM, "institutions", first)["number"],
        "round": 1,
        "inspected_on": "2026-06-01",
        "inspectors": "李演示",
        "result": "未发现问题",
    }
    records.create(store, WORKER, "inspections", visit)
    item = only(store, WORKER, Group.UNINSPECTED)
    assert (item.record_id, item.what, item.words) == (second, "第1轮走访", "从未走访")
    records.create(store, WORKER, "inspections", {**visit, "round": 2})
    items = group(store, WORKER, Group.UNINSPECTED).items
    assert [(one.record_id, one.what) for one in items] == [(second, "第2轮走访")]


def test_urge_stays_until_the_record_is_done(store: Store) -> None:
    record = lead(store)
    steps.urge(store, LEADER, "leads", record, "请三日内核查")
    assert only(store, VILLAGE, Group.URGED, since=NOW).what == "督办：请三日内核查"
    assert only(store, LEADER, Group.URGED).record_id == record
    records.delete(store, OFFICE, "leads", {record: 1})
    assert group(store, VILLAGE, Group.URGED).total == 0


def test_changes_of_others_since_the_last_visit(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    old, mine, theirs = (petition(store) for _ in range(3))
    later = NOW + timedelta(hours=1)
    set_clock(monkeypatch, later)
    edit = [records.Edit(mine, 1, {"people": "2"})]
    records.save(store, OFFICE, "petitions", edit)
    for version in (1, 2):  # twice changed is one line
        change = [records.Edit(theirs, version, {"people": str(version + 1)})]
        records.save(store, VILLAGE, "petitions", change)
    found = group(store, OFFICE, Group.CHANGED, since=later)
    assert [item.record_id for item in found.items] == [theirs]
    assert found.total == 1
    assert found.items[0].what == f"修改({VILLAGE.name})"
    assert found.items[0].words == "2026-06-10 11:00"
    everything = group(store, OFFICE, Group.CHANGED, since=NOW)
    assert {item.record_id for item in everything.items} == {old, mine, theirs}


def test_looking_changes_nothing_and_long_absence_is_bounded(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    petition(store)
    set_clock(monkeypatch, NOW + timedelta(days=31))
    assert group(store, OFFICE, Group.CHANGED, since=NOW - timedelta(days=99)).total == 0


@pytest.mark.parametrize(
    ("moment", "first"),
    [
        (NOW - timedelta(days=1), 1),
        (NOW, 1),
        (NOW + timedelta(minutes=30), 2),
        (NOW + timedelta(hours=1), 2),
        (NOW + timedelta(hours=2), 5),
    ],
)
def test_first_entry_is_found_by_halving(
    store: Store, monkeypatch: pytest.MonkeyPatch, moment: datetime, first: int
) -> None:
    petition(store)
    set_clock(monkeypatch, NOW + timedelta(hours=1, microseconds=0))
    for _ in range(3):
        petition(store)
    with store.reading() as connection:
        assert first_entry_since(connection, moment) == first


def test_last_visit_is_the_session_before_this_one(store: Store) -> None:
    user = add_user(store, SYSTEM, "zhang", Role.OFFICE_STAFF, WEST, "a-Long-passphrase-1").id
    who = Actor("zhang", Role.OFFICE_STAFF, WEST, OFFICE.scope_path, user_id=user)
    assert last_visit(store, who) is None
    with store.writing() as connection:
        for hours in (48, 24, 0):
            at = NOW - timedelta(hours=hours)
            row = {"token_hash": str(hours), "user_id": user, "csrf_token": "x", "created_at": at}
            connection.execute(insert(sessions).values(**row, seen_at=at + timedelta(hours=1)))
    assert last_visit(store, who) == NOW - timedelta(hours=23)


# ---- scope --------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", [WORKER, VILLAGE, OFFICE, LEADER, AUDITOR])
def test_another_township_is_in_no_list_and_no_count(store: Store, who: Actor) -> None:
    disposition(store, "2026-06-08", EAST_SOUTH)
    disposition(store, "2026-06-12", EAST_SOUTH)
    petition(store, EAST_SOUTH)
    home(store, EAST_SOUTH)
    alarm = lead(store, EAST_SOUTH, major="是")
    steps.urge(store, EASTERN, "leads", alarm, "请速办")
    assert [(one.group, one.total) for one in todo(store, who) if one.total or one.items] == []
    # The same records are there for those whose township it is.
    assert {one.group for one in todo(store, EASTERN) if one.total} == {
        Group.ALERTS,
        Group.OVERDUE,
        Group.DUE_SOON,
        Group.WAITING,
        Group.URGED,
        Group.CHANGED,
    }
