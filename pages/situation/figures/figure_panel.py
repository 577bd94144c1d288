"""One figure beside the numbers: over time, then by area or official."""

from __future__ import annotations

import streamlit as st

from ledger.reporting.figures import By, Figures, figures_in_force, ways_of
from pages._ui import guard
from pages._ui.shared_answers import Asked, breakdown_of
from pages.situation.figures.figure_lines import lines_html
from pages.situation.figures.figures_charts import ranking_chart, trend_chart
from pages.situation.figures.figures_view import BY_LABELS, FigureView, write_view


def go(view: FigureView) -> None:
    """Show another view: the address says which."""
    st.query_params.from_dict(write_view(view))


def show_figure(now: Asked, found: Figures, view: FigureView) -> None:
    """One figure: chosen here or by its name on the left; over time, then by area or official."""
    keyed = found.by_key
    key = view.figure if view.figure in keyed else next(iter(keyed))
    names = {
        one.key: f"{one.group} · {one.label}{f'：{one.part}' if one.part else ''}" for one in found
    }

    def chosen() -> None:
        go(FigureView(**{**vars(view), "figure": st.session_state["figures-one"]}))

    if st.session_state.get("figures-one") != key:
        st.session_state["figures-one"] = key
    st.selectbox(
        "看哪一项",
        list(names),
        format_func=names.__getitem__,
        key="figures-one",
        on_change=chosen,
    )
    figure = figures_in_force(guard.store()).by_key[key.partition(".")[0]]
    ways = ways_of(figure)
    tier = key.removeprefix("tier_") if key.startswith("tier_") else None
    code, official = view.area.code if view.area else None, view.official or None
    if "period" in ways:
        trend = breakdown_of(now, view.period, key, "period", code, official)
        st.markdown("**近12期走势**")
        chart = trend_chart(trend.lines, figure.unit, tier)
        st.vega_lite_chart(chart.rows, chart.spec, width="stretch")
    by = _way(view, ways)
    if by == "period":
        st.html(lines_html(reversed(trend.lines), view))
        return
    apart = breakdown_of(now, view.period, key, by, code, official)
    ranking = ranking_chart(apart.lines, figure.unit, by)
    if ranking is not None:
        st.vega_lite_chart(ranking.rows, ranking.spec, width="stretch")
    else:
        st.info("这里没有可以分开比较的数据。请换一个统计期、区域或指标。")
    st.html(lines_html(apart.lines, FigureView(**{**vars(view), "by": by})))


def _way(view: FigureView, ways: tuple[By, ...]) -> By:
    """By what the figure is taken apart below its trend."""
    offered = [way for way in BY_LABELS if way in ways]
    current = view.by if view.by in offered else offered[0]
    key = f"figures-by-{view.by}-{len(offered)}"

    def chosen() -> None:
        if st.session_state[key]:
            go(FigureView(**{**vars(view), "by": st.session_state[key]}))

    st.segmented_control(
        "怎样分开看",
        offered,
        default=current,
        required=True,
        format_func=BY_LABELS.__getitem__,
        key=key,
        on_change=chosen,
    )
    return current
