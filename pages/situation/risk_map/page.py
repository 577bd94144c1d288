"""风险地图: which areas hold institutions of which tier, and why. The leader's first page."""

from __future__ import annotations

import streamlit as st

from ledger.domain.access import Action, Actor
from ledger.domain.errors import LedgerError
from ledger.operations.turns import runs
from pages._basemap import read_basemap
from pages._map_opening import wait_for_areas
from pages._ui import guard
from pages._ui.shared_answers import asked
from pages._ui.stylesheet import MAP, stylesheet
from pages._ui.todo_alerts import alerts_banner
from pages._views.map_view import MapView, map_top, read_view, write_view
from pages.situation.risk_map.map_answer import (
    read_layer,
    reckoning,
    say_without_areas,
    show_answer,
)
from pages.situation.risk_map.map_controls import (
    show_controls,
    show_layers,
    show_measures,
    show_months,
    show_way_back,
)
from pages.situation.risk_map.map_frame import show_frame


@st.fragment
@runs.turn()
def show_map(actor: Actor) -> None:
    """Everything on the page: a click on the map reruns this and nothing else."""
    store, atlas = guard.store(), guard.atlas()
    if not len(atlas):
        say_without_areas(actor)
        return
    view = read_view(atlas, actor, st.query_params.to_dict())
    now, basemap = asked(store, actor), read_basemap(store)
    try:
        # A place that is always there: what comes and goes in it must not mount the map anew.
        with st.container(key="map-busy"), reckoning(view):
            shown = read_layer(now, actor, atlas, view)
    except LedgerError as error:
        guard.refused(error)
        return

    def go(wanted: MapView) -> None:
        st.query_params.from_dict(write_view(wanted, map_top(atlas, actor)))

    # Each part has its place; after the answer the map is drawn, for its frame takes longest.
    with st.container(key="map-answer"):
        show_answer(atlas, view, shown)
    way = st.container(horizontal=True, vertical_alignment="center", key="map-way")
    with st.container(key="map-split"):
        left, right = st.columns([2, 1], gap="medium")
        layers = left.container(horizontal=True, vertical_alignment="center", key="map-layers")
        measures = left.container(horizontal=True, vertical_alignment="center", key="map-measures")
        controls = left.container(horizontal=True, vertical_alignment="center", key="map-controls")
        with left:
            show_frame(atlas, view, shown.picture, now.revisions, basemap, go)
            show_months(view, go)
    if view.points:
        wait_for_areas(guard.session_token())
    with way:
        show_way_back(atlas, actor, view, go)
    with layers:
        show_layers(view, go)
    with measures:
        show_measures(view, go)
    with controls:
        show_controls(view, go)
    with right, st.container(key="map-panel"):
        shown.panel(go)


st.html(stylesheet(MAP))
who = guard.visitor(Action.READ)
# A place of their own that is always there: alerts that come and go must not mount the map anew.
alerts = st.container(key="map-alerts")
with st.container(key="map-page"):
    show_map(who.actor)
with alerts:
    alerts_banner(who.actor)
