"""村(社区)考评措施: a notice, a talk or a correction by a date, and what followed (DOMAIN §1B)."""

from __future__ import annotations

from ledger.domain.columns import OVERDUE_DAYS, Choice, Column, ColumnType, Ledger, Menu
from ledger.domain.roles import Action, Role
from ledger.domain.usual_columns import DUE, NUMBER, REMARKS
from ledger.domain.workflow import measure_flow

T = ColumnType

KIND = (
    Choice("notice", "通报"),
    Choice("talk", "约谈"),
    Choice("correction", "限期整改", ("整改",)),
)
RESULT = (
    Choice("done", "已整改到位", ("到位",)),
    Choice("partly", "部分整改"),
    Choice("not_done", "未整改到位"),
)
STATE = (
    Choice("proposed", "待批准"),
    Choice("issued", "已下达"),
    Choice("answered", "已回复待核查"),
    Choice("closed", "已销号"),
    Choice("refused", "不予采取"),
)

MEASURES = Ledger(
    key="measures",
    label="村(社区)考评措施",
    prefix="KP",
    title="matter",
    workflow=measure_flow.MEASURES,
    dated="proposed_on",
    closed="closed_on",
    may={
        Action.CREATE: (Role.LEADER,),
        Action.EVIDENCE: (Role.VILLAGE_STAFF,),
    },
    menu=Menu("assignment_late", 70, "考评措施"),
    shown=(
        "state",
        "kind",
        "area_code",
        "period",
        "points",
        "due_on",
        OVERDUE_DAYS,
        "due_label",
        "proposed_on",
        "issued_on",
        "correct_by",
        "follow_up",
        "result",
    ),
    begins=("period", "points", "responsible", "correct_by"),
    columns=(
        NUMBER,
        Column("state", "办理状态", T.CHOICE, STATE, computed=True),
        Column("kind", "措施", T.CHOICE, KIND, required=True),
        Column(
            "area_code",
            "村(社区)",
            T.AREA,
            length=40,
            required=True,
            synonyms=("所属区域",),
            help="被考评的村(社区)",
        ),
        Column("period", "考评周期", length=40, help="例如 2026年10月、2026年第3季度"),
        Column("points", "考评得分", T.NUMBER, unit="分", minimum=-10_000, maximum=10_000),
        Column("matter", "事由", T.LONG_TEXT, length=1000, required=True),
        Column("proposed_on", "提出日期", T.DATE, required=True, happened=True),
        Column("issued_on", "下达日期", T.DATE, group="办理", happened=True),
        Column(
            "responsible",
            "责任人",
            length=60,
            official=True,
            help="包案领导或村(社区)负责人",
            group="办理",
        ),
        Column("correct_by", "整改期限", T.DATE, group="办理", help="限期整改必须写明"),
        Column("answer", "村(社区)回复", T.LONG_TEXT, length=2000, group="办理"),
        Column("corrected_on", "整改完成日期", T.DATE, group="办理", happened=True),
        Column("follow_up", "跟进情况", T.LONG_TEXT, length=2000, group="办理"),
        Column("result", "核查结果", T.CHOICE, RESULT, group="办理"),
        Column("closed_on", "销号日期", T.DATE, computed=True, group="办理"),
        *DUE,
        REMARKS,
    ),
)
