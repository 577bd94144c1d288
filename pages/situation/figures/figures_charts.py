"""Charts beside the numbers of the figures page: over time, by area, by lead official.

A chart is a plain Vega-Lite dictionary: checking it against altair's schema cost half of the page.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from ledger.reporting.figures import Line
from pages.situation.figures.chart_parts import (
    ACTION,
    HEIGHT,
    INK,
    PALE,
    QUIET,
    ROW,
    colour_of,
    numbers_of,
    short,
    table_of,
    value_of,
    words,
)
from pages.situation.figures.figure_lines import NO_NAME

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
            "数值": value_of(line),
            "说明": line.text,
            "当前": at == len(lines) - 1,
        }
        for at, line in enumerate(lines)
        if line.period is not None
    ]
    colour = colour_of(tier)
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
        "y": numbers_of(unit),
        "tooltip": [words("时间", "时间"), words("说明", "数值")],
    }
    if unit in ("%", "天"):
        mark: dict[str, Any] = {"type": "line", "point": {"size": 60}, "color": colour}
    else:
        mark = {"type": "bar"}
        shade = {"test": "datum.当前", "value": colour}
        encoding["color"] = {"condition": shade, "value": PALE}
    return Chart(
        table_of(rows, "时间", "数值", "说明", "当前"),
        {"mark": mark, "encoding": encoding, "height": HEIGHT},
    )


def ranking_chart(lines: Sequence[Line], unit: str, by: str) -> Chart | None:
    """The highest first; lines without a number, or a hidden one, are not drawn."""
    known = [line for line in lines if line.value.value is not None]
    ranked = sorted(known, key=lambda line: -(line.value.value or 0))[:_MOST]
    if not ranked:
        return None
    rows = [
        {"名称": line.name or NO_NAME.get(by, ""), "数值": value_of(line), "说明": line.text}
        for line in ranked
    ]
    encoding = {
        "x": numbers_of(unit),
        "y": {
            "field": "名称",
            "type": "nominal",
            "sort": None,
            "axis": {"title": None, "labelLimit": 140, "labelColor": QUIET},
        },
        "tooltip": [words("名称", "名称"), words("说明", "数值")],
    }
    bars = {"mark": {"type": "bar", "color": ACTION}}
    texts = {
        "mark": {"type": "text", "align": "left", "dx": 4, "color": INK},
        "encoding": {"text": {"field": "说明", "type": "nominal"}},
    }
    return Chart(
        table_of(rows, "名称", "数值", "说明"),
        {"encoding": encoding, "layer": [bars, texts], "height": max(ROW * len(ranked), 2 * ROW)},
    )
