"""Judging anew, previewing, overriding: who may, what is written, what is remembered."""

from __future__ import annotations

import pytest

from ledger.domain.access import Actor, Role
from ledger.domain.errors import Conflict, Invalid, LedgerError, Refused
from ledger.records import assessments
from ledger.records import service as records
from ledger.records.query import Selection
from ledger.records.service import Edit
from ledger.storage import Store
from tests.ledger.conftest import WEST, WEST_VILLAGE, actor

# A rule file of one's own: it speaks of one declared column and of one extra fact.
OWN_RULES = """
version = "自拟-1"
effective = 2026-01-01
title = "自拟规则"
source = "测试"

[tiers.4]
name = "四类"
colour = "red"

[tiers.2]
name = "二类"
colour = "yellow"

[facts.fines]
type = "number"
label = "罚款"

[[rules]]
id = "X4"
tier = 4
label = "罚款过万"
when = "fines > 10000"
source = "测试"

[[rules]]
id = "X2"
tier = 2
label = "床位过多"
when = "beds > 100"
source = "测试"

[[rules]]
id = "Z1"
tier = 1
label = "床位不多，罚款不高"
when = "beds <= 100 and fines <= 10000"
source = "自拟"

[tiers.1]
name = "一类"
colour = "green"
"""


@pytest.fixture
def home(store: Store, office: Actor) -> int:
    values = {"name": "松柏院", "area_code": WEST_VILLAGE, "beds": 200, "complained": "是"}
    return records.create(store, office, "institutions", values)


def test_preview_lists_moves_and_writes_nothing(store: Store, system: Actor, home: int) -> None:
    found = assessments.assess(store, system, rules_text=OWN_RULES, preview=True)
    assert [(move.before, move.after) for move in found.moves] == [(3, 2)]
    assert records.get(store, system, "institutions", home)["tier"] == "3"
    assert len(assessments.past_assessments(store, system, home)) == 1


def test_adopted_rules_judge_everything_and_every_later_save(
    store: Store, system: Actor, home: int
) -> None:
    found = assessments.assess(store, system, rules_text=OWN_RULES)
    assert (found.rules, found.results[0].tier, found.results[0].at_most) == ("自拟-1", 2, 4)
    assert found.results[0].unknown == ("fines",)
    version = records.get(store, system, "institutions", home)["version"]
    records.save(store, system, "institutions", [Edit(home, version, {"beds": 5})])
    after = records.get(store, system, "institutions", home)
    assert (after["tier"], after["at_most"]) == (None, "4")
    newest = assessments.past_assessments(store, system, home)[0]
    assert (newest.rules_version, newest.occasion) == ("自拟-1", "save")


def test_rules_about_unknown_columns_are_refused(store: Store, system: Actor, home: int) -> None:
    broken = OWN_RULES.replace("beds > 100", "bedz > 100")
    with pytest.raises(LedgerError, match=r"X2.*bedz.*beds"):
        assessments.assess(store, system, rules_text=broken)
    assert records.get(store, system, "institutions", home)["tier"] == "3"


def test_only_who_manages_rules_may_change_them(store: Store, office: Actor) -> None:
    with pytest.raises(Refused):
        assessments.assess(store, office, rules_text=OWN_RULES)
    assessments.assess(store, office)


def test_override_stands_above_the_computed_tier(
    store: Store, office: Actor, leader: Actor, home: int
) -> None:
    assessments.override(store, leader, home, 1, 4, "群众反映强烈")
    row = records.get(store, leader, "institutions", home)
    assert (row["tier"], row["tier_computed"], row["tier_override"]) == ("4", "3", "4")
    # An edit of the facts moves the computed tier; the override stays above it.
    records.save(store, office, "institutions", [Edit(home, 2, {"suspected_crime": "否"})])
    row = records.get(store, leader, "institutions", home)
    assert (row["tier"], row["tier_computed"]) == ("4", "3")
    assessments.withdraw_override(store, leader, home, row["version"], "已核实")
    row = records.get(store, leader, "institutions", home)
    assert (row["tier"], row["tier_override"], row["override_reason"]) == ("3", None, None)
    occasions = [item.occasion for item in assessments.past_assessments(store, leader, home)]
    assert occasions == ["withdraw", "save", "override", "save"]


@pytest.mark.parametrize(
    ("who", "tier", "reason", "error"),
    [
        (Role.OFFICE_STAFF, 4, "理由", Refused),
        (Role.ADMIN, 4, "理由", Refused),
        (Role.LEADER, 4, "  ", Invalid),
        (Role.LEADER, 5, "理由", Invalid),
        (Role.LEADER, 4, "长" * 501, Invalid),
    ],
)
def test_refused_override_changes_nothing(
    store: Store,
    system: Actor,
    home: int,
    who: Role,
    tier: int,
    reason: str,
    error: type[Exception],
) -> None:
    with pytest.raises(error):
        assessments.override(store, actor(who, WEST), home, 1, tier, reason)
    assert records.get(store, system, "institutions", home)["version"] == 1


def test_override_of_a_changed_record_is_a_conflict(
    store: Store, leader: Actor, office: Actor, home: int
) -> None:
    records.save(store, office, "institutions", [Edit(home, 1, {"beds": 3})])
    with pytest.raises(Conflict):
        assessments.override(store, leader, home, 1, 4, "理由")


def test_why_names_the_facts_and_what_is_unknown(store: Store, leader: Actor, home: int) -> None:
    record = records.get(store, leader, "institutions", home)
    told = assessments.why(store, leader, record)
    assert "被投诉举报" in told.lines[0]
    assert any("涉嫌犯罪" in line for line in told.lines[1:])
    assert told.judgement.tier == 3


def test_judging_twice_moves_nothing(store: Store, office: Actor, home: int) -> None:
    assert assessments.assess(store, office).moves == ()
    rows = records.search(store, office, "institutions", Selection()).rows
    assert rows[0]["version"] == 1
