"""The steps of a disposition: 待办 → 定方案 → 办理 → 审核 → 销号."""

from __future__ import annotations

from ledger.domain.workflow.flow import LEADERS, OFFICE_OR_LEADER, VILLAGE, Step, Workflow

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
