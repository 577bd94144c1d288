"""新增市场主体: the market regulator's list, held against the ledger (DOMAIN §1A)."""

from __future__ import annotations

from ledger.domain.columns import Choice, Column, ColumnType, Ledger, Lookup, Menu
from ledger.domain.roles import Action, Role
from ledger.domain.usual_columns import NUMBER, PLACEMENT, POSITION, REMARKS

T = ColumnType

STATUS = (
    Choice("known", "已在台账"),
    Choice("to_verify", "待核实"),
    Choice("irrelevant", "不涉及养老服务"),
    Choice("institution", "核实为养老机构"),
    Choice("not_institution", "核实不是养老机构"),
)
# Verdicts of people stand; all else is looked at again, since the ledger grows meanwhile.
OPEN_STATUS = ("to_verify", "irrelevant")

ENTITIES = Ledger(
    key="entities",
    label="新增市场主体",
    prefix="ZT",
    geometry="point",
    dated="registered_on",
    may={
        Action.EDIT: (Role.GRID_WORKER, Role.VILLAGE_STAFF),
        Action.EVIDENCE: (Role.GRID_WORKER, Role.VILLAGE_STAFF),
    },
    listed_for=(Role.GRID_WORKER,),
    menu=Menu("add_business", 90),
    lookups=(Lookup(("deleted", "status")),),
    begins=("credit_code", "registered_on", "address", "lon", "lat", "area_code"),
    columns=(
        NUMBER,
        Column("status", "核实状态", T.CHOICE, STATUS, computed=True),
        Column("name", "主体名称", length=120, required=True, synonyms=("企业名称",)),
        Column("credit_code", "统一社会信用代码", T.CREDIT_CODE, length=18),
        Column("registered_on", "成立日期", T.DATE, happened=True),
        Column("address", "住所", length=200, synonyms=("地址", "注册地址"), group="位置"),
        *POSITION,
        Column("area_code", "所属区域", T.AREA, length=40, group="位置"),
        PLACEMENT,
        Column("scope", "经营范围", T.LONG_TEXT, length=4000),
        Column("institution", "对应机构编号", T.REFERENCE, refers="institutions"),
        Column("institution_name", "对应机构", computed=True, length=120),
        Column("match_score", "匹配分", T.INTEGER, minimum=0, maximum=100, computed=True),
        Column("verified_on", "核实日期", T.DATE, computed=True),
        Column("verification", "核实情况", T.LONG_TEXT, length=1000, computed=True),
        REMARKS,
    ),
)
