"""The steps of a measure towards a village: proposed, issued by a leader, answered, checked."""

from __future__ import annotations

from ledger.domain.workflow.flow import (
    LEADERS,
    OFFICE,
    OFFICE_OR_LEADER,
    VILLAGE,
    Further,
    Step,
    Workflow,
)

# A correction has a day by which, and a day on which it was done; a notice or a talk has not.
_BY = Further("kind", ("correction",), ("correct_by",), fills=True)
_DONE = Further("kind", ("correction",), ("corrected_on",), fills=True)

MEASURES = Workflow(
    ledger="measures",
    initial="proposed",
    final=frozenset({"closed", "refused"}),
    steps=(
        Step(
            "approve",
            "批准下达",
            ("proposed",),
            "issued",
            LEADERS,
            asks=("correct_by", "responsible"),
            stamps=("issued_on",),
            further=(_BY,),
        ),
        Step("refuse", "不予采取", ("proposed",), "refused", LEADERS, reason=True),
        Step(
            "follow",
            "登记跟进",
            ("issued",),
            "issued",
            OFFICE,
            asks=("follow_up",),
            demands=("follow_up",),
        ),
        Step(
            "answer",
            "回复",
            ("issued",),
            "answered",
            VILLAGE,
            asks=("answer", "corrected_on"),
            demands=("answer",),
            further=(_DONE,),
        ),
        # A correction that did not hold runs on: what was given as its end is taken back.
        Step(
            "return",
            "退回继续整改",
            ("answered",),
            "issued",
            OFFICE_OR_LEADER,
            asks=("correct_by",),
            clears=("corrected_on",),
            reason=True,
        ),
        Step(
            "close",
            "核查销号",
            ("answered",),
            "closed",
            OFFICE_OR_LEADER,
            asks=("result", "follow_up", "corrected_on"),
            demands=("result",),
            stamps=("closed_on",),
            further=(_DONE,),
        ),
        Step(
            "reopen",
            "重新下达",
            ("closed",),
            "issued",
            LEADERS,
            asks=("correct_by",),
            clears=("corrected_on", "result", "closed_on"),
            reason=True,
        ),
    ),
)
