"""Charts beside the numbers of the figures page: over time, by area, by lead official.

A chart is a plain Vega-Lite dictionary: checking it against altair's schema cost half of the page.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from ledger.domain.timing.periods import Period
from ledger.reporting.figures import Line
from pages._ui.badges import LOOKS
from pages.situation.figures.figures_html import NO_NAME

ACTION, PALE, QUIET, INK = "#1F4E8C", "#9DB4D6", "#5A6572", "#20262E"
HEIGHT, ROW = 200, 30
_MOST = 15


@dataclass(frozen=True)
class Chart:
    """What ``st.vega_lite_chart`` takes: rows, and how they are drawn."""

    rows: pa.Table
    spec: dict[str, Any]


def trend_chart(lines: Sequence[Line], unit: str, tier: str | None = None) -> Chart:
    """The last twelve periods: shares and means as a line, the rest as bars; no data is a gap."""
    rows = [
        {
            "时间": short(line.period),
            "数值": _value(line),
            "说明": line.text,
            "当前": at == len(lines) - 1,
        }
        for at, line in enumerate(lines)
        if line.period is not None
    ]
    colour = _colour(tier)
    encoding: dict[str, Any] = {
        "x": {
            "field": "时间",
            "type": "nominal",
            "sort": None,
            "axis": {
                "title": None,
                "labelAngle": -45 if len(rows) > 6 else 0,
                "labelColor": QUIET,
            },
        },
        "y": _numbers(unit),
        "tooltip": [_words("时间", "时间"), _words("说明", "数值")],
    }
    if unit in ("%", "天"):
        mark: dict[str, Any] = {"type": "line", "point": {"size": 60}, "color": colour}
    else:
        mark = {"type": "bar"}
        shade = {"test": "datum.当前", "value": colour}
        encoding["color"] = {"condition": shade, "value": PALE}
    return Chart(
        _table(rows, "时间", "数值", "说明", "当前"),
        {"mark": mark, "encoding": encoding, "height": HEIGHT},
    )


def ranking_chart(lines: Sequence[Line], unit: str, by: str) -> Chart | None:
    """The highest first; lines without a number, or a hidden one, are not drawn."""
    known = [line for line in lines if line.value.value is not None]
    ranked = sorted(known, key=lambda line: -(line.value.value or 0))[:_MOST]
    if not ranked:
        return None
    rows = [
        {"名称": line.name or NO_NAME.get(by, ""), "数值": _value(line), "说明": line.text}
        for line in ranked
    ]
    encoding = {
        "x": _numbers(unit),
        "y": {
            "field": "名称",
            "type": "nominal",
            "sort": None,
            "axis": {"title": None, "labelLimit": 140, "labelColor": QUIET},
        },
        "tooltip": [_words("名称", "名称"), _words("说明", "数值")],
    }
    bars = {"mark": {"type": "bar", "color": ACTION}}
    texts = {
        "mark": {"type": "text", "align": "left", "dx": 4, "color": INK},
        "encoding": {"text": {"field": "说明", "type": "nominal"}},
    }
    return Chart(
        _table(rows, "名称", "数值", "说明"),
        {"encoding": encoding, "layer": [bars, texts], "height": max(ROW * len(ranked), 2 * ROW)},
    )


def _table(rows: Sequence[dict[str, Any]], *columns: str) -> pa.Table:
    return pa.table({column: [row[column] for row in rows] for column in columns})


def _value(line: Line) -> float | None:
    value = line.value.value
    return None if value is None else float(value)


def _words(field: str, title: str) -> dict[str, Any]:
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


def _numbers(unit: str) -> dict[str, Any]:
    share = unit == "%"
    axis = {"title": None, "format": "%" if share else ",.0f", "tickCount": 4, "labelColor": QUIET}
    scale = {"zero": True, "domain": [0, 1]} if share else {"zero": True}
    return {"field": "数值", "type": "quantitative", "axis": axis, "scale": scale}


def _colour(tier: str | None) -> str:
    """Colours of tiers mean tiers and nothing else."""
    return LOOKS[tier].colour if tier in LOOKS and tier is not None else ACTION
