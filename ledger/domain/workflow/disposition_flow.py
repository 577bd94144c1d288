"""The steps of a disposition: 待办 → 定方案 → 办理 → 审核 → 销号."""

from __future__ import annotations

from collections.abc import Mapping

from ledger.domain.workflow.flow import (
    LEADERS,
    OFFICE_OR_LEADER,
    VILLAGE,
    Further,
    Sign,
    Step,
    Workflow,
)

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
_PROVEN = tuple(Further("measure", (measure,), keys) for measure, keys in EVIDENCE.items())

DISPOSITIONS = Workflow(
    ledger="dispositions",
    initial="open",
    final=frozenset({"closed"}),
    ended_by="done_on",
    signs=(
        Sign("closed", "closed_on"),
        Sign("review", "done_on"),
        Sign("planned", "planned_on"),
    ),
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
            further=_PROVEN,
        ),
        Step("return", "退回补办", ("review",), "running", OFFICE_OR_LEADER, reason=True),
        Step(
            "close",
            "审核销号",
            ("review",),
            "closed",
            OFFICE_OR_LEADER,
            demands=("done_on", "evidence"),
            further=_PROVEN,
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
