"""线索: from registration to archive (DOMAIN §1B, §4). Informants are known to nobody who need
not know them."""

from __future__ import annotations

from ledger.domain.columns import OVERDUE_DAYS, Choice, Column, ColumnType, Ledger, Menu
from ledger.domain.proposals import Proposal, Sign
from ledger.domain.roles import Action, Role
from ledger.domain.usual_columns import DUE, HISTORICAL, NUMBER, REMARKS
from ledger.domain.workflow import lead_flow

T = ColumnType

SOURCE = (
    Choice("platform_12337", "12337平台", ("12337",)),
    Choice("report", "群众举报", ("举报",)),
    Choice("inspection", "排查发现", ("排查",)),
    Choice("petition", "信访转来", ("信访",)),
    Choice("market_regulator", "市场监管部门移交", ("市场监管",)),
    Choice("other", "其他"),
)
FRAUD_TYPE = (
    Choice("service", "养老服务"),
    Choice("project", "养老项目"),
    Choice("product", "养老产品"),
    Choice("house", "以房养老"),
    Choice("insurance", "养老保险"),
    Choice("assistance", "养老帮扶"),
)
FINDING = (
    Choice("true", "属实"),
    Choice("partly", "部分属实"),
    Choice("false", "不属实"),
)
STATE = (
    Choice("registered", "已登记"),
    Choice("verifying", "核查中"),
    Choice("verified", "已核查"),
    Choice("notified", "已通报"),
    Choice("disposing", "处置中"),
    Choice("answered", "已反馈"),
    Choice("closed", "已办结"),
    Choice("archived", "已归档"),
)

LEADS = Ledger(
    key="leads",
    label="线索",
    prefix="XS",
    title="matter",
    workflow=lead_flow.LEADS,
    dated="registered_at",
    closed="closed_on",
    effects=("ledger.casework.case_facts:follow_leads", "ledger.records.recounting:judge_by_leads"),
    # Sent back or reopened, its conclusion holds no longer: verified_on is cleared.
    proposes=(
        Proposal(
            "complained",
            "线索核查属实或部分属实",
            (Sign("finding", ("true", "partly")), Sign("verified_on")),
        ),
    ),
    may={
        Action.CREATE: (Role.GRID_WORKER, Role.VILLAGE_STAFF),
        Action.ACKNOWLEDGE: (Role.LEADER,),
    },
    menu=Menu("flag", 30),
    shown=(
        "state",
        "due_on",
        OVERDUE_DAYS,
        "due_label",
        "registered_at",
        "source",
        "fraud_type",
        "major",
        "institution_name",
        "area_code",
        "handler",
        "finding",
    ),
    beside=("state", "matter"),
    begins=(
        *("registered_at", "source", "fraud_type", "matter", "major", "institution", "area_code"),
        *("suspect", "informant", "informant_phone"),
    ),
    columns=(
        NUMBER,
        Column("state", "办理状态", T.CHOICE, STATE, computed=True, brought=True),
        Column("registered_at", "登记时间", T.MOMENT, required=True, happened=True),
        Column("source", "线索来源", T.CHOICE, SOURCE, required=True),
        Column("source_number", "来源文号", length=80),
        Column("fraud_type", "诈骗类型", T.CHOICE, FRAUD_TYPE),
        Column("matter", "线索内容", T.LONG_TEXT, length=2000, required=True),
        Column("major", "重大线索", T.TRI, help="重大线索须立即报告镇(街道)主要负责人"),
        Column("institution", "涉及机构编号", T.REFERENCE, refers="institutions"),
        Column("institution_name", "涉及机构", computed=True, length=120),
        Column("suspect", "涉及人员", length=60, sensitivity="protected"),
        Column("amount", "涉及金额", T.MONEY, unit="元", minimum=0, maximum=1e12, watched=True),
        Column(
            "people", "涉及人数", T.INTEGER, unit="人", minimum=0, maximum=10_000_000, watched=True
        ),
        Column("area_code", "所属区域", T.AREA, length=40, required=True, group="位置"),
        Column("informant", "举报人", length=60, sensitivity="protected", group="举报人"),
        Column(
            "informant_phone",
            "举报人电话",
            T.PHONE,
            length=40,
            sensitivity="protected",
            group="举报人",
        ),
        Column("lead_official", "包案领导", length=60, official=True, group="办理"),
        Column("handler", "承办人", length=60, official=True, group="办理"),
        Column("verification_started_on", "开始核查日期", T.DATE, group="办理", happened=True),
        Column("verified_on", "核查完成日期", T.DATE, group="办理", happened=True),
        Column("finding", "核查结论", T.CHOICE, FINDING, group="办理"),
        Column("verification", "核查情况", T.LONG_TEXT, length=2000, group="办理"),
        Column("reported_at", "报告主要负责人时间", T.MOMENT, group="办理", happened=True),
        Column("police_told_on", "通报公安机关日期", T.DATE, group="办理", happened=True),
        Column("replied_on", "反馈日期", T.DATE, group="办理", happened=True),
        Column("answer", "反馈内容", T.LONG_TEXT, length=2000, group="办理"),
        Column("closed_on", "办结日期", T.DATE, group="办理", happened=True),
        Column("reopened_on", "重新办理日期", T.DATE, computed=True, group="办理"),
        Column("acknowledged_at", "领导签收时间", T.MOMENT, computed=True, group="办理"),
        Column("acknowledged_by", "签收人", length=80, computed=True, group="办理"),
        *DUE,
        HISTORICAL,
        REMARKS,
    ),
)
