"""The tree of areas: one area with those below it, beside the map of them; a press goes down."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import streamlit as st

from geo.atlas import Area, Atlas
from geo.layers import AreaLayer, ValueClass
from geo.layers import View as MapPlace
from geo.levels import LEVEL_LABELS
from ledger.domain.access import Actor
from pages._basemap import read_basemap
from pages._text import plain
from pages._ui import guard
from pages._ui.map import Click, area_map, areas_url
from pages._ui.stylesheet import MAP, stylesheet
from pages._views.map_view import map_top, shown_areas, way_to

_LISTED = 30
_LOOK = {"area": ValueClass("#C6D4E8", "区域")}


def show_tree(actor: Actor, atlas: Atlas) -> None:
    """The area of the address (``under``), the way to it, and what lies below it."""
    wanted = atlas.get(st.query_params.get("under"))
    seen = wanted is not None and actor.sees(wanted.path)
    under = wanted.code if wanted is not None and seen else map_top(atlas, actor)
    below = shown_areas(atlas, under)
    if not below:
        return
    st.html(stylesheet(MAP))
    st.header("区域树", anchor=False)
    with st.container(horizontal=True, key="map-way"):
        for place, (code, name) in enumerate(way_to(atlas, actor, under)):
            st.button(plain(name), key=f"tree-way-{place}", type="tertiary", on_click=_go(code))
    listed, drawn = st.columns([1, 1], gap="medium")
    with listed:
        _list(atlas, under, below)
    with drawn, st.container(key="area-tree-map"):
        _map(atlas, under, below)


def _list(atlas: Atlas, under: str | None, below: Sequence[Area]) -> None:
    """The areas below, with code, people and how many lie below each."""
    more = f"tree-more-{under}"
    size = st.session_state.get(more, _LISTED)
    for area in below[:size]:
        st.button(
            _words(atlas, area),
            key=f"tree-{area.code}",
            width="stretch",
            disabled=not atlas.has_children(area.code),
            on_click=_go(area.code),
        )
    if len(below) > size:
        st.button(
            f"再列 {min(_LISTED, len(below) - size)} 个（共 {len(below)} 个）",
            key="tree-more",
            on_click=lambda: st.session_state.update({more: size + _LISTED}),
        )


def _words(atlas: Atlas, area: Area) -> str:
    children = atlas.children(area.code)
    # In one piece: a line that breaks inside a number of areas reads badly.
    level = LEVEL_LABELS[children[0].level] if children else ""
    below = f"{level}\u00a0{len(children)}\u00a0个" if children else ""
    people = "" if area.population is None else f"人口 {area.population:,}"
    parts = [plain(area.code), people, below]
    return f"**{plain(area.name, 40)}** \u2002 {' · '.join(part for part in parts if part)}"


def _map(atlas: Atlas, under: str | None, below: Sequence[Area]) -> None:
    bounds = atlas.bounds(under)
    if bounds[0] != bounds[0]:
        st.caption("这些区域没有边界，不能画图。")
        return
    revisions, basemap = guard.revisions(), read_basemap(guard.store())
    shapes = areas_url(under, revisions.areas, basemap.datum)

    def clicked(click: Click) -> None:
        if click.area is not None and atlas.has_children(click.area):
            _go(click.area)()

    elements = [
        MapPlace(str(under), basemap.bounds(bounds), basemap.tiles()),
        AreaLayer(shapes, {area.code: "area" for area in below}, _LOOK, fallback="area"),
    ]
    area_map(elements, key="area-tree", on_click=clicked, fetch_first=[shapes])


def _go(code: str | None) -> Callable[[], None]:
    def go() -> None:
        if code is None:
            st.query_params.pop("under", None)
        else:
            st.query_params["under"] = code

    return go
