"""Counted facts: what is counted, judged in the same save and by the day, and told to whom."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import event

from ledger.casework import steps
from ledger.domain.access import SYSTEM, Role
from ledger.domain.tiers.counted_facts import COUNTED_FACTS
from ledger.domain.timing import clock
from ledger.records import assessments, recounting
from ledger.records import service as records
from ledger.records.counting import counted
from ledger.records.recounting import recount
from ledger.records.service import Edit
from ledger.storage import Store
from tests.ledger.conftest import EAST_SOUTH, WEST, WEST_GRID, actor

OFFICE = actor(Role.OFFICE_STAFF, WEST)
COUNTY = actor(Role.OFFICE_STAFF, "990101")
TODAY = date(2026, 6, 1)

RULES = """
version = "计数1"
effective = 2024-10-01
title = "计数规则"
source = "测试"

[tiers.3]
name = "三类"
colour = "orange"

[tiers.2]
name = "二类"
colour = "yellow"

[tiers.1]
name = "一类"
colour = "green"

[[rules]]
id = "K3"
tier = 3
label = "有属实线索或逾期整改"
when = "confirmed_leads >= 1 or overdue_rectifications >= 1"
source = "测试"

[[rules]]
id = "K2"
tier = 2
label = "信访多、扩张或频繁变更"
when = "petitions_12m >= 2 or branches >= 2 or representative_changes_24m >= 2 or open_leads >= 3"
source = "测试"

[[rules]]
id = "K1"
tier = 1
label = "未发现风险"
when = "confirmed_leads >= 0"
none_above = true
source = "测试"
"""


@pytest.fixture(autouse=True)
def _today(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "today", lambda: TODAY)


def home(store: Store, **values: Any) -> tuple[int, str]:
    whole = {"name": "示例养老院", "area_code": WEST_GRID, "operator": "示例公司"} | values
    made = records.create(store, OFFICE, "institutions", whole)
    return made, str(records.get(store, OFFICE, "institutions", made)["number"])


def petition(store: Store, number: str, day: str) -> int:
    values = {"registered_on": day, "matter": "押金不退", "area_code": WEST_GRID}
    return records.create(store, OFFICE, "petitions", values | {"institution": number})


def visit(store: Store, number: str, **values: Any) -> int:
    whole = {"institution": number, "round": 1, "inspected_on": "2026-05-01", "inspectors": "甲"}
    whole |= {"result": "发现问题", "area_code": WEST_GRID}
    return records.create(store, OFFICE, "inspections", whole | values)


def tier(store: Store, record_id: int) -> str | None:
    found: str | None = records.get(store, OFFICE, "institutions", record_id)["tier"]
    return found


def counts(store: Store, number: str) -> dict[str, int | None]:
    with store.reading() as connection:
        found = counted(connection, COUNTED_FACTS, [number]).get(number, {})
    return {key: found.get(key, 0) for key in COUNTED_FACTS}


def adopt(store: Store) -> None:
    assessments.assess(store, SYSTEM, rules_text=RULES)


def test_counts_of_one_home_by_hand(store: Store) -> None:
    record_id, number = home(store, legal_representative="甲某", address="一路1号")
    home(store)
    for name in ("乙某", "丙某"):
        version = records.get(store, OFFICE, "institutions", record_id)["version"]
        records.save(
            store,
            OFFICE,
            "institutions",
            [Edit(record_id, version, {"legal_representative": name})],
        )
    version = records.get(store, OFFICE, "institutions", record_id)["version"]
    moved = {"legal_representative": "丁某", "address": "二路2号", "phone": "13800001111"}
    records.save(store, OFFICE, "institutions", [Edit(record_id, version, moved)])
    petition(store, number, "2026-05-30")
    petition(store, number, "2025-06-02")
    petition(store, number, "2025-06-01")  # twelve months ago to the day: no longer
    visit(store, number, rectify_by="2026-05-31")
    visit(store, number, rectify_by="2026-06-01")  # due today is not overdue
    visit(store, number, rectify_by="2026-05-20", rectified_on="2026-05-19")
    assert counts(store, number) == {
        "confirmed_leads": 0,
        "open_leads": 0,
        "petitions_12m": 2,
        "overdue_rectifications": 1,
        "branches": 1,
        "representative_changes_24m": 4,  # two, then one and the address in one save
    }


def test_branches_without_an_operator_are_unknown(store: Store) -> None:
    _, number = home(store, operator=None)
    assert counts(store, number)["branches"] is None


def test_many_homes_are_counted_by_one_statement(store: Store) -> None:
    numbers = [home(store, name=f"示例{n}院")[1] for n in range(5)]
    for number in numbers:
        petition(store, number, "2026-05-30")
    said: list[str] = []
    with store.reading() as connection:
        event.listen(connection, "before_cursor_execute", lambda *a: said.append(str(a[2])))
        found = counted(connection, COUNTED_FACTS)
    assert len([one for one in said if "SELECT" in one]) == 1
    assert {found[number]["petitions_12m"] for number in numbers} == {1}


def test_tier_follows_the_counted_rows_in_the_same_save(store: Store) -> None:
    adopt(store)
    record_id, number = home(store)
    assert tier(store, record_id) == "1"
    values = {"registered_at": "2026-05-20 09:00", "source": "群众举报", "matter": "高息揽储"}
    values |= {"institution": number, "area_code": WEST_GRID}
    lead = records.create(store, OFFICE, "leads", values)
    for step, said in (
        ("verify", {"handler": "李演示"}),
        ("conclude", {"finding": "属实", "verification": "现场核实"}),
    ):
        version = records.get(store, OFFICE, "leads", lead)["version"]
        steps.take_step(store, OFFICE, "leads", lead, version, step, said)
    assert tier(store, record_id) == "3"
    batches = [
        records.history(store, OFFICE, key, one)[0].batch
        for key, one in (("institutions", record_id), ("leads", lead))
    ]
    assert batches[0] == batches[1]
    version = records.get(store, OFFICE, "leads", lead)["version"]
    steps.take_step(store, OFFICE, "leads", lead, version, "return", reason="证据不足")
    assert tier(store, record_id) == "1"


def test_tier_follows_a_visit_a_petition_and_the_others_of_the_operator(store: Store) -> None:
    adopt(store)
    record_id, number = home(store)
    late = visit(store, number, rectify_by="2026-05-31")
    assert tier(store, record_id) == "3"
    version = records.get(store, OFFICE, "inspections", late)["version"]
    records.save(
        store, OFFICE, "inspections", [Edit(late, version, {"rectified_on": "2026-05-30"})]
    )
    assert tier(store, record_id) == "1"
    home(store)
    home(store)
    assert tier(store, record_id) == "2"


def test_own_change_of_the_representative_is_counted_at_once(store: Store) -> None:
    """And of the address: both make frequent changes of identity (campaign plan)."""
    adopt(store)
    record_id, _ = home(store, legal_representative="甲某", address="一路1号")
    changed = ({"legal_representative": "乙某"}, "1"), ({"address": "二路2号"}, "2")
    for values, expected in changed:
        version = records.get(store, OFFICE, "institutions", record_id)["version"]
        records.save(store, OFFICE, "institutions", [Edit(record_id, version, values)])
        assert tier(store, record_id) == expected


@pytest.fixture
def judged(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The numbers of institutions that effects judged again."""
    seen: list[str] = []
    real = recounting.judge_again

    def judge_again(*given: Any, **more: Any) -> int:
        seen.extend(given[3])
        return real(*given, **more)

    monkeypatch.setattr(recounting, "judge_again", judge_again)
    return seen


