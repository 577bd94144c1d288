"""养老服务机构(场所): what a campaign inspects, licensed or not.

Facts follow the campaign plan (DOMAIN §1A) and the national opinion on prepaid fees of 2024
(DOMAIN §3). Only the name is required: unlicensed places without a credit code are normal.
The legal representative and the phone are those a firm publishes in the business register, so
they are internal rather than protected.
"""

from __future__ import annotations

from ledger.domain.columns import Choice, Column, ColumnType, Ledger, Lookup, Menu
from ledger.domain.roles import Action, Role
from ledger.domain.usual_columns import NUMBER, PLACEMENT, POSITION, REMARKS

T = ColumnType

FILING = (
    Choice("licensed", "已许可", ("许可", "有许可证")),
    Choice("filed", "已备案", ("备案",)),
    Choice("none", "未许可未备案", ("未备案", "无证无照", "未许可", "无证", "无")),
)
PREPAID_USE = (
    Choice("none", "未预收", ("无预收", "不预收", "没有预收", "无")),
    Choice("facility_gap", "弥补设施建设资金不足", ("弥补建设资金",)),
    Choice("operation", "日常运营", ("运营",)),
    Choice("irregular", "使用不规范", ("不规范",)),
)
TIER_CHOICES = (
    Choice("1", "一类", ("一级", "I")),
    Choice("2", "二类", ("二级", "II")),
    Choice("3", "三类", ("三级", "III")),
    Choice("4", "四类", ("四级", "IV")),
)

RISK_FACTS = "风险事实"


def _tri(key: str, label: str, help: str = "", worse: str = "yes") -> Column:
    return Column(key, label, T.TRI, fact=True, group=RISK_FACTS, help=help, worse=worse)


# What offices call these columns.
RESIDENTS = ("入住老人", "入住人数", "入住老年人数", "在住老人数", "现入住老人数")
PHONES = ("联系方式", "电话", "手机", "联系人电话", "负责人电话", "负责人联系方式")


def _money(key: str, label: str, help: str = "", worse: str = "higher") -> Column:
    return Column(
        key,
        label,
        T.MONEY,
        unit="元",
        minimum=0,
        maximum=1e12,
        fact=True,
        group="预收费",
        help=help,
        watched=True,
        worse=worse,
    )


def _count(
    key: str,
    label: str,
    unit: str,
    maximum: float,
    group: str,
    synonyms: tuple[str, ...] = (),
    worse: str = "",
) -> Column:
    return Column(
        key,
        label,
        T.INTEGER,
        unit=unit,
        minimum=0,
        maximum=maximum,
        fact=True,
        group=group,
        synonyms=synonyms,
        watched=True,
        worse=worse,
    )


