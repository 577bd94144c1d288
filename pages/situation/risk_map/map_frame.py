"""The risk map itself and its legend."""

from __future__ import annotations

import streamlit as st
from markupsafe import Markup

from geo.atlas import Atlas
from geo.layers import AreaLayer, BackdropLayer, PointLayer
from geo.layers import View as MapPlace
from ledger.casework.map_extent import extent
from ledger.records.revisions import Revisions
from pages._basemap import Basemap
from pages._ui import guard
from pages._ui.map import Click, area_map, areas_url, backdrop_url, points_url, undrawn_note
from pages._ui.map_legend import POINT_CLASSES, POINT_ORDER, legend
from pages._views.map_view import MapView, shown_areas
from pages.situation.risk_map.map_panel import Go
from pages.situation.risk_map.map_picture import Picture

# Beyond this many areas the borders would cover the colours.
_MANY = 400


def show_frame(
    atlas: Atlas,
    view: MapView,
    picture: Picture,
    revisions: Revisions,
    basemap: Basemap,
    go: Go,
    left_out: Markup,
) -> None:
    """Areas in the colours of the layer, roads and water, institutions; a click chooses.

    ``left_out`` says below the map which institutions are no points on it.
    """

    def clicked(click: Click) -> None:
        go(view.chosen(area=click.area, institution=click.institution))

    areas = shown_areas(atlas, view.under)
    shapes = areas_url(view.under, revisions.areas, basemap.datum)
    few = len(areas) <= _MANY
    seen = extent(guard.store(), guard.visitor().actor, atlas, view.under)
    elements = [
        MapPlace(str(view.under), basemap.bounds(seen), basemap.tiles()),
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
    points = view.points and view.on is None  # their tiers are those of today
    if points:
        elements.append(
            PointLayer(
                points_url(view.under, view.tiers, revisions.data, basemap.datum),
                POINT_CLASSES,
                POINT_ORDER,
                chosen=view.institution,
            )
        )
    if undrawn := undrawn_note(atlas, areas):
        st.caption(undrawn)
    with st.container(key="map-frame"):
        area_map(elements, key="risk-map", on_click=clicked, fetch_first=[shapes])
    drawn = picture.drawn(len(areas))
    st.html(legend(picture.look, drawn, points=points, left_out=left_out))
