"""风险地图: which areas hold institutions of which tier, and why. The leader's first page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache, partial
from pathlib import Path
from urllib.parse import urlencode

import streamlit as st

from geo.atlas import Atlas
from geo.layers import AreaLayer, BackdropLayer, PointLayer
from geo.layers import View as MapPlace
from ledger.casework.by_area import CasesByArea, open_rows
from ledger.domain.access import Action, Actor
from ledger.domain.errors import LedgerError
from ledger.domain.timing import clock
from ledger.operations.turns import runs
from ledger.records.query import Condition
from ledger.storage import Store
from pages._basemap import Basemap
from pages._map_opening import wait_for_areas
from pages._text import plain, safe
from pages._ui import guard, notices
from pages._ui.badges import LOOKS
from pages._ui.map import Click, area_map, areas_url, backdrop_url, points_url
from pages._ui.map_data import (
    Numbers,
    Revisions,
    read_cases,
    read_numbers,
    read_outreach,
    read_state,
)
from pages._ui.map_legend import POINT_CLASSES, POINT_ORDER, legend
from pages._ui.todo_alerts import alerts_banner
from pages._views.map_view import (
    CASES,
    LAYERS,
    OUTREACH,
    TIER_KEYS,
    MapView,
    read_view,
    shown_areas,
    toggled,
    top_of,
    way_to,
    write_view,
)
from pages._views.rows_link import area_rows, number_link, rows_address
from pages.situation.risk_map.map_case_panel import show_cases, show_outreach
from pages.situation.risk_map.map_cases import (
    WORDS,
    cases_picture,
    cases_said,
    outreach_picture,
    outreach_said,
)
from pages.situation.risk_map.map_panel import LEVELS_BELOW, Go, show_panel
from pages.situation.risk_map.map_picture import Picture, tier_picture

STYLE = Path(__file__).parents[2] / "_ui" / "map.css"
# Beyond this many areas the borders would cover the colours.
_MANY = 400


@lru_cache(maxsize=1)
def _style() -> str:
    return f"<style>{STYLE.read_text(encoding='utf-8')}</style>"


@st.fragment
@runs.turn()
def show_map(actor: Actor) -> None:
    """Everything on the page: a click on the map reruns this and nothing else."""
    store, atlas = guard.store(), guard.atlas()
    if not len(atlas):
        _without_areas(actor)
        return
    view = read_view(atlas, actor, st.query_params.to_dict())
    revisions, basemap = read_state(store)
    try:
        shown = _read(store, actor, atlas, view, revisions)
    except LedgerError as error:
        guard.refused(error)
        return

    def go(wanted: MapView) -> None:
        st.query_params.from_dict(write_view(wanted, top_of(atlas, actor)))

    # Each part has its place; after the answer the map is drawn, for its frame takes longest.
    with st.container(key="map-answer"):
        _answer(atlas, view, shown)
    way = st.container(horizontal=True, vertical_alignment="center", key="map-way")
    with st.container(key="map-split"):
        left, right = st.columns([2, 1], gap="medium")
        layers = left.container(horizontal=True, vertical_alignment="center", key="map-layers")
        controls = left.container(horizontal=True, vertical_alignment="center", key="map-controls")
        with left:
            _map(atlas, view, shown.picture, revisions, basemap, go)
    if view.points:
        wait_for_areas(guard.session_token())
    with way:
        _way_back(atlas, actor, view, go)
    with layers:
        _layers(view, go)
    with controls:
        _controls(view, go)
    with right, st.container(key="map-panel"):
        shown.panel(go)


@dataclass(frozen=True)
class Shown:
    """What the page shows of the chosen layer, whose numbers alone were counted.

    ``said`` is the answer after the name of the area, ``notes`` HTML for the line below it,
    ``empty`` whether there is not a single institution.
    """

    picture: Picture
    said: str
    notes: str
    panel: Callable[[Go], None]
    empty: bool = False


def _read(store: Store, actor: Actor, atlas: Atlas, view: MapView, revisions: Revisions) -> Shown:
    """The layer of the view. Raises `NotFound` out of scope."""
    if view.layer in CASES:
        cases = read_cases(store, actor, atlas, view.layer, view.under, revisions)
        return Shown(
            cases_picture(cases, view.under),
            cases_said(cases),
            _unplaced_cases(atlas, view, cases),
            partial(show_cases, store, actor, atlas, view, cases),
        )
    if view.layer == OUTREACH:
        outreach = read_outreach(store, actor, atlas, view.under, revisions)
        return Shown(
            outreach_picture(atlas, outreach, view.under),
            outreach_said(outreach),
            "",
            partial(show_outreach, store, actor, atlas, view, outreach),
        )
    numbers = read_numbers(store, actor, atlas, view.under, revisions)
    return Shown(
        tier_picture(view.layer, numbers),
        _institutions_said(numbers),
        _notes(atlas, actor, view, numbers),
        partial(show_panel, store, actor, atlas, view, numbers),
        empty=not numbers.here.total,
    )


def _answer(atlas: Atlas, view: MapView, shown: Shown) -> None:
    """What is shown, in words: scope, numbers, layer, data as of."""
    name = "全部区域" if view.under is None else atlas[view.under].name
    picture = shown.picture
    as_of = f"；数据截至 {clock.local_text(picture.as_of)}" if picture.as_of else ""
    st.html(
        f'<h1 class="map-answer">{safe(name)}：{shown.said}</h1>'
        f'<p class="map-said">地图显示{picture.shows}{as_of}{shown.notes}'
        f'；<a href="{_hotspots(view)}" target="_self">看信访哪里集中</a></p>'
    )
    with st.container(key="map-nothing"):
        if not shown.empty:
            return
        notices.nothing_here(
            "这里还没有登记养老服务机构(场所)。",
            next_step="请在“养老服务机构”台账中新增，或由镇(街道)经办导入名单。",
        )


def _institutions_said(numbers: Numbers) -> str:
    here = numbers.here
    parts = "、".join(f"{LOOKS[tier].word} {number:,} 家" for tier, number in here.present())
    return f"在册机构 {here.total:,} 家，{parts}" if here.total else "还没有登记机构"


def _unplaced_cases(atlas: Atlas, view: MapView, found: CasesByArea) -> str:
    if not found.unplaced or not found.areas:
        return ""
    unit = f"{WORDS[found.ledger].unit}未办结的"
    return _not_below(atlas, view, found.ledger, found.unplaced, unit, open_rows(found.ledger))


def _not_below(
    atlas: Atlas,
    view: MapView,
    ledger_key: str,
    number: int,
    unit: str,
    conditions: tuple[Condition, ...] = (),
) -> str:
    """How many records lie in the area itself, but in none of the areas drawn below it."""
    if not number:
        return ""
    directly = Condition("lies_at", "set", view.under or "none")
    rows = area_rows(atlas, view.under, (*conditions, directly))
    level = atlas[view.under].level if view.under is not None else ""
    where = f"未细分到{LEVELS_BELOW.get(level, '下级区域')}" if level else "没有落到任何区域"
    words = f"{number:,} {unit}{where}"
    return f"；另有 {number_link(words, rows_address(ledger_key, rows), number)}"


def _notes(atlas: Atlas, actor: Actor, view: MapView, numbers: Numbers) -> str:
    notes = _not_below(atlas, view, "institutions", numbers.unplaced, "家")
    if numbers.outside and view.under == top_of(atlas, actor):
        rows = area_rows(atlas, None, [Condition("placement", "in", ("outside",))])
        words = f"{numbers.outside} 家坐标在区域外"
        notes += f"；{number_link(words, rows_address('institutions', rows), numbers.outside)}"
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


def _layers(view: MapView, go: Go) -> None:
    """What the areas are coloured by."""
    for layer, word in LAYERS.items():
        _switch(f"layer-{layer}", word, view.layer == layer, replace(view, layer=layer), go)


def _controls(view: MapView, go: Go) -> None:
    """Which tiers of institutions, points or not; with the layer taken back by one button."""
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
    atlas: Atlas, view: MapView, picture: Picture, revisions: Revisions, basemap: Basemap, go: Go
) -> None:
    def clicked(click: Click) -> None:
        go(view.chosen(area=click.area, institution=click.institution))

    areas = shown_areas(atlas, view.under)
    shapes = areas_url(view.under, revisions.areas, basemap.datum)
    few = len(areas) <= _MANY
    elements = [
        MapPlace(str(view.under), basemap.bounds(atlas.bounds(view.under)), basemap.tiles()),
        BackdropLayer(backdrop_url(revisions.areas, basemap.datum)),
        AreaLayer(
            shapes,
            picture.values,
            picture.look.classes,
            fallback=picture.look.fallback,
            notes=picture.notes,
            signs=picture.signs if few else {},
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
    st.html(legend(picture.look, picture.drawn(len(areas)), points=view.points))


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
