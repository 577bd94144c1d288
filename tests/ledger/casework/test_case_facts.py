"""Acts change facts: a step proposes the fact, sets or keeps it, and asks again when withdrawn."""

from __future__ import annotations

from typing import Any

import pytest

from ledger.casework import fact_questions, steps
from ledger.casework.case_facts import answer_fact
from ledger.casework.fact_moves import would_move
from ledger.domain.access import Role
from ledger.domain.errors import Conflict, Invalid, Refused
from ledger.domain.ledgers import LEDGERS
from ledger.domain.proposals import Answer, Asked
from ledger.records import service as records
from ledger.records.fact_origins import fact_origins
from ledger.records.query import Condition, Selection
from ledger.storage import Store
from tests.ledger.conftest import EAST, WEST, WEST_GRID, actor

OFFICE = actor(Role.OFFICE_STAFF, WEST)
LEADER = actor(Role.LEADER, WEST)
WORKER = actor(Role.GRID_WORKER, WEST_GRID)
YES, KEEP = Answer(True), Answer(keep=True, reason="同名机构，举报对象并非本院")
UNKNOWN = Answer(None)


@pytest.fixture
def home(store: Store) -> str:
    """A home that says nobody complained of it."""
    values = {"name": "示例养老院", "complained": "否", "suspected_crime": "否"}
    made = records.create(store, OFFICE, "institutions", values | {"area_code": WEST_GRID})
    return str(records.get(store, OFFICE, "institutions", made)["number"])


def institution(store: Store, number: str) -> dict[str, Any]:
    wanted = Selection(conditions=(Condition("number", "eq", number),))
    found = records.search(store, OFFICE, "institutions", wanted).rows
    return records.get(store, OFFICE, "institutions", found[0]["id"])


def lead_about(store: Store, number: str) -> int:
    values = {"registered_at": "2026-05-20 09:00", "source": "群众举报", "matter": "高息揽储"}
    lead = records.create(
        store, OFFICE, "leads", values | {"institution": number, "area_code": WEST_GRID}
    )
    take(store, lead, "verify", handler="李演示")
    return lead


def petition_about(store: Store, number: str, kind: str = "求决") -> int:
    values = {"registered_on": "2026-05-20", "matter": "押金不退", "kind": kind}
    values |= {"institution": number, "area_code": WEST_GRID}
    return records.create(store, OFFICE, "petitions", values)


def take(
    store: Store,
    record_id: int,
    step: str,
    answers: dict[str, Answer] | None = None,
    ledger: str = "leads",
    reason: str = "核对",
    **values: Any,
) -> str:
    row = records.get(store, OFFICE, ledger, record_id)
    who = LEADER if step == "reopen" else OFFICE
    return steps.take_step(
        store, who, ledger, record_id, row["version"], step, values, reason=reason, answers=answers
    )


def conclude(store: Store, lead: int, answers: dict[str, Answer] | None = None) -> str:
    return take(store, lead, "conclude", answers, finding="属实", verification="现场核实")


def open_questions(store: Store, number: str) -> list[tuple[str, bool | None, str]]:
    asked = fact_questions.asked_of(store, OFFICE, number)
    return [(one.fact, one.value, one.ledger) for one in asked]


def test_concluding_sets_the_fact_and_judges_in_the_same_save(store: Store, home: str) -> None:
    lead = lead_about(store, home)
    conclude(store, lead, {"complained": YES})
    row = institution(store, home)
    assert (row["complained"], row["tier"]) == (True, "3")
    mine = records.history(store, OFFICE, "institutions", row["id"])[0]
    theirs = records.history(store, OFFICE, "leads", lead)
    assert mine.batch == theirs[0].batch == theirs[1].batch
    assert [one.action for one in theirs[:2]] == ["adopt_fact", "update"]
    assert open_questions(store, home) == []


def test_fact_says_which_case_it_comes_from_and_since_when(store: Store, home: str) -> None:
    lead = lead_about(store, home)
    conclude(store, lead, {"complained": YES})
    row = institution(store, home)
    origins = fact_origins(store, OFFICE, row["id"])
    assert (origins["complained"].kind, origins["complained"].record_id) == ("case", lead)
    assert (
        origins["complained"].at == records.history(store, OFFICE, "institutions", row["id"])[0].at
    )
    assert origins["suspected_crime"].kind == "hand"


def test_unanswered_proposal_stays_open_and_changes_nothing(store: Store, home: str) -> None:
    conclude(store, lead_about(store, home))
    assert institution(store, home)["complained"] is False
    assert open_questions(store, home) == [("complained", True, "leads")]


def test_kept_fact_rests_until_the_case_is_reopened_and_concluded_again(
    store: Store, home: str
) -> None:
    lead = lead_about(store, home)
    conclude(store, lead, {"complained": KEEP})
    assert institution(store, home)["complained"] is False
    assert open_questions(store, home) == []
    take(store, lead, "return")
    assert open_questions(store, home) == []
    take(store, lead, "conclude")
    assert open_questions(store, home) == [("complained", True, "leads")]


def test_withdrawn_case_asks_again_for_the_fact_it_set(store: Store, home: str) -> None:
    lead = lead_about(store, home)
    conclude(store, lead, {"complained": YES})
    take(store, lead, "return")
    assert open_questions(store, home) == [("complained", None, "leads")]
    (asked,) = fact_questions.asked_of(store, OFFICE, home)
    answer_fact(store, OFFICE, [asked], institution(store, home)["version"], UNKNOWN)
    assert institution(store, home)["complained"] is None
    assert open_questions(store, home) == []


