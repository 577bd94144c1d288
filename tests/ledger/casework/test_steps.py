"""A lead, a petition and a disposition through their steps; what is missing is said."""

from __future__ import annotations

from typing import Any

import pytest

from ledger.casework import steps
from ledger.domain.access import Actor, Role
from ledger.domain.errors import Conflict, Invalid, Refused
from ledger.domain.ledgers import LEDGERS
from ledger.domain.workflow.disposition_flow import EVIDENCE
from ledger.domain.workflows import WORKFLOWS
from ledger.records import service as records
from ledger.storage import Store
from tests.ledger.conftest import WEST, WEST_GRID, WEST_VILLAGE, actor

WORKER = actor(Role.GRID_WORKER, WEST_GRID)
VILLAGE = actor(Role.VILLAGE_STAFF, WEST)
OFFICE = actor(Role.OFFICE_STAFF, WEST)
LEADER = actor(Role.LEADER, WEST)


class Case:
    """One record and the steps taken with it."""

    def __init__(self, store: Store, ledger: str, who: Actor, **values: Any) -> None:
        self.store, self.ledger = store, ledger
        self.id = records.create(store, who, ledger, values)

    @property
    def row(self) -> dict[str, Any]:
        return records.get(self.store, OFFICE, self.ledger, self.id)

    def take(self, who: Actor, step: str, reason: str = "", **values: Any) -> str:
        return steps.take_step(
            self.store,
            who,
            self.ledger,
            self.id,
            self.row["version"],
            step,
            values,
            reason=reason,
        )


@pytest.fixture
def lead(store: Store) -> Case:
    values = {
        "registered_at": "2026-05-20 09:00",
        "source": "群众举报",
        "matter": "高息揽储",
        "informant": "张测试",
        "informant_phone": "13800001234",
        "area_code": WEST_GRID,
    }
    return Case(store, "leads", WORKER, **values)


def test_lead_from_registration_to_archive_by_three_roles(lead: Case) -> None:
    assert lead.row["state"] == "registered"
    lead.take(VILLAGE, "verify", handler="李演示")
    lead.take(VILLAGE, "conclude", finding="属实", verification="现场核实，确有承诺回报")
    lead.take(OFFICE, "notify", reported_at="2026-05-21 10:00")
    lead.take(OFFICE, "answer", answer="已立案")
    lead.take(LEADER, "close")
    assert lead.take(OFFICE, "archive") == "archived"
    row = lead.row
    assert row["verified_on"] is not None
    assert row["closed_on"] is not None
    told = [e.reason for e in records.history(lead.store, OFFICE, "leads", lead.id)]
    assert told[:2] == ["归档", "办结"]


def test_refused_step_says_what_is_missing(lead: Case) -> None:
    with pytest.raises(Invalid, match="还不能“开始核查”，请先补齐：承办人"):
        lead.take(VILLAGE, "verify")
    assert lead.row["state"] == "registered"


def test_step_from_the_wrong_state_says_which_it_needs(lead: Case) -> None:
    with pytest.raises(Invalid, match="现为“已登记”，只有“已办结”的记录才能“归档”"):
        lead.take(OFFICE, "archive")


def test_step_of_another_role_is_refused(lead: Case) -> None:
    with pytest.raises(Refused, match="不能执行“开始核查”"):
        lead.take(LEADER, "verify", handler="李演示")


def test_true_lead_is_not_answered_before_the_principal_was_told(lead: Case) -> None:
    lead.take(VILLAGE, "verify", handler="李演示")
    lead.take(VILLAGE, "conclude", finding="属实", verification="属实")
    with pytest.raises(Invalid, match="报告主要负责人时间"):
        lead.take(OFFICE, "answer", answer="已核实")


def test_untrue_lead_is_answered_at_once(lead: Case) -> None:
    lead.take(VILLAGE, "verify", handler="李演示")
    lead.take(VILLAGE, "conclude", finding="不属实", verification="查无此事")
    assert lead.take(OFFICE, "answer", answer="查无此事") == "answered"


def test_step_changes_only_what_its_form_asks(lead: Case) -> None:
    with pytest.raises(Invalid, match="不能修改：线索内容"):
        lead.take(VILLAGE, "verify", handler="李演示", matter="改写线索")


