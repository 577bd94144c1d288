"""区域: the tree of county, township, village and grid. Loaded from files, not typed in."""

from __future__ import annotations

from geo.levels import LEVEL_LABELS
from ledger.domain.columns import Choice, Column, ColumnType, Ledger

LEVEL_CHOICES = tuple(Choice(key, label) for key, label in LEVEL_LABELS.items())

AREAS = Ledger(
    key="areas",
    label="区域",
    prefix="QY",
    geometry="polygon",
    columns=(
        Column("code", "区域代码", required=True, length=40),
        Column("name", "区域名称", required=True, length=100),
        Column("level", "层级", ColumnType.CHOICE, LEVEL_CHOICES, required=True),
        Column("parent_code", "上级代码", length=40),
        Column("population", "人口数", ColumnType.INTEGER, unit="人", minimum=0),
        Column("elderly", "60岁以上人口", ColumnType.INTEGER, unit="人", minimum=0),
        Column("valid_from", "启用日期", ColumnType.DATE),
        Column("valid_to", "停用日期", ColumnType.DATE, help="从这一天起不再使用"),
    ),
)
