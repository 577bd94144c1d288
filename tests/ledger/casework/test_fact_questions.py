"""A fact whose case or visit bears it out no longer is asked about, one kind of act a test."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from ledger.casework import steps
from ledger.casework.case_facts import answer_fact
from ledger.casework.fact_questions import asked_of
from ledger.domain.errors import Invalid
from ledger.domain.timing import clock
from ledger.records import putting_back
from ledger.records import service as records
from ledger.records.fact_origins import fact_origins
from ledger.records.service import Edit
from ledger.storage import Store
from tests.ledger.casework.test_case_facts import (
    KEEP,
    OFFICE,
    UNKNOWN,
    YES,
    conclude,
    home,
    institution,
    lead_about,
    open_questions,
    take,
)
from tests.ledger.conftest import WEST_GRID

__all__ = ["home"]
DOUBT = [("complained", None, "leads")]


def visit_to(store: Store, number: str, days_ago: int = 0, **said: Any) -> int:
    told = {"round": 1, "inspectors": "甲", "result": "发现问题", "area_code": WEST_GRID}
    told["inspected_on"] = clock.today() - timedelta(days=days_ago)
    return records.create(store, OFFICE, "inspections", told | {"institution": number} | said)


def version(store: Store, ledger: str, record_id: int) -> int:
    return int(records.get(store, OFFICE, ledger, record_id)["version"])


def change(store: Store, ledger: str, record_id: int, **values: Any) -> None:
    edit = Edit(record_id, version(store, ledger, record_id), values)
    records.save(store, OFFICE, ledger, [edit])


def to_bin(store: Store, ledger: str, record_id: int) -> None:
    versions = {record_id: version(store, ledger, record_id)}
    records.delete(store, OFFICE, ledger, versions, reason="重复登记")


def test_deleted_visit_asks_about_what_it_stated_numbers_too(store: Store, home: str) -> None:
    visit = visit_to(store, home, complained="是", residents=30)
    assert open_questions(store, home) == []
    to_bin(store, "inspections", visit)
    row = institution(store, home)
    assert (row["complained"], row["residents"]) == (True, 30)
    asked = [("complained", None, "inspections"), ("residents", None, "inspections")]
    assert open_questions(store, home) == asked


def test_restored_visit_states_its_facts_and_is_their_source_again(store: Store, home: str) -> None:
    visit = visit_to(store, home, complained="是")
    to_bin(store, "inspections", visit)
    row = institution(store, home)
    change(store, "institutions", row["id"], complained="不详")
    assert open_questions(store, home) == []
    versions = {visit: version(store, "inspections", visit)}
    records.restore(store, OFFICE, "inspections", versions, reason="删错了")
    assert institution(store, home)["complained"] is True
    origin = fact_origins(store, OFFICE, row["id"])["complained"]
    assert (origin.kind, origin.record_id) == ("visit", visit)


@pytest.mark.parametrize(
    "values", [{"complained": "不详"}, {"institution": "another"}], ids=["blanked", "moved"]
)
def test_corrected_visit_asks_about_what_it_stated(
    store: Store, home: str, values: dict[str, str]
) -> None:
    other = records.create(
        store, OFFICE, "institutions", {"name": "另一院", "area_code": WEST_GRID}
    )
    visit = visit_to(store, home, complained="是")
    if "institution" in values:
        values = {"institution": records.get(store, OFFICE, "institutions", other)["number"]}
    change(store, "inspections", visit, **values)
    assert institution(store, home)["complained"] is True
    assert open_questions(store, home) == [("complained", None, "inspections")]


def test_fact_that_a_later_visit_stated_too_is_not_asked_about(store: Store, home: str) -> None:
    first = visit_to(store, home, days_ago=3, complained="是")
    second = visit_to(store, home, complained="是")
    to_bin(store, "inspections", first)
    assert open_questions(store, home) == []
    to_bin(store, "inspections", second)
    assert open_questions(store, home) == [("complained", None, "inspections")]


def test_visit_of_an_earlier_day_states_the_fact_after_the_later_one_is_deleted(
    store: Store, home: str
) -> None:
    to_bin(store, "inspections", visit_to(store, home, complained="是"))
    visit_to(store, home, days_ago=10, complained="否")
    assert institution(store, home)["complained"] is False
    assert open_questions(store, home) == []


def test_finding_corrected_by_hand_asks_again(store: Store, home: str) -> None:
    lead = lead_about(store, home)
    conclude(store, lead, {"complained": YES})
    change(store, "leads", lead, finding="不属实")
    assert open_questions(store, home) == DOUBT


def test_change_of_a_case_that_is_put_back_asks_again(store: Store, home: str) -> None:
    lead = lead_about(store, home)
    conclude(store, lead, {"complained": YES})
    concluded = records.history(store, OFFICE, "leads", lead)[1]
    assert concluded.action == "update"
    putting_back.put_back_change(store, OFFICE, concluded.id, reason="结论有误")
    assert open_questions(store, home) == DOUBT


def test_case_that_names_another_home_asks_at_both(store: Store, home: str) -> None:
    made = records.create(store, OFFICE, "institutions", {"name": "另一院", "area_code": WEST_GRID})
    other = str(records.get(store, OFFICE, "institutions", made)["number"])
    lead = lead_about(store, home)
    conclude(store, lead, {"complained": YES})
    change(store, "leads", lead, institution=other)
    assert open_questions(store, home) == DOUBT
    assert open_questions(store, other) == [("complained", True, "leads")]


def test_case_that_was_dismissed_bears_nothing_out(store: Store, home: str) -> None:
    dismissed, setting = lead_about(store, home), lead_about(store, home)
    conclude(store, dismissed, {"complained": KEEP})
    conclude(store, setting, {"complained": YES})
    take(store, setting, "return")
    assert open_questions(store, home) == DOUBT


def test_concluding_otherwise_the_second_time_asks_in_the_step(store: Store, home: str) -> None:
    lead = lead_about(store, home)
    conclude(store, lead, {"complained": YES})
    take(store, lead, "return", {"complained": KEEP})
    take(store, lead, "conclude", {"complained": UNKNOWN}, finding="不属实")
    assert institution(store, home)["complained"] is None
    assert open_questions(store, home) == []


def foreseen(store: Store, lead: int, step: str, **values: Any) -> list[tuple[str, str, Any]]:
    row = records.get(store, OFFICE, "leads", lead)
    asked = steps.questions_of(store, OFFICE, "leads", row, step, values)
    return [(one.institution, one.fact, one.value) for one in asked]


def test_step_foresees_anew_what_rested_by_what_it_changes(store: Store, home: str) -> None:
    """Kept when the lead was sent back, the fact is doubted again by another conclusion."""
    lead = lead_about(store, home)
    conclude(store, lead, {"complained": YES})
    take(store, lead, "return", {"complained": KEEP})
    otherwise = {"finding": "不属实", "verification": "现场核实"}
    assert foreseen(store, lead, "conclude", **otherwise) == [(home, "complained", None)]


def test_step_foresees_the_question_of_the_home_that_it_names(store: Store, home: str) -> None:
    values = {"name": "另一家", "complained": "否", "area_code": WEST_GRID}
    made = records.create(store, OFFICE, "institutions", values)
    other = str(records.get(store, OFFICE, "institutions", made)["number"])
    lead = lead_about(store, home)
    says = {"finding": "属实", "verification": "现场核实", "institution": other}
    assert foreseen(store, lead, "conclude", **says) == [(other, "complained", True)]


def test_answer_to_what_is_not_asked_changes_nothing(store: Store, home: str) -> None:
    lead = lead_about(store, home)
    with pytest.raises(Invalid, match="已经处理过"):
        take(store, lead, "conclude", {"complained": UNKNOWN}, finding="不属实", verification="无")
    with pytest.raises(Invalid, match="所问的是“被投诉举报”是否改为“是”"):
        conclude(store, lead, {"complained": UNKNOWN})
    assert records.get(store, OFFICE, "leads", lead)["state"] == "verifying"
    assert institution(store, home)["complained"] is False


def test_all_that_a_deleted_visit_stated_is_answered_at_once(store: Store, home: str) -> None:
    to_bin(store, "inspections", visit_to(store, home, complained="是", residents=30))
    asked = asked_of(store, OFFICE, home)
    answer_fact(store, OFFICE, asked, institution(store, home)["version"], UNKNOWN)
    row = institution(store, home)
    assert (row["complained"], row["residents"]) == (None, None)
    assert open_questions(store, home) == []
