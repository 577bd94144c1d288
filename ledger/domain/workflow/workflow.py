"""The steps a record can take: one table per ledger, and what each step demands.

What a step is says :mod:`ledger.domain.workflow.flow`.

线索 登记 → 核查 → 属实/部分属实/不属实 → 通报 → 处置 → 反馈 → 办结 → 归档 (campaign plan B);
处置 待办 → 定方案 → 办理 → 审核 → 销号;
信访 (:mod:`ledger.domain.workflow.petition_flow`) and 考评措施
(:mod:`ledger.domain.workflow.measure_flow`).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ledger.domain.columns import Ledger
from ledger.domain.workflow.flow import (
    LEADERS,
    OFFICE,
    OFFICE_OR_LEADER,
    STAYS,
    VILLAGE,
    Step,
    Workflow,
)
from ledger.domain.workflow.measure_flow import CORRECTION, MEASURES
from ledger.domain.workflow.petition_flow import PETITIONS

LEADS = Workflow(
    ledger="leads",
    initial="registered",
    final=frozenset({"archived"}),
    steps=(
        Step(
            "verify",
            "开始核查",
            ("registered",),
            "verifying",
            VILLAGE,
            asks=("handler", "lead_official"),
            demands=("handler",),
            stamps=("verification_started_on",),
        ),
        Step(
            "conclude",
            "提交核查结论",
            ("verifying",),
            "verified",
            VILLAGE,
            asks=("finding", "verification", "institution", "suspect", "amount", "people"),
            demands=("finding", "verification"),
            stamps=("verified_on",),
        ),
        # The conclusion is taken back: the clock of the verification runs on.
        Step(
            "return",
            "退回重新核查",
            ("verified",),
            "verifying",
            OFFICE_OR_LEADER,
            clears=("verified_on",),
            reason=True,
        ),
        Step(
            "report",
            "报告主要负责人",
            ("registered", "verifying", "verified", "notified", "disposing", "answered"),
            STAYS,
            OFFICE,
            asks=("reported_at",),
            stamps=("reported_at",),
            waits_in=(),
            by_clock=True,
        ),
        Step(
            "notify",
            "通报",
            ("verified",),
            "notified",
            OFFICE,
            asks=("reported_at", "police_told_on"),
            demands=("reported_at",),
        ),
        Step(
            "dispose",
            "转入处置",
            ("notified",),
            "disposing",
            OFFICE,
            asks=("institution",),
            demands=("lead_official",),
        ),
        # A lead found untrue needs no disposition: it is answered and closed.
        Step(
            "answer",
            "反馈",
            ("verified", "notified", "disposing"),
            "answered",
            OFFICE,
            asks=("answer", "reported_at"),
            demands=("answer",),
            stamps=("replied_on",),
        ),
        Step("close", "办结", ("answered",), "closed", OFFICE_OR_LEADER, stamps=("closed_on",)),
        # Owed again from that day: what ended the matter before stands in the history only.
        Step(
            "reopen",
            "重新办理",
            ("answered", "closed"),
            "verifying",
            LEADERS,
            restamps=("reopened_on",),
            clears=("verified_on", "replied_on", "closed_on"),
            reason=True,
        ),
        Step("archive", "归档", ("closed",), "archived", OFFICE),
    ),
)

DISPOSITIONS = Workflow(
    ledger="dispositions",
    initial="open",
    final=frozenset({"closed"}),
    steps=(
        Step(
            "plan",
            "确定方案",
            ("open",),
            "planned",
            OFFICE_OR_LEADER,
            asks=("plan", "responsible", "lead_official", "deadline"),
            demands=("plan", "responsible", "deadline"),
            stamps=("planned_on",),
        ),
        Step("start", "开始办理", ("planned",), "running", VILLAGE),
        Step(
            "progress",
            "登记进展",
            ("running",),
            "running",
            VILLAGE,
            asks=("refund_due", "refunded", "people_resettled"),
            reason=True,
        ),
        Step(
            "submit",
            "申请销号",
            ("running",),
            "review",
            VILLAGE,
            asks=(
                "done_on",
                "document_number",
                "evidence",
                "refund_due",
                "refunded",
                "people_resettled",
                "police_transfer_on",
                "police_unit",
            ),
            demands=("done_on", "evidence"),
        ),
        Step("return", "退回补办", ("review",), "running", OFFICE_OR_LEADER, reason=True),
        Step(
            "close",
            "审核销号",
            ("review",),
            "closed",
            OFFICE_OR_LEADER,
            demands=("done_on", "evidence"),
            stamps=("closed_on",),
        ),
        # A plan is owed again, and with it a new deadline.
        Step(
            "reopen",
            "重新立项",
            ("closed",),
            "open",
            LEADERS,
            restamps=("reopened_on",),
            clears=(
                *("planned_on", "deadline", "done_on", "closed_on"),
                *("extension_days", "extension_approved_on"),
            ),
            reason=True,
        ),
    ),
)

WORKFLOWS: Mapping[str, Workflow] = {
    "leads": LEADS,
    "dispositions": DISPOSITIONS,
    "petitions": PETITIONS,
    "measures": MEASURES,
}

# What closing a measure demands besides a date and a note: the paper or figure that proves it.
EVIDENCE: Mapping[str, tuple[str, ...]] = {
    "notify": ("document_number",),
    "warn": ("document_number",),
    "rectify": ("document_number",),
    "refund": ("refund_due", "refunded"),
    "resettle": ("people_resettled",),
    "crackdown": ("police_unit",),
    "transfer": ("police_transfer_on", "police_unit"),
}


def fills(ledger_key: str, step: Step) -> tuple[str, ...]:
    """The columns that hold a value once a step is taken; of measures, those of a correction."""
    further = CORRECTION.get(step.key, ()) if ledger_key == "measures" else ()
    return (*step.fills, *further)


def missing(ledger: Ledger, step: Step, record: Mapping[str, Any]) -> tuple[str, ...]:
    """The labels of what a step still demands of a record (its own values merged in)."""
    demanded = list(step.demands)
    if ledger.key == "dispositions" and step.key in ("submit", "close"):
        demanded += EVIDENCE.get(str(record.get("measure")), ())
    if ledger.key == "leads" and step.key == "answer" and record.get("finding") != "false":
        # A lead that holds true goes to the principal before anybody is answered.
        demanded.append("reported_at")
    if ledger.key == "measures" and record.get("kind") == "correction":
        demanded += CORRECTION.get(step.key, ())
    return tuple(
        ledger.label_of(key)
        for key in dict.fromkeys(demanded)
        if record.get(key) is None or record.get(key) == ""
    )


__all__ = ["EVIDENCE", "WORKFLOWS", "Step", "Workflow", "fills", "missing"]
