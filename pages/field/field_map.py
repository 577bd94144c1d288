"""Maps of the own area only: no roads, no neighbours, nothing that lies elsewhere is asked for."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st
from branca.element import MacroElement
from streamlit_folium import st_folium

from geo.atlas import Atlas
from geo.layers import AreaLayer, OfflineMap, PointClass, PointLayer, ValueClass
from geo.layers import View as MapPlace
from geo.map_elements import Group
from ledger.casework.map_overview import top_of
from ledger.domain.access import Actor
from ledger.storage import Store
from pages._basemap import read_basemap
from pages._ui import guard
from pages._ui.map import Click, area_map, areas_url, points_url
from pages._ui.map_legend import POINT_CLASSES, POINT_ORDER, not_drawn
from pages._ui.shared_answers import asked

_OWN = {"own": ValueClass("#C6D4E8", "本辖区")}
_HERE = {"": PointClass("#1F4E8C", "●", "走访位置")}
_HEIGHT = 300


def own_map(store: Store, actor: Actor, atlas: Atlas, on_click: Callable[[Click], None]) -> None:
    """The own area with its institutions, each in the colour and with the sign of its tier."""
    base = _base(store, actor, atlas)
    if base is None:
        st.caption("还没有载入区域边界，无法显示地图；下面的名单照常使用。")
        return
    revisions, basemap = guard.revisions(), read_basemap(store)
    points = PointLayer(
        points_url(top_of(actor), (), revisions.data, basemap.datum), POINT_CLASSES, POINT_ORDER
    )
    with st.container(key="field-map"):
        area_map([*base, points], key="my-grid-map", on_click=on_click)
    left_out = not_drawn(asked(store, actor), atlas, top_of(actor))
    if left_out:
        st.html(f'<p class="map-left-out">{left_out}</p>')


def pick_map(
    store: Store, actor: Actor, atlas: Atlas, key: str, here: tuple[float, float] | None
) -> tuple[float, float] | None:
    """The own area to press on; longitude and latitude (WGS84) of the newest press."""
    base = _base(store, actor, atlas)
    if base is None:
        return None
    basemap = read_basemap(store)
    if here is not None:
        x, y = basemap.shifted(*here)
        point = [(0, x, y, None, "")]
        base.append(PointLayer(point, _HERE, [""], cluster=False, interactive=False))
    with st.container(key="field-map"):
        answer = st_folium(
            OfflineMap(),
            key=key,
            height=_HEIGHT,
            use_container_width=True,
            returned_objects=["last_clicked"],
            feature_group_to_add=[Group(base)],
            render=False,
        )
    clicked = (answer or {}).get("last_clicked")
    return basemap.unshifted(float(clicked["lng"]), float(clicked["lat"])) if clicked else None


def _base(store: Store, actor: Actor, atlas: Atlas) -> list[MacroElement] | None:
    """The view and the shape of the own area; None where there are no shapes."""
    code = top_of(actor)
    bounds = atlas.bounds(code)
    if not len(atlas) or bounds[0] != bounds[0]:
        return None
    revisions, basemap = guard.revisions(), read_basemap(store)
    shown = atlas.children(code) or ((atlas[code],) if code else ())
    return [
        MapPlace(str(code), basemap.bounds(bounds), basemap.tiles()),
        AreaLayer(
            areas_url(code, revisions.areas, basemap.datum),
            {area.code: "own" for area in shown},
            _OWN,
            fallback="own",
            interactive=False,
            opacity=0.35,
        ),
    ]
