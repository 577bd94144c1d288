"""A protected text is shown to who may, with a reason, on the record, not too often."""

from __future__ import annotations

import pytest

from ledger.domain.access import Actor, Role
from ledger.domain.errors import Invalid, NotFound, Refused
from ledger.records import revealing
from ledger.records import service as records
from ledger.storage import Store
from tests.ledger.conftest import EAST, WEST, WEST_GRID, actor


@pytest.fixture
def lead(store: Store, office: Actor) -> int:
    values = {
        "registered_at": "2026-05-20 09:00",
        "source": "其他",
        "matter": "高息揽储",
        "informant": "张测试",
        "area_code": WEST_GRID,
    }
    return records.create(store, office, "leads", values)


def test_reveal_is_logged_with_its_reason(store: Store, office: Actor, lead: int) -> None:
    assert revealing.reveal(store, office, "leads", lead, "informant", "回访举报人") == "张测试"
    newest = records.history(store, office, "leads", lead)[0]
    assert (newest.action, newest.reason, newest.after) == (
        "reveal",
        "回访举报人",
        {"column": "举报人"},
    )


def test_refusals_reveal_and_log_nothing(store: Store, office: Actor, lead: int) -> None:
    for who in (Role.LEADER, Role.GRID_WORKER, Role.AUDITOR, Role.VILLAGE_STAFF):
        with pytest.raises(Refused):
            revealing.reveal(store, actor(who, WEST), "leads", lead, "informant", "想看一看")
    stranger = actor(Role.OFFICE_STAFF, EAST)
    with pytest.raises(NotFound):
        revealing.reveal(store, stranger, "leads", lead, "informant", "想看一看")
    with pytest.raises(Invalid, match="理由"):
        revealing.reveal(store, office, "leads", lead, "informant", "看")
    with pytest.raises(Invalid, match="不是受保护信息"):
        revealing.reveal(store, office, "leads", lead, "matter", "想看一看")
    assert len(records.history(store, office, "leads", lead)) == 1


def test_asking_too_often_is_stopped(
    store: Store, office: Actor, lead: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(revealing, "MOST_AN_HOUR", 2)
    for _ in range(2):
        revealing.reveal(store, office, "leads", lead, "informant", "回访举报人")
    with pytest.raises(Refused, match="一小时内每人最多"):
        revealing.reveal(store, office, "leads", lead, "informant", "回访举报人")
