"""信访事项: matters and places under the legal clock (信访工作条例). Never by person: who
petitions is protected, and nothing lists, groups or counts by them."""

from __future__ import annotations

from ledger.domain.columns import OVERDUE_DAYS, Choice, Column, ColumnType, Ledger, Lookup, Menu
from ledger.domain.proposals import Proposal, Sign
from ledger.domain.roles import Action, Role
from ledger.domain.usual_columns import DUE, HISTORICAL, NUMBER, REMARKS
from ledger.domain.workflow import petition_flow

T = ColumnType

KIND = (
    Choice("request", "申诉求决", ("求决",)),
    Choice("suggestion", "意见建议", ("建议",)),
    Choice("report", "检举控告", ("检举", "控告")),
)
CHANNEL = (
    Choice("letter", "来信", ("信件", "信")),
    Choice("visit", "来访", ("走访",)),
    Choice("online", "网上信访", ("网上", "网络")),
    Choice("phone", "电话"),
    Choice("fax", "传真"),
)
FIELD = (
    Choice("construction", "城乡建设和自然资源", ("城乡建设", "自然资源")),
    Choice("labour", "人力资源社会保障", ("人社",)),
    Choice("agriculture", "农业农村"),
    Choice("finance", "集资融资"),
    Choice("justice", "涉法涉诉"),
    Choice("other", "其他"),
)
# Article 31: by which way a request is settled. Only the last one has the 60 days of article 34.
WAY = (
    Choice("court", "诉讼、检察、公安法律程序", ("诉讼", "涉法涉诉")),
    Choice("arbitration", "仲裁"),
    Choice("discipline", "党员申诉、申请复审", ("党员申诉",)),
    Choice("administrative", "行政复议、裁决等行政程序", ("行政复议", "行政裁决")),
    Choice("duty", "查处违法、履行法定职责", ("履行职责",)),
    Choice("opinion", "信访处理意见", ("信访程序", "信访")),
)
RATING = (
    Choice("satisfied", "满意"),
    Choice("basic", "基本满意"),
    Choice("dissatisfied", "不满意"),
)
STATE = (
    Choice("registered", "已登记"),
    Choice("transferred", "已转送交办"),
    Choice("accepted", "已受理"),
    Choice("refused", "不予受理"),
    Choice("answered", "已答复"),
    Choice("in_review", "复查中"),
    Choice("in_re_review", "复核中"),
    Choice("closed", "已办结"),
)

