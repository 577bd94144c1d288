"""Columns that most ledgers have, with their usual names: a declaration lists them by name."""

from __future__ import annotations

from ledger.domain.columns import Choice, Column, ColumnType

T = ColumnType

# Every record has a number; storage makes one where none was typed.
NUMBER = Column("number", "编号", length=40, help="留空则自动编号")
AREA = Column("area_code", "所属区域", T.AREA, length=40, required=True)
# Where a record of a ledger with ``geometry="point"`` lies.
POSITION = (
    Column("lon", "经度", T.LONGITUDE, unit="度", group="位置"),
    Column("lat", "纬度", T.LATITUDE, unit="度", group="位置"),
)
# How such a record came to its area.
PLACEMENT = Column(
    "placement",
    "定位方式",
    T.CHOICE,
    (
        Choice("position", "按坐标"),
        Choice("hand", "手工指定"),
        Choice("outside", "坐标在区域外"),
        Choice("none", "未归入区域"),
    ),
    computed=True,
    group="位置",
)
# The record's next duty, from the clocks in ``data/rules/deadlines.toml``.
DUE = (
    Column("due_on", "最近期限", T.DATE, computed=True, derived=True),
    Column("due_label", "期限事项", length=200, computed=True, derived=True),
)
# The day on which a file brought in a case of the past: it gives rise to no deadline, no rating and
# no to-do until somebody takes a step with it (`ledger.records.historical`).
HISTORICAL = Column(
    "historical_on",
    "历史导入日期",
    T.DATE,
    computed=True,
    help="作为历史数据导入的日期；不计期限、待办和考评，办理一步后恢复",
)
REMARKS = Column("remarks", "备注", T.LONG_TEXT, length=2000)
