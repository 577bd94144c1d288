"""Every state × clock × role: whoever has a running clock before them can stop it.

For each state of each ledger and each clock a record is made in which the clock runs. Somebody in
scope must be offered an act, and the acts that are offered, taken one after the other through the
services, must stop the clock. A clock that runs in a state in which nobody can stop it is a to-do
that nobody can finish.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from ledger.casework.alerts import acknowledge_lead
from ledger.casework.awaiting import open_states
from ledger.casework.steps import take_step
from ledger.domain.access import SYSTEM, Actor, Role
from ledger.domain.acts import Act, act_of
from ledger.domain.columns import Column, ColumnType
from ledger.domain.ledgers import LEDGERS
from ledger.domain.timing import clock
from ledger.domain.timing.calendar import calendar_with, office_day
from ledger.domain.timing.clocks import Clock
from ledger.domain.timing.deadline import Deadline, State
from ledger.domain.timing.deadlines import deadlines_of
from ledger.domain.workflows import WORKFLOWS
from ledger.records import office_calendar as timekeeping
from ledger.records import service as records
from ledger.records.duties import duties_of
from ledger.records.places.areas import current_atlas
from ledger.records.surroundings import Surroundings, surroundings_of
from ledger.storage import Store, open_store
from tests.ledger.conftest import WEST, WEST_GRID, WEST_VILLAGE, actor
from tests.shipped_rules import shipped_clocks
from tests.thoroughly import thorough

CLOCKS = shipped_clocks()
TODAY = clock.today()
ROLES = (
    actor(Role.GRID_WORKER, WEST_GRID),
    actor(Role.VILLAGE_STAFF, WEST_VILLAGE),
    actor(Role.OFFICE_STAFF, WEST),
    actor(Role.LEADER, WEST),
    actor(Role.AUDITOR, WEST),
)
_MOST_ACTS = 8
# What makes a clock apply, beside the day from which it runs.
_APPLYING: Mapping[str, Mapping[str, Any]] = {
    "petitions": {"kind": "request", "channel": "online", "field": "labour", "way": "opinion"},
    "leads": {"major": True},
    "dispositions": {"tier": "4", "lead_official": "包案领导"},
    "measures": {"kind": "correction"},
    "inspections": {},
    "institutions": {},
}
_BASE: Mapping[str, Mapping[str, Any]] = {
    "petitions": {"registered_on": TODAY - timedelta(days=2), "matter": "养老院退费"},
    "leads": {
        "registered_at": datetime.combine(TODAY, datetime.min.time(), clock.OFFICE),
        "source": "report",
        "matter": "高息揽储",
        "lead_official": "包案领导",
    },
    "dispositions": {
        "measure": "warn",
        "opened_on": TODAY - timedelta(days=1),
        # What was asked for when it was submitted.
        "done_on": TODAY,
        "evidence": "照片",
        "document_number": "1号",
    },
    "measures": {"matter": "整改", "proposed_on": TODAY - timedelta(days=3)},
    "inspections": {"round": 1, "inspected_on": TODAY, "inspectors": "甲", "result": "problem"},
    "institutions": {"name": "阳光养老院"},
}
_VALUES: Mapping[ColumnType, Any] = {
    ColumnType.DATE: TODAY,
    ColumnType.TEXT: "经办人",
    ColumnType.LONG_TEXT: "已办",
    ColumnType.INTEGER: 5,
    ColumnType.MONEY: 5,
}


def in_force(ledger: str, profile: str) -> tuple[Clock, ...]:
    return CLOCKS.with_profile(profile).by_ledger.get(ledger, ())


def states_of(ledger: str) -> tuple[str | None, ...]:
    """The states in which a record can still be due."""
    workflow = WORKFLOWS.get(ledger)
    return open_states(workflow) if workflow else (None,)


# Every run walks the set that is in force as the product comes; thoroughly those of other places.
CASES = [
    (profile, ledger, state) if profile == CLOCKS.profile else thorough(profile, ledger, state)
    for profile in CLOCKS.profiles
    for ledger in CLOCKS.by_ledger
    for state in states_of(ledger)
    # The other sets change nothing but the clocks of petitions.
    if profile == CLOCKS.profile or ledger == "petitions"
]
_walked: dict[str, int] = {"clocks": 0, "offers": 0, "acts": 0, "states": 0, "stuck": 0}


@pytest.fixture(scope="module")
def office_store(tmp_path_factory: pytest.TempPathFactory, drawn_county: Path) -> Iterator[Store]:
    """One database for all the walks."""
    file = tmp_path_factory.mktemp("walk") / "ledger.db"
    file.write_bytes(drawn_county.read_bytes())
    store = open_store(f"sqlite:///{file.as_posix()}")
    yield store
    store.dispose()


@pytest.fixture(scope="module", autouse=True)
def _print_numbers() -> Iterator[None]:
    yield
    sys.stdout.write(
        f"\n走查：{len(CASES)} 种办理状态 × {len(ROLES)} 个角色，"
        f"运行中的期限 {_walked['clocks']} 项，可办的角色 {_walked['offers']} 人次，"
        f"办理 {_walked['acts']} 步，无人可停（差异）{_walked['stuck']} 项\n"
    )


def made(store: Store, ledger: str, state: str | None, clock_: Clock) -> int:
    """A record in a state, in which the clock runs and nothing else has ended it."""
    # Evaluated by columns that every record has, the day it runs from, and what it applies to.
    starts = clock_.begins[-1]
    values = {**_BASE[ledger], **_APPLYING[ledger]}
    column = LEDGERS[ledger].by_key.get(starts)
    if column is not None and not column.computed and starts not in values:
        values[starts] = TODAY
    if ledger == "inspections":
        values["institution"] = records.get(store, SYSTEM, "institutions", home(store))["number"]
    values["area_code"] = WEST_GRID if ledger in ("inspections", "institutions") else WEST_VILLAGE
    if ledger == "petitions" and clock_.key.startswith("petition_rereview"):
        values |= {"review_requested_on": TODAY, "review_opinion_on": TODAY}
    record_id = records.create(store, SYSTEM, ledger, values)
    changes = {} if state is None else {"state": state}
    if column is not None and column.computed:
        changes[starts] = TODAY.isoformat()
    with store.writing() as connection:
        for key, value in changes.items():
            statement = text(f"UPDATE {ledger} SET {key} = :value WHERE id = :id")
            connection.execute(statement, {"value": value, "id": record_id})
    return record_id


def home(store: Store) -> int:
    return records.create(
        store, SYSTEM, "institutions", {"name": "阳光养老院", "area_code": WEST_GRID}
    )


def standing(store: Store, ledger: str, record_id: int) -> tuple[dict[str, Any], Surroundings]:
    row = records.get(store, SYSTEM, ledger, record_id)
    with store.reading() as connection:
        return row, surroundings_of(store, connection, current_atlas(store))


def running(store: Store, ledger: str, record_id: int) -> dict[str, Deadline]:
    """The clocks of a record that run now; what is done has none."""
    row, around = standing(store, ledger, record_id)
    workflow = WORKFLOWS.get(ledger)
    if workflow is not None and row["state"] in workflow.final:
        return {}
    return {one.key: one for one in duties_of(LEDGERS[ledger], row, around) if one.running}


def value_for(column: Column) -> Any:
    if column.choices:
        return column.choices[0].key
    if column.type is ColumnType.MOMENT:
        return clock.now()
    return _VALUES.get(column.type, True)


def take(store: Store, who: Actor, ledger: str, row: Mapping[str, Any], act: Act) -> None:
    """Press the button: what the form asks for and the record lacks is filled in."""
    if act.kind == "acknowledge":
        acknowledge_lead(store, who, row["id"], row["version"])
    elif act.kind == "record":
        edit = records.Edit(row["id"], row["version"], {act.columns[0]: TODAY})
        records.save(store, who, ledger, [edit])
    elif act.kind == "visit":
        visit = {**_BASE["inspections"], "institution": row["number"], "result": "sound"}
        place = {} if row["lon"] else {"area_code": row["area_code"]}
        records.create(store, who, "inspections", {**visit, **place})
    else:
        step = WORKFLOWS[ledger].step(act.key)
        assert step is not None
        values = {
            key: value_for(LEDGERS[ledger].by_key[key])
            for key in step.asks
            if row[key] is None and not LEDGERS[ledger].by_key[key].refers
        }
        take_step(store, who, ledger, row["id"], row["version"], step.key, values, reason="走查")


@pytest.mark.parametrize(("profile", "ledger", "state"), CASES)
def test_every_running_clock_can_be_stopped_by_somebody_in_scope(
    office_store: Store, profile: str, ledger: str, state: str | None
) -> None:
    store = office_store
    if timekeeping.profiles(store)[0] != profile:
        timekeeping.choose_profile(store, SYSTEM, profile)
    stuck = []
    for one in in_force(ledger, profile):
        record_id = made(store, ledger, state, one)
        for key in running(store, ledger, record_id):
            row, around = standing(store, ledger, record_id)
            wanted = around.clocks.by_key[key]
            offered = _offered(ledger, wanted, row)
            _walked["clocks"] += 1
            _walked["offers"] += len(offered)
            if not offered or not _stopped(store, ledger, made(store, ledger, state, one), wanted):
                stuck.append(key)
    _walked["stuck"] += len(stuck)
    assert not stuck, f"{ledger} {state}: nobody can stop {stuck}"


def _offered(ledger: str, wanted: Clock, row: Mapping[str, Any]) -> list[tuple[Actor, Act]]:
    """Who sees the record and is offered an act for the clock."""
    acts = [(who, act_of(who, ledger, wanted, row)) for who in ROLES if who.sees(row["area_path"])]
    return [(who, act) for who, act in acts if act is not None]


def _stopped(store: Store, ledger: str, record_id: int, wanted: Clock) -> bool:
    """One act after the other until the clock of a record of its own runs no more."""
    before = running(store, ledger, record_id)[wanted.key]
    for _ in range(_MOST_ACTS):
        row, _around = standing(store, ledger, record_id)
        offered = _offered(ledger, wanted, row)
        if not offered:
            return False
        take(store, offered[0][0], ledger, row, offered[0][1])
        _walked["acts"] += 1
        after = running(store, ledger, record_id).get(wanted.key)
        if after is None or after.due != before.due or not wanted.stops:
            return True
    return False


LONG_AGO = TODAY - timedelta(days=200)
# A closed record whose clocks were all stopped long ago, with all that stopped them.
_CLOSED: Mapping[str, tuple[str, Mapping[str, Any]]] = {
    "a lead": (
        "leads",
        {
            "registered_at": datetime.combine(LONG_AGO, datetime.min.time(), clock.OFFICE),
            "reported_at": datetime.combine(LONG_AGO, datetime.min.time(), clock.OFFICE),
            **dict.fromkeys(("verified_on", "replied_on", "closed_on"), LONG_AGO),
        },
    ),
    "an answered petition": (
        "petitions",
        {
            **dict.fromkeys(("registered_on", "transferred_on", "received_on"), LONG_AGO),
            **dict.fromkeys(("accepted_on", "contact_slip_on", "finished_on"), LONG_AGO),
            **dict.fromkeys(("review_requested_on", "review_opinion_on"), LONG_AGO),
            "extension_days": 30,
            "extension_approved_on": LONG_AGO,
            "rating": "satisfied",
        },
    ),
    "a refused petition": (
        "petitions",
        dict.fromkeys(("registered_on", "acceptance_told_on", "refused_on"), LONG_AGO),
    ),
    "a disposition without a clock for its plan": (
        "dispositions",
        {
            **dict.fromkeys(("opened_on", "planned_on", "deadline", "done_on"), LONG_AGO),
            "tier": "2",
            "extension_days": 30,
            "extension_approved_on": LONG_AGO,
        },
    ),
}


@pytest.mark.parametrize("closed", _CLOSED)
def test_what_is_reopened_is_owed_again_from_that_day(office_store: Store, closed: str) -> None:
    store, ledger = office_store, _CLOSED[closed][0]
    if timekeeping.profiles(store)[0] != CLOCKS.profile:
        timekeeping.choose_profile(store, SYSTEM, CLOCKS.profile)
    found = running(store, ledger, reopened(store, closed))
    assert found, "nobody owes anything"
    for key, deadline in found.items():
        assert deadline.state is not State.OVERDUE, key
        assert deadline.due is not None
        assert office_day(deadline.due) > TODAY, key
        assert _stopped(store, ledger, reopened(store, closed), CLOCKS.by_key[key]), key


def reopened(store: Store, closed: str) -> int:
    """The record, closed and reopened by the leader today."""
    ledger, past = _CLOSED[closed]
    values = {**_BASE[ledger], **_APPLYING[ledger], **past, "area_code": WEST_VILLAGE}
    record_id = records.create(store, SYSTEM, ledger, values)
    with store.writing() as connection:
        statement = text(f"UPDATE {ledger} SET state = 'closed', closed_on = :day WHERE id = :id")
        connection.execute(statement, {"day": LONG_AGO.isoformat(), "id": record_id})
    leader = next(who for who in ROLES if who.role is Role.LEADER)
    version = records.get(store, SYSTEM, ledger, record_id)["version"]
    take_step(store, leader, ledger, record_id, version, "reopen", reason="问题反弹")
    return record_id


def test_what_was_answered_untold_is_not_late_for_it_once_reopened(office_store: Store) -> None:
    """The first answer told everything; the second one, after the reopening, is not the telling."""
    store = office_store
    record_id = reopened(store, "an answered petition")
    row = records.get(store, SYSTEM, "petitions", record_id)
    answer = {"answer": "已再次答复"}
    take_step(store, ROLES[2], "petitions", record_id, row["version"], "answer", answer)
    again = records.get(store, SYSTEM, "petitions", record_id)
    assert (again["accepted_in_time"], again["replied_in_time"]) == (None, True)


@pytest.mark.parametrize("one", CLOCKS.every, ids=lambda one: one.key)
def test_every_clock_is_walked_in_some_state(one: Clock) -> None:
    """The walk would find nothing if its records started no clock."""
    profile = one.profile or CLOCKS.profile
    assert any(
        one.key in {found.key for found in _started(one, state, profile)}
        for state in states_of(one.ledger)
    )


def _started(one: Clock, state: str | None, profile: str) -> list[Deadline]:
    day: date | datetime = clock.now() if one.begins[-1].endswith("_at") else TODAY
    record = {**_APPLYING[one.ledger], "state": state, one.begins[-1]: day}
    tier = {"reinspect_tier_3": "3", "reinspect_tier_2": "2", "reinspect_tier_1": "1"}
    record |= {"tier": tier.get(one.key, "4")} if one.ledger == "institutions" else {}
    clocks = CLOCKS.with_profile(profile)
    found = deadlines_of(one.ledger, record, clocks, calendar_with(), on=clock.now())
    return [deadline for deadline in found if deadline.running]