def test_two_people_cannot_take_the_same_step(lead: Case) -> None:
    lead.take(VILLAGE, "verify", handler="李演示")
    with pytest.raises(Conflict):
        steps.take_step(lead.store, OFFICE, "leads", lead.id, 1, "verify", {"handler": "王"})


def test_informant_is_masked_and_sealed(lead: Case) -> None:
    row = lead.row
    columns = LEDGERS["leads"].by_key
    assert columns["informant"].format(row["informant"]) == "张**"
    assert columns["informant_phone"].format(row["informant_phone"]) == "138****1234"
    history = records.history(lead.store, OFFICE, "leads", lead.id)
    assert "张测试" not in str(history)
    assert "13800001234" not in str(history)


@pytest.mark.parametrize("measure", EVIDENCE)
def test_measure_is_not_closed_without_its_evidence(store: Store, measure: str) -> None:
    case = Case(
        store,
        "dispositions",
        OFFICE,
        measure=measure,
        opened_on="2026-05-20",
        area_code=WEST_VILLAGE,
    )
    case.take(OFFICE, "plan", plan="一案一策", responsible="李演示", deadline="2026-06-20")
    case.take(VILLAGE, "start")
    labels = [LEDGERS["dispositions"].label_of(key) for key in EVIDENCE[measure]]
    with pytest.raises(Invalid, match=labels[0]):
        case.take(VILLAGE, "submit", done_on="2026-06-01", evidence="已办")


def test_progress_without_figures_stays_on_the_history(store: Store) -> None:
    case = Case(
        store,
        "dispositions",
        OFFICE,
        measure="supervise",
        opened_on="2026-05-20",
        area_code=WEST_VILLAGE,
    )
    case.take(OFFICE, "plan", plan="一案一策", responsible="李演示", deadline="2026-06-20")
    case.take(VILLAGE, "start")
    case.take(VILLAGE, "progress", reason="第一次上门")
    newest = records.history(store, OFFICE, "dispositions", case.id)[0]
    assert (newest.action, newest.reason) == ("step", "登记进展：第一次上门")


def test_petition_with_extension_review_and_re_review(store: Store) -> None:
    case = Case(
        store,
        "petitions",
        VILLAGE,
        registered_on="2026-05-06",
        matter="退费难",
        kind="申诉求决",
        area_code=WEST_VILLAGE,
    )
    case.take(OFFICE, "transfer", responsible_unit="民政办")
    case.take(OFFICE, "accept", accepted_on="2026-05-10", acceptance_told_on="2026-05-12")
    with pytest.raises(Invalid, match="不能大于30"):
        case.take(LEADER, "extend", reason="复杂", extension_days=31, extension_approved_by="甲")
    case.take(LEADER, "extend", reason="复杂", extension_days=30, extension_approved_by="甲")
    case.take(OFFICE, "answer", answer="分期退还")
    with pytest.raises(Invalid, match="复查意见日期"):
        case.take(OFFICE, "ask_re_review")
    case.take(OFFICE, "ask_review")
    case.take(OFFICE, "review")
    case.take(OFFICE, "ask_re_review")
    case.take(OFFICE, "re_review")
    case.take(OFFICE, "rate", rating="基本满意")
    assert case.take(LEADER, "close") == "closed"


def test_urging_stays_on_the_record(lead: Case) -> None:
    steps.urge(lead.store, LEADER, "leads", lead.id, "请于三日内核查")
    newest = records.history(lead.store, OFFICE, "leads", lead.id)[0]
    assert (newest.action, newest.reason) == ("urge", "请于三日内核查")
    with pytest.raises(Refused):
        steps.urge(lead.store, WORKER, "leads", lead.id, "催")


@pytest.mark.parametrize("ledger_key", WORKFLOWS)
def test_every_workflow_speaks_of_declared_columns_and_states(ledger_key: str) -> None:
    ledger, workflow = LEDGERS[ledger_key], WORKFLOWS[ledger_key]
    states = set(ledger.by_key["state"].choice_labels)
    assert workflow.initial == ledger.initial_state
    reached = {workflow.initial}
    for step in workflow.steps:
        landed = {step.leads_to(source) for source in step.sources}
        assert {*step.sources, *landed} <= states, step.key
        assert {*step.asks, *step.fills, *step.clears} <= set(ledger.by_key), step.key
        reached |= landed
    assert reached == states, "a state that no step leads to"
