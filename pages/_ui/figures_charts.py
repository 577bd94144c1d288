"""Charts beside the numbers of the figures page: over time, by area, by lead official."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import altair as alt
import pandas as pd

from ledger.figures import Line
from ledger.timing.periods import Period
from pages._ui.badges import LOOKS
from pages._ui.figures_html import NO_NAME

ACTION, PALE, QUIET = "#1F4E8C", "#9DB4D6", "#5A6572"
HEIGHT, ROW = 200, 30
_MOST = 15


def trend_chart(lines: Sequence[Line], unit: str, tier: str | None = None) -> alt.Chart:
    """The last twelve periods: shares and means as a line, the rest as bars; no data is a gap."""
    rows = pd.DataFrame(
        [
            {
                "时间": short(line.period),
                "数值": line.value.value,
                "说明": line.text,
                "当前": at == len(lines) - 1,
            }
            for at, line in enumerate(lines)
            if line.period is not None
        ]
    )
    colour = _colour(tier)
    axis = alt.Axis(title=None, labelAngle=-45 if len(rows) > 6 else 0, labelColor=QUIET)
    base = alt.Chart(rows).encode(
        x=alt.X("时间:N", sort=None, axis=axis),
        tooltip=[alt.Tooltip("时间:N", title="时间"), alt.Tooltip("说明:N", title="数值")],
    )
    y = _scale(unit)
    if unit in ("%", "天"):
        return (
            base.mark_line(point={"size": 60}, color=colour).encode(y=y).properties(height=HEIGHT)
        )
    shade = alt.condition("datum.当前", alt.value(colour), alt.value(PALE))
    return base.mark_bar().encode(y=y, color=shade).properties(height=HEIGHT)


def ranking_chart(lines: Sequence[Line], unit: str, by: str) -> alt.Chart | None:
    """The highest first; lines without a number, or a hidden one, are not drawn."""
    known = [line for line in lines if line.value.value is not None]
    ranked = sorted(known, key=lambda line: -(line.value.value or 0))[:_MOST]
    if not ranked:
        return None
    rows = pd.DataFrame(
        [
            {"名称": line.name or NO_NAME.get(by, ""), "数值": line.value.value, "说明": line.text}
            for line in ranked
        ]
    )
    names = alt.Y("名称:N", sort=None, axis=alt.Axis(title=None, labelLimit=140, labelColor=QUIET))
    x = alt.X(**_numbers(unit))
    base = alt.Chart(rows).encode(
        y=names, x=x, tooltip=[alt.Tooltip("名称:N"), alt.Tooltip("说明:N", title="数值")]
    )
    bars = base.mark_bar(color=ACTION)
    texts = base.mark_text(align="left", dx=4, color="#20262E").encode(text="说明:N")
    return (bars + texts).properties(height=max(ROW * len(ranked), 2 * ROW))


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


def _scale(unit: str) -> alt.Y:
    return alt.Y(**_numbers(unit))


def _numbers(unit: str) -> dict[str, Any]:
    share = unit == "%"
    axis = alt.Axis(title=None, format="%" if share else ",.0f", tickCount=4, labelColor=QUIET)
    scale = alt.Scale(zero=True, domain=[0, 1]) if share else alt.Scale(zero=True)
    return {"shorthand": "数值:Q", "axis": axis, "scale": scale}


def _colour(tier: str | None) -> str:
    """Colours of tiers mean tiers and nothing else."""
    return LOOKS[tier].colour if tier in LOOKS and tier is not None else ACTION
