"""The steps of a lead (campaign plan B).

登记 → 核查 → 属实/部分属实/不属实 → 通报 → 处置 → 反馈 → 办结 → 归档.
"""

from __future__ import annotations

from ledger.domain.workflow.flow import (
    LEADERS,
    OFFICE,
    OFFICE_OR_LEADER,
    STAYS,
    VILLAGE,
    Further,
    Sign,
    Step,
    Workflow,
)

LEADS = Workflow(
    ledger="leads",
    initial="registered",
    final=frozenset({"archived"}),
    # 归档 only puts a lead away.
    over=frozenset({"closed", "archived"}),
    ended_by="replied_on",
    signs=(
        Sign("closed", "closed_on"),
        Sign("answered", "replied_on"),
        Sign("verified", "verified_on"),
        Sign("verifying", "verification_started_on"),
    ),
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
            # A lead that holds true goes to the principal before anybody is answered.
            further=(Further("finding", ("false",), ("reported_at",), unless=True),),
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
