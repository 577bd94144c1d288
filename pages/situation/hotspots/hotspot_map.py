"""The map of the hotspot page and its legend."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

import streamlit as st
from branca.element import MacroElement
from markupsafe import Markup

from geo.layers import AreaLayer, BackdropLayer
from geo.layers import View as MapPlace
from ledger.casework.map_extent import extent
from ledger.records.revisions import Revisions
from ledger.reporting.statistics.answers import Answer
from pages._basemap import Basemap
from pages._ui import guard
from pages._ui.hotspot_look import Classes, measured, note_of, sign_of
from pages._ui.map import Click, area_map, backdrop_url, regions_url
from pages._ui.map_legend import Look, legend
from pages._views.hotspot_view import HotspotView
from pages.situation.hotspots.hotspot_area import Go
from pages.situation.hotspots.hotspot_cases import Beside

# Beyond this many areas words on the map would cover the colours.
_MANY = 400


@lru_cache(maxsize=32)
def _drawn(
    answer: Answer, layer: str
) -> tuple[Look, Classes, dict[str, list[str]], dict[str, str]]:
    """Classes of a layer, tooltips and words on the map by area; no words where areas are many."""
    rows = answer.rows
    signs = {code: sign_of(layer, row) for code, row in rows.items()}
    return (
        *measured(layer, answer.table),
        {code: note_of(row) for code, row in rows.items()},
        signs if len(rows) <= _MANY else {},
    )


def show_frame(
    answer: Answer,
    view: HotspotView,
    revisions: Revisions,
    basemap: Basemap,
    go: Go,
    shown_beside: Beside | None,
    left_out: Markup,
) -> None:
    """The areas in the colours of the layer, over roads and water; a click chooses one.

    Institutions and open cases are there when asked for; ``left_out`` says which are no points.
    """

    def clicked(click: Click) -> None:
        if click.area in answer.names:
            go(replace(view, area=click.area))

    look, classes, notes_by_area, signs = _drawn(answer, view.layer)
    if shown_beside is not None:
        notes_by_area = {
            code: [*lines, *shown_beside.note_of(code)] for code, lines in notes_by_area.items()
        }
    period = None if answer.regions.current else view.period
    shapes = regions_url(view.level, view.under, revisions.areas, basemap.datum, period)
    few = bool(signs)
    seen = answer.regions.bounds
    if seen[0] != seen[0]:  # no shape at all
        store, actor = guard.store(), guard.visitor().actor
        seen = extent(store, actor, guard.atlas(), view.under)
        st.caption("这些区域还没有载入边界，不能画图；数字见旁边的表，不判断成片偏多。")
    elements: list[MacroElement] = [
        MapPlace(str(view.under), basemap.bounds(seen), basemap.tiles()),
        BackdropLayer(backdrop_url(revisions.areas, basemap.datum)),
        AreaLayer(
            shapes,
            classes,
            look.classes,
            fallback=look.fallback,
            notes=notes_by_area,
            signs=signs,
            chosen=view.area,
            opacity=0.6 if basemap.tiles() else 0.72,
            weight=1.0 if few else 0.4,
        ),
    ]
    if shown_beside is not None:
        elements.append(shown_beside.points)
    with st.container(key="map-frame"):
        area_map(elements, key="hotspot-map", on_click=clicked, fetch_first=[shapes])
    st.html(legend(look, classes.values(), points=view.homes, left_out=left_out))