INSTITUTIONS = Ledger(
    key="institutions",
    label="养老服务机构(场所)",
    prefix="YL",
    geometry="point",
    judged=True,
    may={
        Action.CREATE: (Role.VILLAGE_STAFF,),
        Action.EDIT: (Role.VILLAGE_STAFF,),
    },
    listed_for=(Role.GRID_WORKER, Role.LEADER),
    menu=Menu("apartment", 10, "养老服务机构"),
    shown=(
        "kind",
        "filing",
        "area_code",
        "beds",
        "residents",
        "prepaid_use",
        "assets_cover_debts",
        "suspected_crime",
        "address",
        "updated_at",
    ),
    begins=(
        *("name", "kind", "filing", "address", "lon", "lat", "area_code"),
        *("beds", "residents", "phone"),
    ),
    peers="kind",
    lookups=(Lookup(("credit_code",)),),
    effects=("ledger.records.recounting:judge_changed",),
    columns=(
        NUMBER,
        Column("name", "机构名称", required=True, length=120, synonyms=("名称", "机构(场所)名称")),
        Column("tier", "风险等级", T.CHOICE, TIER_CHOICES, computed=True),
        Column("kind", "机构类型", length=60, synonyms=("类型",), fact=True, suggested=True),
        Column("operator", "运营主体", length=120, synonyms=("运营单位", "经营主体")),
        Column(
            "filing",
            "许可备案情况",
            T.CHOICE,
            FILING,
            fact=True,
            synonyms=("备案情况",),
            worse="licensed, filed < none",
        ),
        Column("credit_code", "统一社会信用代码", T.CREDIT_CODE, length=18, synonyms=("信用代码",)),
        Column("legal_representative", "法定代表人", length=60, synonyms=("法人", "负责人")),
        Column("address", "地址", length=200, group="位置", synonyms=("注册地址", "详细地址")),
        *POSITION,
        Column(
            "area_code",
            "所属区域",
            T.AREA,
            length=40,
            group="位置",
            synonyms=("所属网格", "所属村", "村(社区)"),
            help="有坐标时自动归入网格；没有坐标时请手工选择村(社区)",
        ),
        PLACEMENT,
        _count("beds", "床位数", "张", 100_000, "规模", ("床位", "核定床位", "核定床位数")),
        _count("residents", "入住老人数", "人", 100_000, "规模", RESIDENTS),
        Column("marketing", "营销方式", T.LONG_TEXT, length=500, group="经营方式"),
        Column("charging", "收费方式", T.LONG_TEXT, length=500, group="经营方式"),
        Column("affiliates", "关联公司", T.LONG_TEXT, length=500, group="经营方式"),
        _money("prepaid_service_fee", "预收养老服务费"),
        _money("prepaid_deposit", "押金"),
        _money("prepaid_membership", "会员费"),
        _count("prepaid_people", "预收涉及人数", "人", 1_000_000, "预收费", worse="higher"),
        Column(
            "prepaid_months",
            "最长预收月数",
            T.NUMBER,
            unit="月",
            minimum=0,
            maximum=1200,
            fact=True,
            group="预收费",
            help="2024年国家意见：服务费最多预收12个月",
            worse="higher",
        ),
        # No fee is no limit of the deposit: neither a low fee nor a high one is worse.
        _money("monthly_bed_fee", "月床位费", worse="neither"),
        _money("max_deposit", "单人最高押金", "2024年国家意见：不超过月床位费的12倍"),
        Column(
            "prepaid_use",
            "预收资金用途",
            T.CHOICE,
            PREPAID_USE,
            fact=True,
            group="预收费",
            synonyms=("资金用途", "预收费用途"),
            worse="none < operation, facility_gap < irregular",
        ),
        Column("custody", "资金存管", T.TRI, fact=True, group="预收费", worse="no"),
        _money("net_fixed_assets", "固定资产净额", worse="lower"),
        _tri("assets_cover_debts", "资可抵债", worse="no"),
        _tri("stable_operation", "运营平稳", worse="no"),
        _tri("promised_returns", "承诺回报", "2024年10月1日起禁止"),
        _tri("rapid_expansion", "扩张过快"),
        _tri("frequent_changes", "频繁变更", "法定代表人或注册地址频繁变更"),
        _tri("prosecuted", "负责人因经济犯罪被诉"),
        _tri("complained", "被投诉举报"),
        _tri("blacklisted", "纳入黑名单"),
        _tri("suspected_crime", "涉嫌犯罪", "涉嫌非法集资、诈骗等犯罪"),
        _tri("public_attention", "不良影响或重大舆情"),
        Column("risk_told", "已告知风险", T.TRI, fact=True, group="走访老人", worse="no"),
        Column(
            "residents_interviewed",
            "走访老人数",
            T.INTEGER,
            unit="人",
            minimum=0,
            maximum=100_000,
            fact=True,
            group="走访老人",
        ),
        Column("phone", "联系电话", T.PHONE, length=40, sensitivity="internal", synonyms=PHONES),
        REMARKS,
        Column("tier_computed", "规则判定等级", T.CHOICE, TIER_CHOICES, computed=True),
        Column("at_most", "最高可能等级", T.CHOICE, TIER_CHOICES, computed=True),
        Column("tier_reason", "判定依据", T.LONG_TEXT, computed=True),
        Column("tier_confirmed", "已确认等级", T.CHOICE, TIER_CHOICES, computed=True),
        Column("last_inspected_on", "最近走访日期", T.DATE, computed=True, derived=True),
        Column("due_on", "下次走访期限", T.DATE, computed=True, derived=True),
        Column("due_label", "期限事项", length=200, computed=True, derived=True),
        Column("tier_override", "人工调整等级", T.CHOICE, TIER_CHOICES, computed=True),
        Column("override_reason", "人工调整理由", T.LONG_TEXT, computed=True),
    ),
)
