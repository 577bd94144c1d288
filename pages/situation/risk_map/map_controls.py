"""What can be chosen around the risk map: the way back, layer, measure, time, tiers, points."""

from __future__ import annotations

from dataclasses import replace
from typing import cast

import streamlit as st

from geo.atlas import Atlas
from ledger.domain.access import Actor
from ledger.domain.timing.periods import Period
from pages._text import plain
from pages._ui.badges import LOOKS
from pages._views.case_measures import MEASURES, period_asked, periods_of
from pages._views.map_view import LAYERS, PETITIONS, TIER_KEYS, MapView, toggled, way_to
from pages.situation.risk_map.map_panel import Go


def show_way_back(atlas: Atlas, actor: Actor, view: MapView, go: Go) -> None:
    """From the top of the visitor's scope down to the area shown."""
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


def show_layers(view: MapView, go: Go) -> None:
    """What the areas are coloured by."""
    for layer, word in LAYERS.items():
        _switch(f"layer-{layer}", word, view.layer == layer, replace(view, layer=layer), go)


def show_measures(view: MapView, go: Go) -> None:
    """By which number the layer of petitions colours the areas."""
    if view.layer != PETITIONS:
        return
    for measure, word in MEASURES.items():
        wanted = replace(view, measure=measure)
        _switch(f"by-{measure}", word, view.measure == measure, wanted, go)


def show_months(view: MapView, go: Go) -> None:
    """The time of the layer of petitions: the last twelve months, then the last 90 days."""
    if view.layer != PETITIONS:
        return
    newest = period_asked("")
    months = [*periods_of("month")]
    chosen = view.period or newest
    options = [*([] if chosen in (*months, newest) else [chosen]), *months, newest]

    def moved() -> None:
        period = st.session_state["map-period"]
        go(replace(view, period=None if period == newest else period))

    if st.session_state.get("map-period") != chosen:
        st.session_state["map-period"] = chosen
    st.select_slider(
        "登记时间",
        options,
        format_func=lambda period: "近90天" if period == newest else cast(Period, period).label,
        key="map-period",
        on_change=moved,
    )


def show_controls(view: MapView, go: Go) -> None:
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
