"""The hot areas beside the hotspot map, and those that were hot: each opens its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

import pandas as pd
import streamlit as st

from geo.hotspot_classes import HotKind, HotspotClass
from geo.trends import Pattern
from ledger.reporting.statistics.answers import Answer
from ledger.reporting.statistics.history import History
from pages._text import plain, safe
from pages._ui.hotspot_look import expected_words
from pages._views.hotspot_view import HotspotView
from pages.situation.hotspots.hotspot_area import Go

LISTED = 10


def show_ranking(answer: Answer, past: History, view: HotspotView, go: Go) -> None:
    st.html('<h2 class="map-title">哪里真正集中</h2>')
    hot, fading = _rankings(answer, past)
    cold = answer.of_class(HotspotClass.COLD)
    if not hot:
        st.caption("没有热点：各区域的多少都可能只是偶然，或数据太少。")
    else:
        st.caption("点一行或点地图上的区域，看理由、数字和历史。")
    _buttons(answer, past, view, go, hot, "hot")
    if fading:
        st.html('<h3 class="map-sub">正在消退(现在已不是热点)</h3>')
        _buttons(answer, past, view, go, fading, "fading")
    if cold:
        names = "、".join(safe(answer.names[code]) for code in cold)
        st.html(
            f'<details class="hot-more"><summary>冷点 {len(cold)} 个</summary>'
            f'<p class="map-said">{names}</p></details>'
        )


@lru_cache(maxsize=32)
def _rankings(answer: Answer, past: History) -> tuple[Sequence[str], Sequence[str]]:
    """The hot areas, and those that were hot and no longer are."""
    hot = answer.of_class(HotspotClass.HOT)
    fading = past.patterns.index[past.patterns == str(Pattern.FADING)]
    return (
        _ranked(answer, hot),
        _ranked(answer, [str(code) for code in fading if code not in hot]),
    )


def _ranked(answer: Answer, codes: Sequence[str]) -> list[str]:
    """Most above what people let expect first."""
    rows = answer.rows

    def excess(code: str) -> float:
        expected = rows[code]["expected"]
        return float("-inf") if pd.isna(expected) else float(rows[code]["count"] - expected)

    return sorted(codes, key=lambda code: (-excess(code), code))


def _buttons(
    answer: Answer,
    past: History,
    view: HotspotView,
    go: Go,
    codes: Sequence[str],
    kind: str,
) -> None:
    more = f"hot-more-{kind}"
    size = st.session_state.get(more, LISTED)
    for code in codes[:size]:
        row = answer.rows[code]
        pattern = Pattern(str(past.patterns[code]))
        when = "" if pattern is Pattern.NONE else f" · {pattern.label}"
        numbers = f"{row['count']:,}件"
        if not pd.isna(row["expected"]):
            numbers += f" · 应为{expected_words(row['expected'])}"
        if row["hot_kind"]:
            numbers += f" · {HotKind(row['hot_kind']).label}"
        st.button(
            f"**{plain(answer.names[code], 40)}** \u2002 {numbers}{when}",
            key=f"hot-rank-{kind}-{code}",
            width="stretch",
            on_click=go,
            args=(replace(view, area=code),),
        )
    if len(codes) > size:
        st.button(
            f"再列 {min(LISTED, len(codes) - size)} 个(共 {len(codes)} 个)",
            key=f"hot-more-button-{kind}",
            on_click=lambda: st.session_state.update({more: size + LISTED}),
        )
