"""宣传活动: from door to door and "point to point" to elders (DOMAIN §1B)."""

from __future__ import annotations

from ledger.domain.columns import Choice, Column, ColumnType, Ledger, Menu
from ledger.domain.roles import Action, Role
from ledger.domain.usual_columns import AREA, NUMBER, REMARKS

T = ColumnType

STAGE = (
    Choice("outreach", "入户宣传阶段", ("第一阶段",)),
    Choice("clean_up", "集中整治阶段", ("第二阶段",)),
    Choice("summing_up", "总结巩固阶段", ("第三阶段",)),
)
KIND = (
    Choice("visit", "入户走访", ("入户",)),
    Choice("lecture", "讲座", ("宣讲",)),
    Choice("brochure", "发放资料"),
    Choice("banner", "悬挂横幅", ("横幅",)),
    Choice("media", "广播或网络"),
    Choice("other", "其他"),
)

OUTREACH = Ledger(
    key="outreach",
    label="宣传活动",
    prefix="XC",
    title="place",
    dated="held_on",
    may={
        Action.CREATE: (Role.VILLAGE_STAFF,),
        Action.EDIT: (Role.VILLAGE_STAFF,),
    },
    menu=Menu("campaign", 60),
    shown=(
        "held_on",
        "stage",
        "kind",
        "area_code",
        "people_reached",
        "elders_reached",
        "materials",
        "organiser",
    ),
    columns=(
        NUMBER,
        Column("held_on", "日期", T.DATE, required=True, happened=True),
        Column("stage", "阶段", T.CHOICE, STAGE),
        Column("kind", "形式", T.CHOICE, KIND, required=True),
        AREA,
        Column("place", "地点", length=120),
        Column("people_reached", "覆盖人数", T.INTEGER, unit="人", minimum=0, maximum=1_000_000),
        Column("elders_reached", "其中老年人", T.INTEGER, unit="人", minimum=0, maximum=1_000_000),
        Column("materials", "发放资料", T.INTEGER, unit="份", minimum=0, maximum=10_000_000),
        Column("organiser", "组织人员", length=120, official=True),
        REMARKS,
    ),
)
