"""处置: what a confirmed tier or a lead demands, one measure a record, closed with evidence."""

from __future__ import annotations

from ledger.domain.columns import OVERDUE_DAYS, Choice, Column, ColumnType, Ledger, Lookup, Menu
from ledger.domain.ledgers.institutions import TIER_CHOICES
from ledger.domain.proposals import Proposal, Sign
from ledger.domain.roles import Action, Role
from ledger.domain.usual_columns import AREA, DUE, HISTORICAL, NUMBER, REMARKS
from ledger.domain.workflow import disposition_flow

T = ColumnType

MEASURE = (
    Choice("supervise", "正常日常监管"),
    Choice("guide", "提示引导规范运营"),
    Choice("spot_checks", "增加抽查频次"),
    Choice("monitor", "加强日常监测"),
    Choice("notify", "线索通报镇(街道)主要负责人和公安机关", ("线索通报",)),
    Choice("warn", "警示约谈"),
    Choice("rectify", "责令整改"),
    Choice("refund", "督促清退资金"),
    Choice("crackdown", "配合处非牵头部门、公安机关依法打击"),
    Choice("resettle", "老年人妥善安置"),
    Choice("relieve", "困难老年人救助"),
    Choice("transfer", "涉嫌犯罪人员移交公安"),
)
STATE = (
    Choice("open", "待办"),
    Choice("planned", "已定方案"),
    Choice("running", "办理中"),
    Choice("review", "待审核销号"),
    Choice("closed", "已销号"),
)

DISPOSITIONS = Ledger(
    key="dispositions",
    label="处置",
    prefix="CZ",
    title="institution_name",
    workflow=disposition_flow.DISPOSITIONS,
    dated="opened_on",
    closed="closed_on",
    effects=(
        "ledger.casework.case_facts:follow_dispositions",
        "ledger.records.recounting:judge_by_dispositions",
    ),
    # Reopened, it is done no longer: done_on is cleared.
    proposes=(
        Proposal(
            "suspected_crime",
            "涉嫌犯罪人员已移交公安",
            (Sign("measure", ("transfer",)), Sign("police_transfer_on"), Sign("done_on")),
        ),
    ),
    may={
        Action.EVIDENCE: (Role.VILLAGE_STAFF,),
    },
    menu=Menu("gavel", 40),
    shown=(
        "state",
        "measure",
        "due_on",
        OVERDUE_DAYS,
        "due_label",
        "tier",
        "area_code",
        "responsible",
        "lead_official",
        "opened_on",
        "refund_due",
        "refunded",
    ),
    beside=("state", "measure"),
    lookups=(Lookup(("institution",)),),
    begins=("institution", "lead", "tier", "deadline", "lead_official", "responsible"),
    columns=(
        NUMBER,
        Column("state", "办理状态", T.CHOICE, STATE, computed=True, brought=True),
        Column("institution", "机构编号", T.REFERENCE, refers="institutions"),
        Column("institution_name", "机构名称", computed=True, length=120),
        Column("lead", "线索编号", T.REFERENCE, refers="leads"),
        Column("tier", "依据等级", T.CHOICE, TIER_CHOICES),
        Column("measure", "处置措施", T.CHOICE, MEASURE, required=True),
        AREA,
        Column("opened_on", "立项日期", T.DATE, required=True, happened=True),
        Column("deadline", "办理期限", T.DATE),
        Column("planned_on", "方案确定日期", T.DATE, group="办理", happened=True),
        Column(
            "extension_days", "延期天数", T.INTEGER, unit="天", minimum=0, maximum=90, group="办理"
        ),
        Column("extension_approved_on", "延期批准日期", T.DATE, group="办理", happened=True),
        Column("lead_official", "包案领导", length=60, official=True),
        Column("responsible", "责任人", length=60, official=True),
        Column("plan", "处置方案(一案一策)", T.LONG_TEXT, length=2000, group="办理"),
        Column("done_on", "完成日期", T.DATE, group="办理", happened=True),
        Column("document_number", "文书编号", length=80, group="办理"),
        Column("evidence", "完成情况说明", T.LONG_TEXT, length=2000, group="办理"),
        Column(
            "refund_due", "应清退金额", T.MONEY, unit="元", minimum=0, maximum=1e12, group="办理"
        ),
        Column("refunded", "已清退金额", T.MONEY, unit="元", minimum=0, maximum=1e12, group="办理"),
        Column(
            "people_resettled",
            "已安置人数",
            T.INTEGER,
            unit="人",
            minimum=0,
            maximum=1_000_000,
            group="办理",
        ),
        Column("police_transfer_on", "移交公安日期", T.DATE, group="办理", happened=True),
        Column("police_unit", "接收单位", length=80, group="办理"),
        Column(
            "closed_on",
            "销号日期",
            T.DATE,
            computed=True,
            brought=True,
            group="办理",
            happened=True,
        ),
        Column("reopened_on", "重新立项日期", T.DATE, computed=True, group="办理"),
        # What figures and ratings count by (ledger.records.clock_outcomes).
        Column(
            "close_due_on",
            "办理期限(含延期)",
            T.DATE,
            computed=True,
            derived=True,
            group="办理时效",
        ),
        Column("closed_in_time", "按期销号", T.TRI, computed=True, derived=True, group="办理时效"),
        Column("due_note", "期限备注", length=200, computed=True, derived=True, group="办理时效"),
        *DUE,
        HISTORICAL,
        REMARKS,
    ),
)
