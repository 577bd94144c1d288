"""热点分析: where matters really cluster, and where a dark colour would only be chance."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from urllib.parse import urlencode

import streamlit as st
from markupsafe import Markup

from geo.atlas import Atlas
from ledger.domain.access import Action, Actor
from ledger.domain.errors import LedgerError
from ledger.domain.small_counts import BESIDE_DOWNLOADS, GUARDED
from ledger.operations.turns import runs
from pages._basemap import read_basemap
from pages._text import safe
from pages._ui import guard, notices
from pages._ui.map_legend import not_drawn
from pages._ui.red_homes_list import show_red_homes
from pages._ui.shared_answers import asked, history_of, hotspots_of
from pages._ui.stylesheet import MAP, stylesheet
from pages._ui.theme import meeting_step
from pages._views.hotspot_view import HotspotView, read_view, write_view
from pages._views.map_view import map_top
from pages.situation.hotspots.hotspot_answer import show_answer
from pages.situation.hotspots.hotspot_area import Go, safe_link
from pages.situation.hotspots.hotspot_cases import beside
from pages.situation.hotspots.hotspot_controls import layer_row, show_period
from pages.situation.hotspots.hotspot_map import show_frame
from pages.situation.hotspots.hotspot_panel import show_panel

STYLE = Path(__file__).with_name("hotspots.css")


@st.fragment
@runs.turn()
def show_hotspots(actor: Actor) -> None:
    """Everything on the page: a click on the map reruns this and nothing else."""
    store, atlas = guard.store(), guard.atlas()
    if not len(atlas):
        notices.nothing_here(
            "热点分析需要县、镇、村、网格的边界。",
            next_step="请系统管理员在“区域”页面载入边界文件。",
        )
        return
    params = {key: st.query_params.get_all(key) for key in st.query_params}
    view, top = read_view(atlas, actor, params), map_top(atlas, actor)

    def go(wanted: HotspotView) -> None:
        st.query_params.from_dict({**write_view(wanted, top), **meeting_step()})

    now = asked(store, actor)
    try:
        # A place that is always there: what comes and goes in it must not mount the map anew.
        with st.container(key="hot-busy"), st.spinner("正在统计各区域，第一次需要几秒…"):
            answer = hotspots_of(now, view.request)
    except LedgerError as error:
        guard.refused(error)
        _way_out(actor, atlas, go)
        return
    show_answer(answer, view)
    basemap = read_basemap(store)
    also = beside(now, actor, answer, view, basemap) if view.homes else None
    with st.container(key="map-split"):
        left, right = st.columns([2, 1], gap="medium")
        with left:
            layer_row(actor, atlas, view, go)
            left_out = not_drawn(now, atlas, view.under) if view.homes else Markup()
            show_frame(answer, view, now.revisions, basemap, go, also, left_out)
            show_period(view, go)
        with right, st.container(key="map-panel"):
            with st.spinner("正在比较近12期…"):
                past = history_of(now, view.request)
            show_panel(answer, past, atlas, view, also, go)
            if view.area is None:
                show_red_homes(now, answer)
            _downloads(actor, view, top)


def _downloads(actor: Actor, view: HotspotView, top: str | None) -> None:
    if not actor.may(Action.EXPORT):
        return
    query = urlencode(write_view(replace(view, table=False), top), doseq=True)
    links = " · ".join(
        f'<a class="map-open" href="{safe_link(f"/download/hotspots/table.{suffix}?{query}")}" '
        f'target="_self">{word}</a>'
        for suffix, word in (("xlsx", "下载 Excel 表"), ("csv", "下载 CSV 表"))
    )
    beside = BESIDE_DOWNLOADS if view.ledger in GUARDED else ""
    st.html(f'<p class="map-said">{links}</p><p class="map-said">{safe(beside)}</p>')


def _way_out(actor: Actor, atlas: Atlas, go: Go) -> None:
    """After a question without an answer: another one."""
    usual = read_view(atlas, actor, {})
    st.button("回到近90天", key="hot-usual", type="primary", on_click=go, args=(usual,))


st.html(stylesheet(MAP, STYLE))
who = guard.visitor(Action.READ)
with st.container(key="map-page"):
    show_hotspots(who.actor)
