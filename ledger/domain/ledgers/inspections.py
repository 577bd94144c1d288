"""排查走访: one visit to one place, with what was seen and heard (DOMAIN §1A, checklist).

The checklist is the institution's own facts: a visit states them anew, "as of" its day, and the
institution is judged by them. What was not asked stays blank and changes nothing.
"""

from __future__ import annotations

from dataclasses import replace

from ledger.domain.columns import OVERDUE_DAYS, Choice, Column, ColumnType, Ledger, Lookup, Menu
from ledger.domain.ledgers.institutions import INSTITUTIONS
from ledger.domain.roles import Action, Role
from ledger.domain.usual_columns import DUE, HISTORICAL, NUMBER, PLACEMENT, POSITION, REMARKS

T = ColumnType

RESULT = (
    Choice("sound", "未发现问题"),
    Choice("problem", "发现问题", ("有问题",)),
    Choice("refused", "拒绝检查"),
    Choice("closed", "已关停或人去楼空", ("关停",)),
)

# What an inspector asks on the spot, in the order of the plan.
CHECKLIST_KEYS = (
    "filing",
    "beds",
    "residents",
    "marketing",
    "charging",
    "affiliates",
    "prepaid_service_fee",
    "prepaid_deposit",
    "prepaid_membership",
    "prepaid_people",
    "prepaid_months",
    "monthly_bed_fee",
    "max_deposit",
    "prepaid_use",
    "custody",
    "net_fixed_assets",
    "assets_cover_debts",
    "stable_operation",
    "promised_returns",
    "rapid_expansion",
    "frequent_changes",
    "prosecuted",
    "complained",
    "blacklisted",
    "suspected_crime",
    "public_attention",
    "residents_interviewed",
    "risk_told",
)
CHECKLIST = tuple(
    replace(INSTITUTIONS.by_key[key], group="检查清单", fact=False) for key in CHECKLIST_KEYS
)

INSPECTIONS = Ledger(
    key="inspections",
    label="排查走访",
    prefix="PC",
    title="institution_name",
    geometry="point",
    dated="inspected_on",
    effects=(
        "ledger.casework.visit_facts:state_facts",
        "ledger.records.recounting:judge_by_inspections",
    ),
    may={
        Action.CREATE: (Role.GRID_WORKER, Role.VILLAGE_STAFF),
        Action.EDIT: (Role.GRID_WORKER, Role.VILLAGE_STAFF),
    },
    listed_for=(Role.GRID_WORKER, Role.LEADER),
    menu=Menu("checklist", 20),
    shown=(
        "inspected_on",
        "round",
        "result",
        "findings",
        "rectify_by",
        "rectified_on",
        "due_on",
        OVERDUE_DAYS,
        "inspectors",
        "area_code",
        "institution",
    ),
    beside=("result", "findings"),
    lookups=(
        Lookup(("institution", "inspected_on")),
        Lookup(("deleted", "round")),
    ),
    begins=("findings", "rectify_by", "area_code"),
    columns=(
        NUMBER,
        Column("institution", "机构编号", T.REFERENCE, refers="institutions", required=True),
        Column("institution_name", "机构名称", computed=True, length=120),
        Column("round", "排查轮次", T.INTEGER, minimum=1, maximum=99, required=True),
        Column("inspected_on", "走访日期", T.DATE, required=True, happened=True),
        Column("inspectors", "走访人员", length=120, official=True, required=True),
        Column("result", "走访结果", T.CHOICE, RESULT, required=True),
        Column("findings", "发现的问题", T.LONG_TEXT, length=2000),
        Column("rectify_by", "整改期限", T.DATE),
        Column("rectified_on", "整改完成日期", T.DATE, happened=True),
        *CHECKLIST,
        *POSITION,
        Column("area_code", "所属区域", T.AREA, length=40, group="位置"),
        PLACEMENT,
        *DUE,
        HISTORICAL,
        REMARKS,
    ),
)