def test_shipped_rules_judge_again_only_by_what_they_count(store: Store, judged: list[str]) -> None:
    """Leads are counted by them, petitions and visits are not; nothing was replaced yet in a new
    institution."""
    record_id, number = home(store, legal_representative="甲某", address="一路1号")
    petition(store, number, "2026-05-30")
    visit(store, number)
    assert judged == []
    values = {"registered_at": "2026-05-20 09:00", "source": "群众举报", "matter": "高息揽储"}
    values |= {"finding": "属实", "verified_on": "2026-05-21", "area_code": WEST_GRID}
    records.create(store, OFFICE, "leads", values | {"institution": number})
    assert judged == [number]
    assert tier(store, record_id) == "3"


def test_tier_follows_the_day(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    adopt(store)
    record_id, number = home(store)
    petition(store, number, "2026-05-30")
    petition(store, number, "2025-06-02")
    assert tier(store, record_id) == "2"
    monkeypatch.setattr(clock, "today", lambda: TODAY + timedelta(days=1))
    assert recount(store) == 1
    assert tier(store, record_id) == "1"
    assert recount(store) == 0


def test_recounting_writes_nothing_where_the_tier_stays(store: Store) -> None:
    adopt(store)
    record_id, number = home(store)
    before = records.get(store, OFFICE, "institutions", record_id)["version"]
    petition(store, number, "2026-05-30")
    assert records.get(store, OFFICE, "institutions", record_id)["version"] == before
    assert len(assessments.past_assessments(store, OFFICE, record_id)) == 1


def test_reason_tells_no_count_of_rows_that_somebody_may_not_open(store: Store) -> None:
    adopt(store)
    record_id, number = home(store)
    petition(store, number, "2026-05-30")
    row = records.get(store, OFFICE, "institutions", record_id)
    elsewhere = {"registered_on": "2026-05-30", "matter": "押金不退", "area_code": EAST_SOUTH}
    records.create(store, COUNTY, "petitions", elsewhere | {"institution": number})
    row = records.get(store, OFFICE, "institutions", record_id)
    assert row["tier"] == "2"
    mine = "".join(assessments.why(store, OFFICE, row).lines)
    whole = "".join(assessments.why(store, COUNTY, row).lines)
    assert "近12个月信访件数为2" in whole
    assert "近12个月信访件数为（部分记录不在您可查看的范围，数目不显示）" in mine
    assert "为2" not in mine
    seen = assessments.advice(store, COUNTY, row)
    assert seen is not None
    assert ["近12个月信访件数" in one for one in seen.ways] == [True]
    hidden = assessments.advice(store, OFFICE, row)
    assert hidden is not None
    assert (hidden.ways, hidden.first) == ((), None)
