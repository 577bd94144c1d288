"""热点分析: where matters really cluster, and where a dark colour would only be chance."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from urllib.parse import urlencode

import streamlit as st

from geo.atlas import Atlas
from geo.layers import AreaLayer, BackdropLayer
from geo.layers import View as MapPlace
from ledger.domain.access import Action, Actor
from ledger.domain.errors import LedgerError
from ledger.domain.ledgers import ledger_named
from ledger.domain.small_counts import BESIDE_DOWNLOADS, GUARDED
from ledger.domain.timing import clock
from ledger.operations.turns import runs
from ledger.records.revisions import Revisions
from ledger.reporting.statistics.history import history
from ledger.reporting.statistics.hotspots import Answer, hotspots
from ledger.reporting.statistics.requests import LEVEL_LABELS
from ledger.reporting.statistics.wording import NULL_WORDS, notes, period_words
from pages._basemap import Basemap, read_basemap
from pages._text import safe
from pages._ui import guard, notices
from pages._ui.map import Click, area_map, backdrop_url, regions_url
from pages._views.hotspot_view import LAYERS, HotspotView, read_view, write_view
from pages._views.map_view import top_of
from pages.situation.hotspots.hotspot_controls import filter_words, layer_row, period_slider
from pages.situation.hotspots.hotspot_legend import NO_DATA, Look, legend, look_of, note_of, sign_of
from pages.situation.hotspots.hotspot_panel import Go, safe_link, show_panel

STYLES = (Path(__file__).parents[2] / "_ui" / "map.css", Path(__file__).with_name("hotspots.css"))
# Beyond this many areas words on the map would cover the colours.
_MANY = 400


@lru_cache(maxsize=1)
def _style() -> str:
    styles = [path.read_text(encoding="utf-8") for path in STYLES]
    return f"<style>{''.join(styles)}</style>"


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
    view, top = read_view(atlas, actor, params), top_of(atlas, actor)

    def go(wanted: HotspotView) -> None:
        st.query_params.from_dict(write_view(wanted, top))

    try:
        # A place that is always there: what comes and goes in it must not mount the map anew.
        with st.container(key="hot-busy"), st.spinner("正在统计各区域，第一次需要几秒…"):
            answer = hotspots(store, actor, view.request)
    except LedgerError as error:
        guard.refused(error)
        _way_out(actor, atlas, go)
        return
    _said(answer, view)
    revisions, basemap = guard.revisions(), read_basemap(store)
    with st.container(key="map-split"):
        left, right = st.columns([2, 1], gap="medium")
        with left:
            layer_row(actor, atlas, view, go)
            _map(answer, view, revisions, basemap, go)
            period_slider(view, go)
        with right, st.container(key="map-panel"):
            with st.spinner("正在比较近12期…"):
                past = history(store, actor, view.request)
            show_panel(answer, past, atlas, view, go)
            _downloads(actor, view, top)


def _said(answer: Answer, view: HotspotView) -> None:
    """The answer, then in words what is shown and what it is held to."""
    ledger = ledger_named(view.ledger)
    hot, cold = len(answer.of_class("hot")), len(answer.of_class("cold"))
    few = len(answer.of_class("few"))
    found = f"{hot} 个热点、{cold} 个冷点" if hot or cold else "没有热点"
    period = view.period
    days = f"({period.start}至{period.end})"
    filters = "，".join(filter_words(view))
    parts = [
        f"{LEVEL_LABELS[view.level]}共 {len(answer.table)} 个"
        + (f"，其中 {few} 个数据太少无法判断" if few else ""),
        f"地图显示{LAYERS[view.layer]}",
        f"时段{days}",
        *([f"只计{filters}"] if filters else []),
        *([f"数据截至 {clock.local_text(answer.as_of)}"] if answer.as_of else []),
    ]
    st.html(
        f'<h1 class="map-answer">{safe(answer.place.name)}{safe(ledger.label)}'
        f"{safe(period_words(period))}：{answer.total:,} 件，{found}</h1>"
        f'<p class="map-said">{safe("；".join(parts))}</p>'
        f'<p class="map-said">判断依据：{NULL_WORDS[view.request.null]}，'
        f"现在这样的集中或稀少有多大可能只是偶然(随机数种子{view.request.seed})。</p>"
    )
    with st.container(key="hot-notes"):
        said = notes(answer)
        if said:
            st.html(f'<p class="map-said hot-notes">注意：{safe("；".join(said))}。</p>')


@lru_cache(maxsize=32)
def _drawn(answer: Answer, layer: str) -> tuple[Look, dict[str, list[str]], dict[str, str]]:
    """Classes of a layer, tooltips and words on the map by area; no words where areas are many."""
    rows = answer.rows
    signs = {code: sign_of(layer, row) for code, row in rows.items()}
    return (
        look_of(layer, answer.table),
        {code: note_of(row) for code, row in rows.items()},
        signs if len(rows) <= _MANY else {},
    )


def _map(answer: Answer, view: HotspotView, revisions: Revisions, basemap: Basemap, go: Go) -> None:
    def clicked(click: Click) -> None:
        if click.area in answer.names:
            go(replace(view, area=click.area))

    look, notes_by_area, signs = _drawn(answer, view.layer)
    period = None if answer.regions.current else view.period
    shapes = regions_url(view.level, view.under, revisions.areas, basemap.datum, period)
    few = bool(signs)
    elements = [
        MapPlace(str(view.under), basemap.bounds(answer.regions.bounds), basemap.tiles()),
        BackdropLayer(backdrop_url(revisions.areas, basemap.datum)),
        AreaLayer(
            shapes,
            look.classes,
            look.styles,
            fallback=NO_DATA if NO_DATA in look.styles else "few",
            notes=notes_by_area,
            signs=signs,
            chosen=view.area,
            opacity=0.6 if basemap.tiles() else 0.72,
            weight=1.0 if few else 0.4,
        ),
    ]
    with st.container(key="map-frame"):
        area_map(elements, key="hotspot-map", on_click=clicked, fetch_first=[shapes])
    st.html(legend(view.layer, look, look.classes.values()))


def _downloads(actor: Actor, view: HotspotView, top: str | None) -> None:
    if not actor.may(Action.EXPORT):
        return
    query = urlencode(write_view(view, top), doseq=True)
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


st.html(_style())
who = guard.visitor(Action.READ)
with st.container(key="map-page"):
    show_hotspots(who.actor)
