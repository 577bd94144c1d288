"""风险地图: which areas hold institutions of which tier, and why. The leader's first page."""

from __future__ import annotations

import streamlit as st
from markupsafe import Markup

from ledger.domain.access import Action, Actor
from ledger.domain.errors import LedgerError
from ledger.operations.turns import runs
from pages._map_opening import wait_for_areas
from pages._ui import guard
from pages._ui.map_legend import not_drawn
from pages._ui.shared_answers import asked, basemap_of
from pages._ui.stylesheet import MAP, stylesheet
from pages._ui.theme import meeting_step
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
    show_way_back,
)
from pages.situation.risk_map.map_frame import show_frame
from pages.situation.risk_map.map_table import show_table, table_button
from pages.situation.risk_map.map_time import show_months


@st.fragment
@runs.turn()
def show_map(actor: Actor) -> None:
    """Everything on the page: a click on the map reruns this and nothing else."""
    store = guard.store()
    now = asked(store, actor)
    atlas = guard.atlas(now.revisions)
    if not len(atlas):
        say_without_areas(actor)
        return
    view = read_view(atlas, actor, st.query_params.to_dict())
    try:
        # A place that is always there: what comes and goes in it must not mount the map anew.
        answer = st.container(key="map-answer")
        with answer, reckoning(view):
            shown = read_layer(now, actor, atlas, view)
    except LedgerError as error:
        guard.refused(error)
        return

    def go(wanted: MapView) -> None:
        st.query_params.from_dict(write_view(wanted, map_top(atlas, actor)) | meeting_step())

    pointed = view.points and view.on is None
    left_out = not_drawn(now, atlas, view.under, view.tiers) if pointed else Markup()
    # Each part has its place; after the answer the map is drawn, for its frame takes longest.
    with answer:
        show_answer(atlas, view, shown)
    way = st.container(horizontal=True, vertical_alignment="center", key="map-way")
    with st.container(key="map-split"):
        left, right = st.columns([2, 1], gap="medium")
        layers = left.container(horizontal=True, vertical_alignment="center", key="map-layers")
        measures = left.container(horizontal=True, vertical_alignment="center", key="map-measures")
        controls = left.container(horizontal=True, vertical_alignment="center", key="map-controls")
        with left:
            basemap = basemap_of(now)
            show_frame(atlas, view, shown.picture, now.revisions, basemap, go, left_out)
            show_months(view, go)
    if view.points:
        wait_for_areas(guard.session_token())
    with way:
        show_way_back(atlas, actor, view, go)
    with layers:
        show_layers(view, go)
    with measures:
        show_measures(store, actor, view, go)
    with controls:
        show_controls(view, go)
    with right, st.container(key="map-panel"):
        if view.table and view.nothing_chosen:
            table_button(atlas, view, go)
            show_table(atlas, view, shown.table())
        else:
            shown.panel(go)
            if view.nothing_chosen:
                table_button(atlas, view, go)


st.html(stylesheet(MAP))
who = guard.visitor(Action.READ)
# A place of their own that is always there: alerts that come and go must not mount the map anew.
alerts = st.container(key="map-alerts")
with st.container(key="map-page"):
    show_map(who.actor)
with alerts:
    alerts_banner(who.actor)