PETITIONS = Ledger(
    key="petitions",
    label="信访事项",
    prefix="XF",
    title="matter",
    workflow=petition_flow.PETITIONS,
    dated="registered_on",
    effects=(
        "ledger.records.returns:note_returns",
        "ledger.casework.case_facts:follow_petitions",
        "ledger.records.recounting:judge_by_petitions",
    ),
    proposes=(
        Proposal(
            "complained",
            "信访事项涉及该机构",
            (Sign("kind", ("suggestion",), unless=True), Sign("refused_on", unless=True)),
        ),
    ),
    may={
        Action.CREATE: (Role.GRID_WORKER, Role.VILLAGE_STAFF),
        Action.EDIT: (Role.VILLAGE_STAFF,),
    },
    menu=Menu("forum", 50),
    shown=(
        "state",
        "due_on",
        OVERDUE_DAYS,
        "due_label",
        "legal_due_on",
        "registered_on",
        "channel",
        "field",
        "repeat",
        "people",
        "elder_care",
        "area_code",
        "responsible_unit",
    ),
    beside=("state", "matter"),
    begins=(
        *("registered_on", "matter", "channel", "repeat", "people", "field", "institution"),
        *("area_code", "petitioner", "petitioner_phone"),
    ),
    lookups=(
        Lookup(("earlier",)),
        # Figures are read from these alone: one for each day that a figure's period speaks of, and
        # in it everything that its figures ask.
        *(
            Lookup(("deleted", *columns.split(), "lead_official"), name)
            for name, columns in {
                "registered": "registered_on area_path channel field kind repeat people",
                "acceptance": "acceptance_due_on area_path accepted_in_time",
                "reply": "reply_due_on area_path replied_in_time",
                "finished": (
                    "finished_on area_path registered_on state kind repeat rating returned_on "
                    "transferred_on acceptance_told_on accepted_on"
                ),
            }.items()
        ),
    ),
    columns=(
        NUMBER,
        Column("state", "办理状态", T.CHOICE, STATE, computed=True, brought=True),
        Column("registered_on", "登记日期", T.DATE, required=True, happened=True),
        Column("matter", "信访事项", T.LONG_TEXT, length=2000, required=True),
        Column("kind", "事项类别", T.CHOICE, KIND),
        Column("channel", "信访渠道", T.CHOICE, CHANNEL),
        Column("repeat", "是否重访", T.TRI),
        Column("earlier", "前次事项编号", T.REFERENCE, refers="petitions"),
        Column("people", "人数", T.INTEGER, unit="人", minimum=1, maximum=1_000_000, watched=True),
        Column("field", "所属领域", T.CHOICE, FIELD),
        Column("elder_care", "涉及养老服务", T.TRI),
        Column("institution", "涉及机构编号", T.REFERENCE, refers="institutions"),
        Column("institution_name", "涉及机构", computed=True, length=120),
        Column("area_code", "所属区域", T.AREA, length=40, required=True, help="事项发生地"),
        Column("petitioner", "信访人", length=60, sensitivity="protected", group="信访人"),
        Column(
            "petitioner_phone",
            "信访人电话",
            T.PHONE,
            length=40,
            sensitivity="protected",
            group="信访人",
        ),
        Column("lead_official", "包案领导", length=60, official=True, group="办理"),
        Column("responsible_unit", "责任单位", length=80, group="办理", suggested=True),
        Column("responded_on", "首次响应日期", T.DATE, group="办理", happened=True),
        Column("contact_slip_on", "联系单下达日期", T.DATE, group="办理", happened=True),
        Column("village_checked_on", "村(社区)核实日期", T.DATE, group="办理", happened=True),
        Column("transferred_on", "转送交办日期", T.DATE, group="办理", happened=True),
        Column("received_on", "责任单位收到日期", T.DATE, group="办理", happened=True),
        Column("objected_on", "提出异议日期", T.DATE, group="办理", happened=True),
        Column("accepted_on", "受理日期", T.DATE, group="办理", happened=True),
        Column("refused_on", "不予受理日期", T.DATE, group="办理", happened=True),
        Column("acceptance_told_on", "受理告知日期", T.DATE, group="办理", happened=True),
        Column(
            "way",
            "办理途径",
            T.CHOICE,
            WAY,
            group="办理",
            help="第三十一条；不填的，涉法涉诉按法律程序，其他按信访处理意见计时",
        ),
        Column(
            "extension_days",
            "延期天数",
            T.INTEGER,
            unit="天",
            minimum=0,
            maximum=30,
            group="办理",
            help="经批准最多延长30日(第三十四条)",
        ),
        Column("extension_approved_on", "延期批准日期", T.DATE, group="办理", happened=True),
        Column("extension_approved_by", "延期批准人", length=60, official=True, group="办理"),
        Column("finished_on", "答复日期", T.DATE, group="办理", happened=True),
        Column("answer", "处理意见", T.LONG_TEXT, length=2000, group="办理"),
        Column("reply_received_on", "信访人收到答复日期", T.DATE, group="复查复核", happened=True),
        Column("review_requested_on", "申请复查日期", T.DATE, group="复查复核", happened=True),
        Column("review_hearing_from", "复查听证开始日期", T.DATE, group="复查复核", happened=True),
        Column("review_hearing_to", "复查听证结束日期", T.DATE, group="复查复核", happened=True),
        Column("review_opinion_on", "复查意见日期", T.DATE, group="复查复核", happened=True),
        Column("review_received_on", "收到复查意见日期", T.DATE, group="复查复核", happened=True),
        Column("rereview_requested_on", "申请复核日期", T.DATE, group="复查复核", happened=True),
        Column(
            "rereview_hearing_from", "复核听证开始日期", T.DATE, group="复查复核", happened=True
        ),
        Column("rereview_hearing_to", "复核听证结束日期", T.DATE, group="复查复核", happened=True),
        Column("rereview_opinion_on", "复核意见日期", T.DATE, group="复查复核", happened=True),
        Column("rating", "群众评价", T.CHOICE, RATING, group="办理"),
        Column(
            "closed_on",
            "办结日期",
            T.DATE,
            computed=True,
            brought=True,
            group="办理",
            happened=True,
        ),
        Column("reopened_on", "重新办理日期", T.DATE, computed=True, group="办理"),
        # What figures count by (ledger.records.clock_outcomes, ledger.records.returns).
        Column(
            "acceptance_due_on",
            "受理告知期限",
            T.DATE,
            computed=True,
            derived=True,
            group="办理时效",
        ),
        Column(
            "accepted_in_time", "按期告知受理", T.TRI, computed=True, derived=True, group="办理时效"
        ),
        Column(
            "reply_due_on", "办结答复期限", T.DATE, computed=True, derived=True, group="办理时效"
        ),
        Column("replied_in_time", "按期答复", T.TRI, computed=True, derived=True, group="办理时效"),
        Column(
            "returned_on",
            "答复后再次信访日期",
            T.DATE,
            computed=True,
            derived=True,
            group="办理时效",
            help="同一事项在答复之后又来登记的最早一次",
        ),
        Column("due_note", "期限备注", length=200, computed=True, derived=True, group="办理时效"),
        Column("legal_due_on", "最近法定期限", T.DATE, computed=True, derived=True),
        *DUE,
        HISTORICAL,
        REMARKS,
    ),
)
