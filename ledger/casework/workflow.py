"""The steps a record can take: one table per ledger, and what each step demands.

What a step is says :mod:`ledger.casework.flow`.

线索 登记 → 核查 → 属实/部分属实/不属实 → 通报 → 处置 → 反馈 → 办结 → 归档 (campaign plan B);
信访 登记 → 转送交办 → 受理 → 答复 → 复查 → 复核 → 办结 (信访工作条例 art. 22–36);
处置 待办 → 定方案 → 办理 → 审核 → 销号;
考评措施 提出 → 批准下达 → 回复 → 核查销号 (campaign plan B).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ledger.casework.flow import (
    LEADERS,
    OFFICE,
    OFFICE_OR_LEADER,
    VILLAGE,
    Step,
    Workflow,
)
from ledger.casework.measure_flow import CORRECTION, MEASURES
from ledger.columns import Ledger

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
        Step("return", "退回重新核查", ("verified",), "verifying", OFFICE_OR_LEADER, reason=True),
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
            asks=("answer",),
            demands=("answer",),
            stamps=("replied_on",),
        ),
        Step("close", "办结", ("answered",), "closed", OFFICE_OR_LEADER, stamps=("closed_on",)),
        Step("reopen", "重新办理", ("answered", "closed"), "verifying", LEADERS, reason=True),
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
        Step("reopen", "重新立项", ("closed",), "open", LEADERS, reason=True),
    ),
)

PETITIONS = Workflow(
    ledger="petitions",
    initial="registered",
    final=frozenset({"closed"}),
    steps=(
        Step(
            "transfer",
            "转送交办",
            ("registered",),
            "transferred",
            OFFICE,
            asks=("responsible_unit", "transferred_on", "received_on", "lead_official"),
            demands=("responsible_unit",),
            stamps=("transferred_on",),
        ),
        Step(
            "object",
            "异议退回",
            ("transferred",),
            "registered",
            VILLAGE,
            stamps=("objected_on",),
            reason=True,
        ),
        Step(
            "accept",
            "受理",
            ("registered", "transferred"),
            "accepted",
            OFFICE,
            asks=("accepted_on", "acceptance_told_on"),
            stamps=("accepted_on",),
        ),
        Step(
            "refuse",
            "不予受理",
            ("registered", "transferred"),
            "refused",
            OFFICE,
            asks=("acceptance_told_on",),
            demands=("acceptance_told_on",),
            reason=True,
        ),
        Step(
            "tell",
            "告知受理",
            ("accepted",),
            "accepted",
            VILLAGE,
            asks=("acceptance_told_on", "responded_on", "village_checked_on"),
            demands=("acceptance_told_on",),
        ),
        Step(
            "extend",
            "批准延期",
            ("accepted",),
            "accepted",
            LEADERS,
            asks=("extension_days", "extension_approved_by"),
            demands=("extension_days", "extension_approved_by"),
            stamps=("extension_approved_on",),
            reason=True,
        ),
        Step(
            "answer",
            "答复",
            ("accepted",),
            "answered",
            OFFICE,
            asks=("answer", "finished_on"),
            demands=("answer",),
            stamps=("finished_on",),
        ),
        Step(
            "ask_review",
            "申请复查",
            ("answered",),
            "in_review",
            OFFICE,
            asks=("review_requested_on",),
            stamps=("review_requested_on",),
        ),
        Step(
            "review",
            "出具复查意见",
            ("in_review",),
            "answered",
            OFFICE,
            asks=("review_opinion_on", "answer"),
            stamps=("review_opinion_on",),
        ),
        Step(
            "ask_re_review",
            "申请复核",
            ("answered",),
            "in_re_review",
            OFFICE,
            asks=("rereview_requested_on",),
            demands=("review_opinion_on",),
            stamps=("rereview_requested_on",),
        ),
        Step(
            "re_review",
            "出具复核意见",
            ("in_re_review",),
            "answered",
            OFFICE,
            asks=("rereview_opinion_on", "answer"),
            stamps=("rereview_opinion_on",),
        ),
        Step(
            "rate",
            "登记评价",
            ("answered",),
            "answered",
            OFFICE,
            asks=("rating",),
            demands=("rating",),
        ),
        Step(
            "close",
            "办结",
            ("answered", "refused"),
            "closed",
            OFFICE_OR_LEADER,
            stamps=("closed_on",),
        ),
        Step("reopen", "重新办理", ("closed",), "accepted", LEADERS, reason=True),
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


__all__ = ["EVIDENCE", "WORKFLOWS", "Step", "Workflow", "missing"]
