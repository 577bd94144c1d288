"""What the charts of the figures page are made of: data, words, colours."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pyarrow as pa

from ledger.domain.timing.periods import Period
from ledger.reporting.figures import Line
from pages._ui.badges import LOOKS

ACTION, PALE, QUIET, INK = "#1F4E8C", "#9DB4D6", "#5A6572", "#20262E"
HEIGHT, ROW = 200, 30


def table_of(rows: Sequence[dict[str, Any]], *columns: str) -> pa.Table:
    return pa.table({column: [row[column] for row in rows] for column in columns})


def value_of(line: Line) -> float | None:
    value = line.value.value
    return None if value is None else float(value)


def words(field: str, title: str) -> dict[str, Any]:
    return {"field": field, "type": "nominal", "title": title}


def short(period: Period) -> str:
    """A period in as few letters as tell it from its neighbours."""
    day = period.start
    year = f"{day.year % 100:02d}年"
    return {
        "day": f"{day.month}月{day.day}日",
        "week": f"{day.isocalendar().week}周",
        "halfmonth": f"{day.month}月{'上' if day.day == 1 else '下'}",
        "month": f"{year}{day.month}月",
        "quarter": f"{year}{(day.month + 2) // 3}季",
        "year": f"{day.year}年",
    }.get(period.kind, f"{day.month}月{day.day}日起")


def numbers_of(unit: str) -> dict[str, Any]:
    share = unit == "%"
    axis = {"title": None, "format": "%" if share else ",.0f", "tickCount": 4, "labelColor": QUIET}
    scale = {"zero": True, "domain": [0, 1]} if share else {"zero": True}
    return {"field": "数值", "type": "quantitative", "axis": axis, "scale": scale}


def colour_of(tier: str | None) -> str:
    """Colours of tiers mean tiers and nothing else."""
    return LOOKS[tier].colour if tier in LOOKS and tier is not None else ACTION
