"""The map widget: our folium elements in streamlit-folium, clicks as one small event.

Panning and zooming never rerun the page: only ``last_active_drawing`` comes back, and that
changes at clicks alone. The frame is never mounted anew, since the map's own script is the same
on every run; what changes travels in the feature group.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from urllib.parse import quote, urlencode

import streamlit as st
from branca.element import MacroElement
from streamlit_folium import st_folium

from geo.atlas import Area, Atlas
from geo.layers import AreaLayer, BackdropLayer, OfflineMap, PointClass, PointLayer, ValueClass
from geo.layers import View as MapPlace
from geo.levels import LEVEL_LABELS
from geo.map_elements import Group
from ledger.casework.map_extent import extent
from ledger.domain.timing.periods import Period
from pages._basemap import read_basemap
from pages._ui import guard

# The frame fills what CSS gives it; this is the height for those who see no CSS.
HEIGHT = 560
PLACE_HEIGHT = 320


@dataclass(frozen=True)
class Click:
    """What was clicked on the map: an area's code or an institution's id."""

    area: str | None = None
    institution: int | None = None


def area_map(
    elements: Sequence[MacroElement],
    *,
    key: str,
    on_click: Callable[[Click], None],
    fetch_first: Sequence[str] = (),
) -> None:
    """Show the elements on an offline map; ``on_click`` is called before the rerun it causes.

    The same ``key`` keeps the same map, with its zoom and pan.
    """

    def clicked() -> None:
        click = _read_click(st.session_state.get(key))
        if click is not None:
            on_click(click)

    st_folium(
        OfflineMap(fetch_first),
        key=key,
        height=HEIGHT,
        use_container_width=True,
        returned_objects=["last_active_drawing"],
        feature_group_to_add=[Group(elements)],
        render=False,
        on_change=clicked,
    )


def areas_url(code: str | None, areas_revision: int, datum: str) -> str:
    """The address of the areas below ``code``; None is the top of the reader's scope.

    Revision and datum only tell the browser that the picture changed; the server goes by its own.
    """
    name = "_" if code is None else quote(code, safe="")
    return f"/areas/{name}.geojson?{urlencode({'v': areas_revision, 'd': datum})}"


def regions_url(
    level: str, under: str | None, areas_revision: int, datum: str, period: Period | None
) -> str:
    """The address of all areas of a level under one area (None: all in scope).

    ``period`` asks for those that counted then; None for today's.
    """
    query: dict[str, str | int] = {} if under is None else {"under": under}
    if period is not None:
        query["period"] = period.text
    return f"/regions/{level}.geojson?{urlencode({**query, 'v': areas_revision, 'd': datum})}"


def points_url(under: str | None, tiers: Sequence[str], data_revision: int, datum: str) -> str:
    """The address of the institutions under an area, of some tiers or of all."""
    query: dict[str, str | int] = {} if under is None else {"under": under}
    if tiers:
        query["tier"] = ",".join(tiers)
    return f"/institutions/points.json?{urlencode({**query, 'v': data_revision, 'd': datum})}"


def undrawn_note(atlas: Atlas, areas: Sequence[Area]) -> str:
    """What to say of areas that are known by name alone; empty where all have a boundary."""
    undrawn = [area for area in areas if atlas.geometry(area.code).is_empty]
    if not undrawn:
        return ""
    level = LEVEL_LABELS[undrawn[0].level]
    if len(undrawn) == len(areas):
        which = f"这里的{level}还没有载入边界，地图上只有机构的点"
    else:
        named = "、".join(area.name for area in undrawn[:3])
        which = f"{named}{' 等' if len(undrawn) > 3 else ''} {len(undrawn)} 个没有边界，不在图上"
    return f"{which}；数字照常，见旁边的表。边界由系统管理员在“区域”页载入。"


def backdrop_url(areas_revision: int, datum: str) -> str:
    """The address of roads and water."""
    return f"/areas/backdrop.geojson?{urlencode({'v': areas_revision, 'd': datum})}"


_PLACE_CLASSES = {
    "own": ValueClass("#C6D4E8", "所在区域"),
    "other": ValueClass("#FFFFFF", "相邻区域", opacity=0.2),
}
_HERE = {"": PointClass("#1F4E8C", "●", "所选位置")}


def place_map(
    key: str, lon: float | None, lat: float | None, area_code: str | None, *, editable: bool
) -> tuple[float, float] | None:
    """A small map of one position (WGS84, degrees), its area and those around it.

    With ``editable`` a click on the map gives a position: longitude and latitude in WGS84 of the
    newest click, None as long as there was none. The caller decides what to do with it.
    """
    store, atlas = guard.store(), guard.atlas()
    actor = guard.visitor().actor
    revisions, basemap = guard.revisions(), read_basemap(store)
    area = atlas.get(area_code)
    if area is None or not actor.sees(area.path):
        area = None
    parent = atlas.get(area.parent_code) if area else None
    around = parent if parent and actor.sees(parent.path) else area
    shown = around.code if around else None
    bounds = _around(lon, lat) or extent(store, actor, atlas, area.code if area else shown)
    if bounds[0] != bounds[0]:  # no shape and no position anywhere
        st.caption("还没有载入区域边界，无法显示位置图；可以直接填经度和纬度。")
        return None
    values = {area.code: "own"} if area else {}
    elements: list[MacroElement] = [
        MapPlace(f"{lon},{lat},{shown}", basemap.bounds(bounds), basemap.tiles()),
        BackdropLayer(backdrop_url(revisions.areas, basemap.datum)),
        AreaLayer(
            areas_url(shown, revisions.areas, basemap.datum),
            values,
            _PLACE_CLASSES,
            fallback="other",
            interactive=False,
            opacity=0.5,
        ),
    ]
    if lon is not None and lat is not None:
        x, y = basemap.shifted(lon, lat)
        elements.append(
            PointLayer([(0, x, y, None, "")], _HERE, [""], cluster=False, interactive=False)
        )
    answer = st_folium(
        OfflineMap(),
        key=key,
        height=PLACE_HEIGHT,
        use_container_width=True,
        returned_objects=["last_clicked"] if editable else [],
        feature_group_to_add=[Group(elements)],
        render=False,
    )
    clicked = (answer or {}).get("last_clicked")
    if not editable or not clicked:
        return None
    return basemap.unshifted(float(clicked["lng"]), float(clicked["lat"]))


def _around(lon: float | None, lat: float | None) -> tuple[float, float, float, float] | None:
    """Some 3 km around a position."""
    if lon is None or lat is None:
        return None
    return lon - 0.015, lat - 0.012, lon + 0.015, lat + 0.012


def _read_click(value: object) -> Click | None:
    """The click in what the component returned. It comes from a browser: nothing is trusted."""
    drawing = value.get("last_active_drawing") if isinstance(value, dict) else None
    properties = drawing.get("properties") if isinstance(drawing, dict) else None
    if not isinstance(properties, dict):
        return None
    code, number = properties.get("code"), properties.get("id")
    if properties.get("kind") == "area" and isinstance(code, str):
        return Click(area=code)
    if properties.get("kind") == "institution" and isinstance(number, int):
        return Click(institution=number)
    return None
