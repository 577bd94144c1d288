"""Contradictions: each rule finds its record and no other, in scope, until it is settled."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import update

from ledger.casework import contradictions, settling
from ledger.casework.contradictions import Finding
from ledger.casework.fact_questions import asked_of
from ledger.domain.access import SYSTEM, Actor, Role
from ledger.domain.errors import Invalid, NotFound, Refused
from ledger.domain.tiers import RuleError
from ledger.records import rulebook
from ledger.records import service as records
from ledger.records.counting import counted
from ledger.records.places.areas import current_atlas
from ledger.records.query import Condition, Selection
from ledger.records.service import Edit
from ledger.storage import Store
from ledger.storage.tables import dispositions, institutions, leads
from tests.ledger.casework.case_records import AUDITOR, LEADER, OFFICE, VILLAGE, WORKER, lead
from tests.ledger.conftest import COUNTY, EAST_NORTH, WEST, WEST_GRID, WEST_VILLAGE, actor

DAY = date(2026, 6, 1)
WHY = "已到现场核对"
EVERYBODY = actor(Role.LEADER, COUNTY)


def home(store: Store, area: str = WEST_GRID, **values: Any) -> int:
    given = {"name": "阳光养老院", "area_code": area, **values}
    return records.create(store, SYSTEM, "institutions", given)


def number_of(store: Store, record: int, ledger: str = "institutions") -> str:
    return str(records.get(store, SYSTEM, ledger, record)["number"])


def found(store: Store, rule: str, who: Actor = SYSTEM, **how: Any) -> list[Finding]:
    return contradictions.findings(store, who, current_atlas(store), rule, **how)


def ids(store: Store, rule: str, who: Actor = SYSTEM, **how: Any) -> list[int]:
    return [one.record_id for one in found(store, rule, who, **how)]


def edit(store: Store, record: int, ledger: str = "institutions", **values: Any) -> None:
    version = records.get(store, SYSTEM, ledger, record)["version"]
    records.save(store, SYSTEM, ledger, [Edit(record, version, values)])


def set_by_hand(store: Store, table: Any, record: int, **values: Any) -> None:
    """What steps and rules set, put there directly."""
    with store.writing() as connection:
        connection.execute(update(table).where(table.c.id == record).values(**values))


def listed(store: Store, rule: str, who: Actor = SYSTEM, ledger: str = "institutions") -> list[int]:
    wanted = Selection(conditions=(Condition("contradiction", "set", rule),))
    return sorted(row["id"] for row in records.search(store, who, ledger, wanted).rows)


def visit(store: Store, home_number: str, on: str, result: str) -> int:
    given = {
        "institution": home_number,
        "round": 1,
        "inspected_on": on,
        "inspectors": "李演示",
        "result": result,
    }
    return records.create(store, SYSTEM, "inspections", given)


def disposition(store: Store, **values: Any) -> int:
    given = {"measure": "警示约谈", "opened_on": "2026-05-20", "area_code": WEST_VILLAGE, **values}
    return records.create(store, SYSTEM, "dispositions", given)


def complaint(
    store: Store,
    finding: str = "属实",
    area: str = WEST_GRID,
    verified_on: str | None = "2026-06-11",
    **values: Any,
) -> int:
    """A home said to be without complaint, and a lead about it with a finding."""
    record = home(store, complained="否", **values)
    number = number_of(store, record)
    lead(store, area, institution=number, finding=finding, verified_on=verified_on)
    return record


# -- each rule ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("finding", "told"), [("属实", 1), ("部分属实", 1), ("不属实", 0), (None, 0)]
)
def test_a_confirmed_lead_contradicts_that_nobody_complained(
    store: Store, finding: str | None, told: int
) -> None:
    complaint(store, finding or "")
    assert len(found(store, "lead_true_not_complained")) == told


@pytest.mark.parametrize(("verified_on", "told"), [("2026-06-11", 1), (None, 0)])
def test_contradiction_proposal_and_count_of_confirmed_leads_agree(
    store: Store, verified_on: str | None, told: int
) -> None:
    """A finding that was only typed, or whose conclusion was sent back, is none of them."""
    number = number_of(store, complaint(store, verified_on=verified_on))
    with store.reading() as connection:
        counts = counted(connection, ["confirmed_leads"], [number])
    assert len(found(store, "lead_true_not_complained")) == told
    assert len(asked_of(store, SYSTEM, number)) == told
    assert counts.get(number, {"confirmed_leads": 0}) == {"confirmed_leads": told}


@pytest.mark.parametrize("said", ["是", None])
def test_only_a_plain_no_contradicts_a_confirmed_lead(store: Store, said: str | None) -> None:
    record = home(store, complained=said)
    number = number_of(store, record)
    lead(store, institution=number, finding="属实", verified_on="2026-06-11")
    assert found(store, "lead_true_not_complained") == []


WITHIN_A_HOME = [
    # rule, a home that contradicts itself, homes that do not (a blank is unknown)
    (
        "payers_over_beds",
        {"prepaid_people": 51, "beds": 50},
        [{"prepaid_people": 50, "beds": 50}, {"prepaid_people": 51}, {"beds": 50}],
    ),
    (
        "residents_over_beds",
        {"residents": 51, "beds": 50},
        [{"residents": 50, "beds": 50}, {"residents": 51}],
    ),
    (
        "prepaid_over_assets",
        {"prepaid_service_fee": 60, "prepaid_deposit": 50, "net_fixed_assets": 100},
        [
            {"prepaid_service_fee": 60, "prepaid_deposit": 40, "net_fixed_assets": 100},
            {"prepaid_service_fee": 60, "net_fixed_assets": 100},
            {"prepaid_service_fee": 60, "prepaid_deposit": 50, "prepaid_membership": 9},
        ],
    ),
    (
        "licensed_without_code",
        {"filing": "已许可"},
        [{"filing": "已许可", "credit_code": "91110000600037341L"}, {"filing": "已备案"}, {}],
    ),
]


@pytest.mark.parametrize(
    ("rule", "wrong", "right"), WITHIN_A_HOME, ids=[row[0] for row in WITHIN_A_HOME]
)
def test_a_home_that_contradicts_itself_is_found(
    store: Store, rule: str, wrong: dict[str, Any], right: list[dict[str, Any]]
) -> None:
    record = home(store, **wrong)
    for values in right:
        home(store, **values)
    assert ids(store, rule) == [record]


def test_two_homes_with_one_code_name_each_other(store: Store) -> None:
    one, other = (home(store, credit_code="91110000600037341L") for _ in range(2))
    home(store)
    home(store)
    assert ids(store, "same_code") == [one, other]
    assert number_of(store, other) in found(store, "same_code")[0].message


def test_two_homes_at_one_position(store: Store) -> None:
    same = [home(store, lon=127.01, lat=29.05) for _ in range(2)]
    home(store, lon=127.01, lat=29.06)
    home(store)
    assert ids(store, "same_position") == same


def test_a_closed_home_with_open_cases(store: Store) -> None:
    """The newest visit decides: a home that was closed and opened again is no contradiction."""
    record, again = home(store), home(store)
    for one in (record, again):
        disposition(store, institution=number_of(store, one))
        lead(store, institution=number_of(store, one))
        visit(store, number_of(store, one), "2026-05-20", "已关停或人去楼空")
    visit(store, number_of(store, again), "2026-06-11", "未发现问题")
    assert ids(store, "closed_open_dispositions") == [record]
    assert ids(store, "closed_open_leads") == [record]


def test_a_closed_lead_with_open_dispositions(store: Store) -> None:
    record, other = lead(store), lead(store)
    for one in (record, other):
        disposition(store, lead=number_of(store, one, "leads"))
    set_by_hand(store, leads, record, state="closed")
    assert ids(store, "lead_closed_open_dispositions") == [record]


@pytest.mark.parametrize(
    ("confirmed", "computed", "told"),
    [("3", "4", True), ("3", None, True), ("3", "3", False), (None, "3", False)],
)
def test_a_tier_confirmed_other_than_computed(
    store: Store, confirmed: str | None, computed: str | None, told: bool
) -> None:
    record = home(store)
    set_by_hand(store, institutions, record, tier_confirmed=confirmed, tier_computed=computed)
    assert ids(store, "confirmed_not_computed") == ([record] if told else [])


def test_dates_out_of_order_also_across_a_blank_one(store: Store) -> None:
    """``done_on`` is blank between them."""
    wrong, right = disposition(store), disposition(store)
    days = {"planned_on": date(2026, 5, 22), "done_on": None}
    set_by_hand(store, dispositions, wrong, closed_on=date(2026, 5, 21), **days)
    set_by_hand(store, dispositions, right, closed_on=date(2026, 5, 22), **days)
    assert ids(store, "disposition_dates") == [wrong]


def test_moments_are_compared_by_the_office_s_day(store: Store) -> None:
    """Half past seven in the morning is still the day before in UTC."""
    same = lead(store, registered_at="2026-06-10 07:30", verified_on="2026-06-10")
    early = lead(store, registered_at="2026-06-10 07:30", verified_on="2026-06-09")
    assert same not in ids(store, "lead_dates")
    assert ids(store, "lead_dates") == [early]


# -- scope ----------------------------------------------------------------------------------------


def test_nobody_is_told_of_what_lies_outside_their_area(store: Store) -> None:
    complaint(store, area=EAST_NORTH)
    assert len(found(store, "lead_true_not_complained", EVERYBODY)) == 1
    for who in (OFFICE, VILLAGE, WORKER):
        assert found(store, "lead_true_not_complained", who) == []
        assert listed(store, "lead_true_not_complained", who) == []


def test_a_twin_outside_one_s_area_is_not_hinted_at(store: Store) -> None:
    for area in (WEST_GRID, EAST_NORTH):
        home(store, area, credit_code="91110000600037341L")
    assert len(found(store, "same_code", EVERYBODY)) == 2
    assert found(store, "same_code", OFFICE) == []
    assert contradictions.overview(store, OFFICE, current_atlas(store)).findings == 0


def test_deleted_records_contradict_nothing(store: Store) -> None:
    record = complaint(store)
    (those,) = found(store, "lead_true_not_complained")
    records.delete(store, SYSTEM, "leads", {those.naming[0].record_id: 1})
    assert ids(store, "lead_true_not_complained") == []
    assert records.get(store, SYSTEM, "institutions", record)["complained"] is False


# -- settling -------------------------------------------------------------------------------------


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


# -- counting -------------------------------------------------------------------------------------


def test_the_overview_counts_records_by_village_and_every_link_lists_them(store: Store) -> None:
    """A home with two findings is one record of its village."""
    both = complaint(store, residents=60, beds=50)
    other = home(store, EAST_NORTH, residents=60, beds=50)
    seen = contradictions.overview(store, EVERYBODY, current_atlas(store))
    counts = {one.rule.id: one.open for one in seen.rules if one.open}
    assert counts == {"lead_true_not_complained": 1, "residents_over_beds": 2}
    assert seen.findings == 3
    assert {one.area.code: one.records for one in seen.areas if one.area} == {
        WEST_VILLAGE: {"institutions": 1},
        EAST_NORTH: {"institutions": 1},
    }
    assert seen.total.records == {"institutions": 2}
    assert listed(store, "all", EVERYBODY) == [both, other]
    assert listed(store, "residents_over_beds", EVERYBODY) == [both, other]
    west = contradictions.overview(store, EVERYBODY, current_atlas(store), WEST)
    assert west.findings == 2


def test_an_area_out_of_scope_is_not_there(store: Store) -> None:
    with pytest.raises(NotFound):
        contradictions.overview(store, OFFICE, current_atlas(store), EAST_NORTH)
    with pytest.raises(NotFound):
        found(store, "same_code", OFFICE, area_code=EAST_NORTH)


def test_a_rule_that_there_is_not_is_refused(store: Store) -> None:
    with pytest.raises(Invalid, match="没有名为“x”的核对规则"):
        found(store, "x")
    with pytest.raises(Invalid, match="没有名为“x”的核对规则"):
        listed(store, "x")


def test_a_file_at_fault_is_said_where_it_is_used(
    store: Store, monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    path = tmp_path / "contradictions.toml"
    path.write_text("[[rules", encoding="utf-8")
    monkeypatch.setattr(rulebook, "shipped", lambda kind: path)
    with pytest.raises(RuleError, match="不是有效的 TOML"):
        contradictions.overview(store, OFFICE, current_atlas(store))
