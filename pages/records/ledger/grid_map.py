"""Ticked records without coordinates put into a grid by one tap on a map; reviewed and saved like
typed edits, as one save."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from geo.atlas import Area
from geo.layers import AreaLayer, ValueClass
from geo.layers import View as MapPlace
from ledger.records import no_grid
from ledger.records.query import Condition
from pages._basemap import read_basemap
from pages._text import plain
from pages._ui import guard
from pages._ui.map import Click, area_map, regions_url
from pages.records.ledger.session import Desk
from pages.records.ledger.set_field import put_on

_LOOK = {"grid": ValueClass("#C6D4E8", "网格")}
_OPEN = "grid-map-open"
_WANTED = Condition(no_grid.KEY, "set", no_grid.YES)


def offer_grid_map(desk: Desk) -> None:
    """The button beside the ticked records, where the list shows those in no grid."""
    if desk.memory.picked and _WANTED in desk.view.selection.conditions:
        st.toggle(f"在地图上归入网格({len(desk.memory.picked)})", key=_OPEN)


def show_grid_map(desk: Desk) -> None:
    """The grids where the ticked records lie; a tap on one puts them into it."""
    ticked = _ticked(desk)
    if (
        not st.session_state.get(_OPEN)
        or not ticked
        or _WANTED not in desk.view.selection.conditions
    ):
        return
    free = [row for row in ticked if row["lon"] is None or row["lat"] is None]
    placed = len(ticked) - len(free)
    if placed:
        st.caption(f"勾选的有 {placed} 条有坐标，所属区域由坐标决定，不能这样归入；请核对坐标。")
    under = _common(desk, free)
    bounds = desk.atlas.bounds(under.code if under else None)
    if not free or bounds[0] != bounds[0]:
        return
    where = f"{plain(under.name)}的" if under else ""
    st.markdown(
        f"在地图上点一个网格，勾选的 **{len(free)}** 条中在这个村(社区)的归入它，"
        f"核对后再保存。{where}网格："
    )

    def clicked(click: Click) -> None:
        area = desk.atlas.get(click.area)
        if area is not None and area.level == "grid":
            _put_into(desk, free, area)

    revisions, basemap = guard.revisions(), read_basemap(desk.store)
    code = under.code if under else None
    shapes = regions_url("grid", code, revisions.areas, basemap.datum, None)
    top = under.path if under else desk.actor.scope_path
    grids = {area.code: "grid" for area in desk.atlas.under(top, "grid")}
    elements = [
        MapPlace(str(code), basemap.bounds(bounds), basemap.tiles()),
        AreaLayer(shapes, grids, _LOOK, fallback="grid"),
    ]
    with st.container(key="grid-map"):
        area_map(elements, key="grid-map-frame", on_click=clicked, fetch_first=[shapes])


def _put_into(desk: Desk, rows: Sequence[Mapping[str, Any]], grid: Area) -> None:
    """Into the grid with those that lie around it; those of another village stay ticked."""
    around = [row for row in rows if grid.path.startswith(row["area_path"] or "/")]
    left = len(rows) - len(around)
    if left:
        desk.memory.tell("info", f"勾选的有 {left} 条不在“{grid.name}”所在的村(社区)，没有归入它。")
    if around:
        put_on(desk, around, "area_code", grid.code)


def _ticked(desk: Desk) -> list[Mapping[str, Any]]:
    rows = desk.memory.sheet.rows if desk.memory.sheet else ()
    return [row for row in rows if row["id"] in desk.memory.picked]


def _common(desk: Desk, rows: Sequence[Mapping[str, Any]]) -> Area | None:
    """The deepest area that all of the records lie in, within the visitor's scope."""
    chains = []
    for row in rows:
        area = desk.atlas.get(row["area_code"])
        above = [] if area is None else [*desk.atlas.ancestors(area.code), area]
        chains.append([one.code for one in above if desk.actor.sees(one.path)])
    shared = [codes[0] for codes in zip(*chains, strict=False) if len(set(codes)) == 1]
    own = desk.atlas.get(desk.actor.scope_code)
    return desk.atlas[shared[-1]] if shared else own
