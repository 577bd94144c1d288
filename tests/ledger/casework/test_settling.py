"""A contradiction that somebody looked into is settled, until a fact that it rests on changes."""

from __future__ import annotations

from datetime import date

import pytest

from ledger.casework import settling
from ledger.casework.contradictions import Finding
from ledger.domain.access import SYSTEM, Actor, Role
from ledger.domain.errors import Invalid, NotFound, Refused
from ledger.records import service as records
from ledger.storage import Store
from tests.ledger.casework.case_records import AUDITOR, LEADER, OFFICE, WORKER, lead
from tests.ledger.casework.contradicting import DAY, WHY, complaint, edit, found, home, ids, listed
from tests.ledger.conftest import actor


@pytest.fixture
def finding(store: Store) -> Finding:
    """One confirmed lead about a home that says nobody complained."""
    complaint(store, remarks="原来的备注")
    (one,) = found(store, "lead_true_not_complained")
    return one


def settle(
    store: Store, one: Finding, who: Actor = OFFICE, reason: str = WHY, on: date = DAY
) -> None:
    settling.settle(store, who, one.rule.id, one.record_id, one.token, reason, on)


def test_what_is_settled_is_counted_apart_and_kept_in_the_history(
    store: Store, finding: Finding
) -> None:
    settle(store, finding)
    assert found(store, finding.rule.id) == []
    assert listed(store, finding.rule.id) == listed(store, "all") == []
    (kept,) = found(store, finding.rule.id, settled=True)
    assert kept.settled is not None
    assert (kept.settled.reason, kept.settled.on) == (WHY, DAY)
    entry = records.history(store, SYSTEM, "institutions", finding.record_id)[0]
    assert (entry.action, entry.reason) == ("settle", WHY)
    assert entry.after == {"contradiction": finding.rule.label, "settled_on": "2026-06-01"}


def test_it_comes_back_when_a_fact_of_the_record_changes(store: Store, finding: Finding) -> None:
    home_beside = home(store, residents=60, beds=50)
    (crowded,) = found(store, "residents_over_beds")
    settle(store, crowded)
    edit(store, home_beside, beds=55)
    assert ids(store, "residents_over_beds") == [home_beside]


def test_it_comes_back_when_a_fact_of_the_other_ledger_changes(
    store: Store, finding: Finding
) -> None:
    settle(store, finding)
    edit(store, finding.naming[0].record_id, "leads", finding="部分属实")
    assert ids(store, finding.rule.id) == [finding.record_id]


def test_it_comes_back_when_another_record_joins(store: Store, finding: Finding) -> None:
    settle(store, finding)
    lead(store, institution=finding.number, finding="属实", verified_on="2026-06-11")
    assert ids(store, finding.rule.id) == [finding.record_id]


def test_it_stays_settled_when_anything_else_changes(store: Store, finding: Finding) -> None:
    settle(store, finding)
    edit(store, finding.record_id, remarks="另一句备注")
    edit(store, finding.naming[0].record_id, "leads", remarks="另一句备注")
    assert found(store, finding.rule.id) == []


def test_facts_that_changed_meanwhile_are_not_settled(store: Store, finding: Finding) -> None:
    lead(store, institution=finding.number, finding="属实", verified_on="2026-06-11")
    with pytest.raises(Invalid, match="已经变化"):
        settle(store, finding)


def test_pressing_twice_settles_once(store: Store, finding: Finding) -> None:
    settle(store, finding)
    with pytest.raises(Invalid, match="已由别人核对过"):
        settle(store, finding)
    assert len(found(store, finding.rule.id, settled=True)) == 1


def test_a_settlement_is_taken_back(store: Store, finding: Finding) -> None:
    settle(store, finding)
    settling.withdraw(store, OFFICE, finding.rule.id, finding.record_id, "看错了")
    assert ids(store, finding.rule.id) == [finding.record_id]
    entry = records.history(store, SYSTEM, "institutions", finding.record_id)[0]
    assert (entry.action, entry.reason) == ("unsettle", "看错了")
    with pytest.raises(Invalid):
        settling.withdraw(store, OFFICE, finding.rule.id, finding.record_id, "看错了")


@pytest.mark.parametrize("who", [LEADER, AUDITOR, WORKER])
def test_who_may_not_edit_may_not_settle(store: Store, finding: Finding, who: Actor) -> None:
    with pytest.raises(Refused):
        settle(store, finding, who)


def test_what_lies_elsewhere_is_not_settled(store: Store, finding: Finding) -> None:
    with pytest.raises(NotFound):
        settle(store, finding, actor(Role.OFFICE_STAFF, "990101002"))


@pytest.mark.parametrize(
    ("reason", "on", "said"),
    [
        ("", DAY, "请填写理由"),
        ("   ", DAY, "请填写理由"),
        ("长" * 501, DAY, "理由过长"),
        (WHY, date(2999, 1, 1), "晚于今天"),
    ],
)
def test_a_settlement_needs_a_reason_and_a_day_that_has_come(
    store: Store, finding: Finding, reason: str, on: date, said: str
) -> None:
    with pytest.raises(Invalid, match=said):
        settle(store, finding, reason=reason, on=on)
    assert len(found(store, finding.rule.id)) == 1