def test_case_in_the_bin_asks_again(store: Store, home: str) -> None:
    lead = lead_about(store, home)
    conclude(store, lead, {"complained": YES})
    version = records.get(store, OFFICE, "leads", lead)["version"]
    records.delete(store, OFFICE, "leads", {lead: version}, reason="重复登记")
    assert open_questions(store, home) == [("complained", None, "leads")]


def test_fact_backed_by_another_case_is_not_doubted(store: Store, home: str) -> None:
    first, second = lead_about(store, home), lead_about(store, home)
    conclude(store, first, {"complained": YES})
    conclude(store, second)
    take(store, first, "return")
    assert open_questions(store, home) == []


def test_step_foresees_what_it_will_ask(store: Store, home: str) -> None:
    lead = lead_about(store, home)
    row = records.get(store, OFFICE, "leads", lead)
    after = row | {"finding": "true", "verified_on": row["registered_at"].date()}
    (asked,) = fact_questions.asked_by_step(store, OFFICE, LEDGERS["leads"], row, after)
    assert (asked.fact, asked.value, asked.institution) == ("complained", True, home)
    conclude(store, lead, {"complained": YES})
    row = records.get(store, OFFICE, "leads", lead)
    back = row | {"verified_on": None}
    (asked,) = fact_questions.asked_by_step(store, OFFICE, LEDGERS["leads"], row, back)
    assert (asked.fact, asked.value) == ("complained", None)


def test_handing_people_to_the_police_proposes_suspected_crime(store: Store, home: str) -> None:
    values = {"institution": home, "measure": "涉嫌犯罪人员移交公安", "opened_on": "2026-05-20"}
    made = records.create(store, OFFICE, "dispositions", values | {"area_code": WEST_GRID})
    planned: dict[str, Any] = {"plan": "移交", "responsible": "李演示", "deadline": "2026-06-30"}
    take(store, made, "plan", ledger="dispositions", **planned)
    take(store, made, "start", ledger="dispositions")
    done: dict[str, Any] = {
        "done_on": "2026-05-21",
        "evidence": "已移交",
        "police_unit": "示例分局",
    }
    done["police_transfer_on"] = "2026-05-21"
    take(store, made, "submit", {"suspected_crime": YES}, ledger="dispositions", **done)
    row = institution(store, home)
    assert (row["suspected_crime"], row["tier"]) == (True, "4")
    take(store, made, "close", ledger="dispositions")
    take(store, made, "reopen", ledger="dispositions")
    assert open_questions(store, home) == [("suspected_crime", None, "dispositions")]


@pytest.mark.parametrize(("kind", "proposes"), [("求决", True), ("检举", True), ("建议", False)])
def test_petition_that_names_a_home_proposes_complained(
    store: Store, home: str, kind: str, proposes: bool
) -> None:
    petition_about(store, home, kind)
    expected = [("complained", True, "petitions")] if proposes else []
    assert open_questions(store, home) == expected


def test_keeping_asks_for_a_reason_and_nothing_else_is_proposed(store: Store, home: str) -> None:
    lead = lead_about(store, home)
    with pytest.raises(Invalid, match="“被投诉举报”保持不变，请填写理由"):
        conclude(store, lead, {"complained": Answer(keep=True)})
    with pytest.raises(Invalid, match="线索不涉及机构事实“纳入黑名单”"):
        conclude(store, lead, {"blacklisted": YES})
    assert records.get(store, OFFICE, "leads", lead)["state"] == "verifying"


def test_answering_needs_the_right_the_version_and_an_open_question(
    store: Store, home: str
) -> None:
    conclude(store, lead_about(store, home))
    (asked,) = fact_questions.asked_of(store, OFFICE, home)
    version = institution(store, home)["version"]
    with pytest.raises(Refused):
        answer_fact(store, WORKER, [asked], version, YES)
    with pytest.raises(Conflict):
        answer_fact(store, OFFICE, [asked], version + 1, YES)
    answer_fact(store, OFFICE, [asked], version, YES)
    with pytest.raises(Invalid, match="已经处理过"):
        answer_fact(store, OFFICE, [asked], institution(store, home)["version"], YES)


def test_question_is_told_only_to_who_may_open_the_case(store: Store, home: str) -> None:
    conclude(store, lead_about(store, home))
    elsewhere = actor(Role.OFFICE_STAFF, EAST)
    assert fact_questions.asked_of(store, elsewhere, home) == ()


def test_existing_proposals_are_listed_with_their_tiers_and_change_nothing(
    store: Store, home: str
) -> None:
    """A petition is proposed only; a lead concluded true is counted by the rules already."""
    petition_about(store, home)
    before = institution(store, home)
    (would,) = would_move(store, OFFICE)
    assert (would.number, would.after, would.moves) == (home, 3, True)
    assert [type(one) for one in would.asked] == [Asked]
    assert institution(store, home) == before
    conclude(store, lead_about(store, home))
    (would,) = would_move(store, OFFICE)
    assert (would.before, would.after, len(would.asked)) == (3, 3, 2)


def test_one_answer_settles_all_cases_that_say_the_same(store: Store, home: str) -> None:
    conclude(store, lead_about(store, home))
    conclude(store, lead_about(store, home))
    asked = fact_questions.asked_of(store, OFFICE, home)
    assert len(asked) == 2
    answer_fact(store, OFFICE, asked, institution(store, home)["version"], KEEP)
    assert open_questions(store, home) == []
    assert institution(store, home)["complained"] is False
