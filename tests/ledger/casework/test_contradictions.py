"""Contradictions: each rule finds its record and no other, in scope, until it is settled."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from ledger.casework import contradiction_counts
from ledger.casework.fact_questions import asked_of
from ledger.domain.access import SYSTEM
from ledger.domain.errors import Invalid, NotFound
from ledger.domain.tiers import RuleError
from ledger.records import rulebook
from ledger.records import service as records
from ledger.records.counting import counted
from ledger.records.places.areas import current_atlas
from ledger.storage import Store
from ledger.storage.tables import dispositions, institutions, leads
from tests.ledger.casework.case_records import OFFICE, VILLAGE, WORKER, lead
from tests.ledger.casework.contradicting import (
    EVERYBODY,
    complaint,
    disposition,
    found,
    home,
    ids,
    listed,
    number_of,
    set_by_hand,
    visit,
)
from tests.ledger.conftest import EAST_NORTH, WEST, WEST_GRID, WEST_VILLAGE

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
    assert contradiction_counts.overview(store, OFFICE, current_atlas(store)).findings == 0


def test_deleted_records_contradict_nothing(store: Store) -> None:
    record = complaint(store)
    (those,) = found(store, "lead_true_not_complained")
    records.delete(store, SYSTEM, "leads", {those.naming[0].record_id: 1})
    assert ids(store, "lead_true_not_complained") == []
    assert records.get(store, SYSTEM, "institutions", record)["complained"] is False


# -- settling -------------------------------------------------------------------------------------


# -- counting -------------------------------------------------------------------------------------


def test_the_overview_counts_records_by_village_and_every_link_lists_them(store: Store) -> None:
    """A home with two findings is one record of its village."""
    both = complaint(store, residents=60, beds=50)
    other = home(store, EAST_NORTH, residents=60, beds=50)
    seen = contradiction_counts.overview(store, EVERYBODY, current_atlas(store))
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
    west = contradiction_counts.overview(store, EVERYBODY, current_atlas(store), WEST)
    assert west.findings == 2


def test_an_area_out_of_scope_is_not_there(store: Store) -> None:
    with pytest.raises(NotFound):
        contradiction_counts.overview(store, OFFICE, current_atlas(store), EAST_NORTH)
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
        contradiction_counts.overview(store, OFFICE, current_atlas(store))
