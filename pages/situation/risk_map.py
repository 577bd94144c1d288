"""风险地图: which areas hold institutions of which tier, and why. The leader's first page."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from urllib.parse import urlencode

import streamlit as st

from geo.atlas import Atlas
from geo.layers import AreaLayer, BackdropLayer, PointLayer
from geo.layers import View as MapPlace
from ledger.access import Action, Actor
from ledger.errors import LedgerError
from ledger.timing import clock
from pages._ui import guard, notices
from pages._ui.badges import LOOKS
from pages._ui.map import Click, area_map, areas_url, backdrop_url, points_url
from pages._ui.map_data import Numbers, Revisions, read_numbers, read_state
from pages._ui.map_legend import (
    NONE,
    POINT_CLASSES,
    POINT_ORDER,
    class_of,
    classes_of,
    legend,
    note_of,
    sign_of,
)
from pages._ui.map_panel import LEVELS_BELOW, Go, show_panel
from pages._ui.map_view import (
    LAYERS,
    TIER_KEYS,
    MapView,
    read_view,
    shown_areas,
    toggled,
    top_of,
    way_to,
    write_view,
)
from pages._ui.text import plain, safe
from pages._ui.todo_alerts import alerts_banner
from pages._web.basemap import Basemap

STYLE = Path(__file__).parents[1] / "_ui" / "map.css"
# Beyond this many areas the borders would cover the colours.
_MANY = 400


@lru_cache(maxsize=1)
def _style() -> str:
    return f"<style>{STYLE.read_text(encoding='utf-8')}</style>"


@st.fragment
def show_map(actor: Actor) -> None:
    """Everything on the page: a click on the map reruns this and nothing else."""
    store, atlas = guard.store(), guard.atlas()
    if not len(atlas):
        _without_areas(actor)
        return
    view = read_view(atlas, actor, st.query_params.to_dict())
    revisions, basemap = read_state(store)
    try:
        numbers = read_numbers(store, actor, atlas, view.under, revisions)
    except LedgerError as error:
        guard.refused(error)
        return

    def go(wanted: MapView) -> None:
        st.query_params.from_dict(write_view(wanted, top_of(atlas, actor)))

    # Each part has its place; the map is drawn first, for its frame takes longest to open.
    answer, way = (
        st.container(key="map-answer"),
        st.container(horizontal=True, vertical_alignment="center", key="map-way"),
    )
    with st.container(key="map-split"):
        left, right = st.columns([2, 1], gap="medium")
        controls = left.container(horizontal=True, vertical_alignment="center", key="map-controls")
        with left:
            _map(atlas, view, numbers, revisions, basemap, go)
    with answer:
        _answer(atlas, actor, view, numbers)
    with way:
        _way_back(atlas, actor, view, go)
    with controls:
        _controls(view, go)
    with right, st.container(key="map-panel"):
        show_panel(store, actor, atlas, view, numbers, go)


def _answer(atlas: Atlas, actor: Actor, view: MapView, numbers: Numbers) -> None:
    """What is shown, in words: scope, numbers, layer, data as of."""
    here = numbers.here
    name = "全部区域" if view.under is None else atlas[view.under].name
    parts = "、".join(f"{LOOKS[tier].word} {number:,} 家" for tier, number in here.present())
    said = f"在册机构 {here.total:,} 家，{parts}" if here.total else "还没有登记机构"
    as_of = f"；数据截至 {clock.local_text(numbers.as_of)}" if numbers.as_of else ""
    st.html(
        f'<h1 class="map-answer">{safe(name)}：{said}</h1>'
        f'<p class="map-said">地图显示{LAYERS[view.layer]}{as_of}'
        f"{_notes(atlas, actor, view, numbers)}"
        f'；<a href="{_hotspots(view)}" target="_self">看信访哪里集中</a></p>'
    )
    with st.container(key="map-nothing"):
        if here.total:
            return
        notices.nothing_here(
            "这里还没有登记养老服务机构(场所)。",
            next_step="请在“养老服务机构”台账中新增，或由镇(街道)经办导入名单。",
        )


def _notes(atlas: Atlas, actor: Actor, view: MapView, numbers: Numbers) -> str:
    notes = ""
    unplaced = numbers.unplaced - (numbers.outside if view.under is None else 0)
    if unplaced > 0:
        level = atlas[view.under].level if view.under is not None else ""
        notes += f"；另有 {unplaced} 家未定位到{LEVELS_BELOW.get(level, '下级区域')}"
    if numbers.outside and view.under == top_of(atlas, actor):
        link = '<a href="institutions?placement.in=outside">'
        notes += f"；{link}{numbers.outside} 家坐标在区域外</a>"
    return notes


def _hotspots(view: MapView) -> str:
    """The hotspot page of the same area."""
    return "hotspots" if view.under is None else f"hotspots?{urlencode({'under': view.under})}"


def _way_back(atlas: Atlas, actor: Actor, view: MapView, go: Go) -> None:
    way = way_to(atlas, actor, view.under)
    if len(way) < 2:
        return
    for position, (code, name) in enumerate(way):
        st.button(
            plain(name),
            key=f"map-way-{position}",
            type="tertiary",
            disabled=position + 1 == len(way),
            help=None if position + 1 == len(way) else f"回到{plain(name)}",
            on_click=go,
            args=(view.moved_to(code),),
        )


def _controls(view: MapView, go: Go) -> None:
    """Which layer, which tiers, points or not; all of it taken back by one button."""
    for layer, word in LAYERS.items():
        _switch(f"layer-{layer}", word, view.layer == layer, replace(view, layer=layer), go)
    for tier in TIER_KEYS:
        word = LOOKS[None if tier == "none" else tier].word
        wanted = replace(view, tiers=toggled(view.tiers, tier))
        _switch(f"tier-{tier}", word, tier in view.tiers, wanted, go)
    wanted = replace(view, points=not view.points)
    _switch("points", "机构点位", view.points, wanted, go)
    if view.filtered:
        _switch("clear", "清除筛选", False, view.unfiltered(), go)


def _switch(name: str, word: str, on: bool, wanted: MapView, go: Go) -> None:
    st.button(
        word,
        key=f"map-{name}",
        type="primary" if on else "secondary",
        on_click=go,
        args=(wanted,),
    )


def _map(
    atlas: Atlas, view: MapView, numbers: Numbers, revisions: Revisions, basemap: Basemap, go: Go
) -> None:
    def clicked(click: Click) -> None:
        go(view.chosen(area=click.area, institution=click.institution))

    shown = shown_areas(atlas, view.under)
    counts = numbers.by_area
    values = {code: class_of(view.layer, each) for code, each in counts.items()}
    shapes = areas_url(view.under, revisions.areas, basemap.datum)
    few = len(shown) <= _MANY
    elements = [
        MapPlace(str(view.under), basemap.bounds(atlas.bounds(view.under)), basemap.tiles()),
        BackdropLayer(backdrop_url(revisions.areas, basemap.datum)),
        AreaLayer(
            shapes,
            values,
            classes_of(view.layer),
            fallback=NONE,
            notes={code: note_of(each) for code, each in counts.items()},
            signs={code: sign_of(view.layer, each) for code, each in counts.items()} if few else {},
            chosen=view.area,
            opacity=0.6 if basemap.tiles() else 0.72,
            weight=1.0 if few else 0.4,
        ),
    ]
    if view.points:
        elements.append(
            PointLayer(
                points_url(view.under, view.tiers, revisions.data, basemap.datum),
                POINT_CLASSES,
                POINT_ORDER,
                chosen=view.institution,
            )
        )
    with st.container(key="map-frame"):
        area_map(elements, key="risk-map", on_click=clicked, fetch_first=[shapes])
    present = {*values.values(), *([NONE] if len(counts) < len(shown) else [])}
    st.html(legend(view.layer, present, points=view.points))


def _without_areas(actor: Actor) -> None:
    st.html('<h1 class="map-answer">还没有载入区域</h1>')
    step = (
        "请在“区域”页面载入县、镇、村、网格的边界文件。"
        if actor.may(Action.LOAD_AREAS)
        else "请系统管理员在“区域”页面载入边界文件，地图随后就能使用；台账现在就可以填写。"
    )
    notices.nothing_here("地图需要县、镇、村、网格的边界。", next_step=step)


st.html(_style())
who = guard.visitor(Action.READ)
# A place of their own that is always there: alerts that come and go must not mount the map anew.
alerts = st.container(key="map-alerts")
with st.container(key="map-page"):
    show_map(who.actor)
with alerts:
    alerts_banner(who.actor)
