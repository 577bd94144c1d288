"""What an earlier version reopened stands, once this one starts, as if it were reopened now."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import text

from ledger.casework.steps import take_step
from ledger.domain.access import SYSTEM, Actor, Role
from ledger.domain.ledgers import LEDGERS
from ledger.domain.timing import clock
from ledger.domain.workflow.flow import Step
from ledger.domain.workflows import WORKFLOWS
from ledger.records import reckoning
from ledger.records import service as records
from ledger.records.history import audit, chain_check
from ledger.records.history.as_of import held_at
from ledger.storage import Store, options
from tests.ledger.casework.test_clocks_walk import _APPLYING, _BASE, _CLOSED, LONG_AGO, running
from tests.ledger.conftest import WEST_VILLAGE, actor

SINCE = clock.now() - timedelta(days=3)
DAY = SINCE.astimezone(clock.OFFICE).date()
# What tells two records apart that stand alike.
_OWN = {"id", "number", "version", "created_at", "created_by", "updated_at", "updated_by"}
Reopen = Callable[[str], tuple[str, int]]


def closed(store: Store, name: str) -> tuple[str, int]:
    ledger, past = _CLOSED[name]
    values = {**_BASE[ledger], **_APPLYING[ledger], **past, "area_code": WEST_VILLAGE}
    record_id = records.create(store, SYSTEM, ledger, values)
    with store.writing() as connection:
        statement = text(f"UPDATE {ledger} SET state = 'closed', closed_on = :day WHERE id = :id")
        connection.execute(statement, {"day": LONG_AGO.isoformat(), "id": record_id})
    return ledger, record_id


def step(store: Store, who: Actor, ledger: str, record_id: int, key: str, **values: Any) -> None:
    version = records.get(store, SYSTEM, ledger, record_id)["version"]
    take_step(store, who, ledger, record_id, version, key, values, reason="问题反弹")


@pytest.fixture
def reopen_now(store: Store, leader: Actor) -> Reopen:
    """Reopened by this version, three days ago."""

    def reopen(name: str) -> tuple[str, int]:
        ledger, record_id = closed(store, name)
        with clock.pretend(SINCE):
            step(store, leader, ledger, record_id, "reopen")
        return ledger, record_id

    return reopen


@pytest.fixture
def reopen_then(store: Store, leader: Actor, monkeypatch: pytest.MonkeyPatch) -> Reopen:
    """Reopened as earlier versions did: the state changed, and nothing else."""

    def reopen(name: str) -> tuple[str, int]:
        ledger, record_id = closed(store, name)
        today = WORKFLOWS[ledger]
        steps = tuple(_bare(one) if one.key == "reopen" else one for one in today.steps)
        with monkeypatch.context() as patch, clock.pretend(SINCE):
            patch.setitem(WORKFLOWS, ledger, replace(today, steps=steps))
            step(store, leader, ledger, record_id, "reopen")
        return ledger, record_id

    return reopen


def _bare(one: Step) -> Step:
    return replace(one, stamps=(), restamps=(), clears=())


def start(store: Store) -> None:
    """This version starts for the first time on the database of an earlier one."""
    with store.writing() as connection:
        options.write(connection, reckoning.BASIS, {})
    reckoning.settle(store)


def standing(store: Store, ledger: str, record_id: int) -> Mapping[str, Any]:
    row = records.get(store, SYSTEM, ledger, record_id)
    return {key: value for key, value in row.items() if key not in _OWN}


@pytest.mark.parametrize("name", _CLOSED)
def test_reopened_by_an_earlier_version_is_owed_like_reopened_now(
    store: Store, reopen_then: Reopen, reopen_now: Reopen, name: str
) -> None:
    start(store)
    ledger, then = reopen_then(name)
    before = records.get(store, SYSTEM, ledger, then)
    assert before["reopened_on"] is None
    start(store)
    _, now = reopen_now(name)
    assert standing(store, ledger, then) == standing(store, ledger, now)
    assert running(store, ledger, then)
    # It is on the record, and the record can still be read as it was.
    with store.reading() as connection:
        assert chain_check.verify(connection).faults == ()
        entry = audit.history(connection, ledger, then)[0]
        held = held_at(connection, LEDGERS[ledger], {then: before["version"]})[then]
    assert entry.actor == SYSTEM.name
    assert "按现行办法重新计算" in str(entry.reason)
    assert held["reopened_on"] is None
    assert all(held[key] == before[key] for key in held if key != "version")


def test_what_was_done_since_the_reopening_is_kept(
    store: Store, reopen_then: Reopen, office: Actor
) -> None:
    start(store)
    village = actor(Role.VILLAGE_STAFF, WEST_VILLAGE)
    ledger, lead = reopen_then("a lead")
    with clock.pretend(SINCE + timedelta(days=1)):
        step(store, village, ledger, lead, "conclude", finding="true", verification="查实")
    _, plan = reopen_then("a disposition without a clock for its plan")
    version = records.get(store, SYSTEM, "dispositions", plan)["version"]
    deadline = DAY + timedelta(days=40)
    edit = records.Edit(plan, version, {"deadline": deadline})
    records.save(store, office, "dispositions", [edit])
    start(store)
    found = records.get(store, SYSTEM, ledger, lead)
    assert found["state"] == "verified"
    assert found["verified_on"] is not None
    dates = [found[key] for key in ("reopened_on", "replied_on", "closed_on")]
    assert dates == [DAY, None, None]
    found = records.get(store, SYSTEM, "dispositions", plan)
    assert (found["deadline"], found["planned_on"], found["reopened_on"]) == (deadline, None, DAY)


def test_sent_back_by_an_earlier_version_is_owed_too(
    store: Store, office: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    start(store)
    ledger, lead = closed(store, "a lead")
    with store.writing() as connection:
        connection.execute(text("UPDATE leads SET state = 'verified' WHERE id = :id"), {"id": lead})
    today = WORKFLOWS[ledger]
    steps = tuple(_bare(one) if one.key == "return" else one for one in today.steps)
    with monkeypatch.context() as patch:
        patch.setitem(WORKFLOWS, ledger, replace(today, steps=steps))
        step(store, office, ledger, lead, "return")
    assert "lead_verify" not in running(store, ledger, lead)
    start(store)
    assert records.get(store, SYSTEM, ledger, lead)["verified_on"] is None
    assert "lead_verify" in running(store, ledger, lead)


def test_others_are_left_alone_and_once_is_enough(
    store: Store, reopen_then: Reopen, reopen_now: Reopen, office: Actor, leader: Actor
) -> None:
    start(store)
    ledger, again = reopen_then("a lead")
    with store.writing() as connection:
        connection.execute(text("UPDATE leads SET state = 'closed' WHERE id = :id"), {"id": again})
    _, never = closed(store, "a lead")
    with store.writing() as connection:
        values = {"id": never, "state": "verified"}
        connection.execute(text("UPDATE leads SET state = :state WHERE id = :id"), values)
    version = records.get(store, SYSTEM, ledger, never)["version"]
    edit = records.Edit(never, version, {"matter": "重新办理的说法"})
    records.save(store, office, ledger, [edit], reason="重新办理：只是写法")
    _, now = reopen_now("a lead")
    _, then = reopen_then("a lead")
    left = (again, never, now)
    before = [records.get(store, SYSTEM, ledger, one) for one in left]
    start(store)
    assert [records.get(store, SYSTEM, ledger, one) for one in left] == before
    once = records.get(store, SYSTEM, ledger, then)
    start(store)
    assert records.get(store, SYSTEM, ledger, then) == once
    assert once["reopened_on"] == DAY
    assert isinstance(once["reopened_on"], date)
