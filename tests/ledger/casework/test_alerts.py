"""Major leads stand as an alert until the principal acknowledges them."""

from __future__ import annotations

from datetime import timedelta

import pytest

from ledger.casework.alerts import acknowledge_lead
from ledger.casework.awaiting import Group, acknowledged_after
from ledger.domain.access import Actor, Role
from ledger.domain.errors import Conflict, Invalid, NotFound, Refused
from ledger.records import service as records
from ledger.storage import Store
from tests.ledger.casework.case_records import (
    EASTERN,
    LEADER,
    NOW,
    OFFICE,
    VILLAGE,
    group,
    lead,
    only,
    set_clock,
)
from tests.ledger.conftest import actor


@pytest.fixture(autouse=True)
def _clock(monkeypatch: pytest.MonkeyPatch) -> None:
    set_clock(monkeypatch, NOW)


def test_major_lead_is_an_alert_until_acknowledged(store: Store) -> None:
    lead(store)  # not a major one
    record = lead(store, major="是")
    item = only(store, LEADER, Group.ALERTS)
    assert (item.record_id, item.colour) == (record, "red")
    assert item.words == "已等待 3 小时 20 分钟"
    assert acknowledge_lead(store, LEADER, record, 1) == timedelta(hours=3, minutes=20)
    assert group(store, LEADER, Group.ALERTS).total == 0
    row = records.get(store, OFFICE, "leads", record)
    assert (row["acknowledged_at"], row["acknowledged_by"]) == (NOW, LEADER.name)
    assert acknowledged_after(row) == timedelta(hours=3, minutes=20)
    newest = records.history(store, OFFICE, "leads", record)[0]
    assert (newest.actor, newest.reason) == (LEADER.name, "签收重大线索，距登记 3 小时 20 分钟")


def test_acknowledging_twice_changes_nothing(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    record = lead(store, major="是")
    first = acknowledge_lead(store, LEADER, record, 1)
    set_clock(monkeypatch, NOW + timedelta(hours=5))
    assert acknowledge_lead(store, LEADER, record, 1) == first
    assert records.get(store, OFFICE, "leads", record)["version"] == 2


@pytest.mark.parametrize(
    ("who", "major", "version", "error"),
    [
        (OFFICE, "是", 1, Refused),
        (VILLAGE, "是", 1, Refused),
        (actor(Role.ADMIN, "*"), "是", 1, Refused),
        (EASTERN, "是", 1, NotFound),
        (LEADER, "否", 1, Invalid),
        (LEADER, "", 1, Invalid),  # unknown is not major
        (LEADER, "是", 9, Conflict),
    ],
)
def test_what_is_not_acknowledged(
    store: Store, who: Actor, major: str, version: int, error: type[Exception]
) -> None:
    record = lead(store, major=major)
    with pytest.raises(error):
        acknowledge_lead(store, who, record, version)
    assert records.get(store, OFFICE, "leads", record)["acknowledged_at"] is None
