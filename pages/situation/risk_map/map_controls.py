"""What can be chosen around the risk map: the way back, layer, measure, tiers, points."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import streamlit as st

from geo.atlas import Atlas
from ledger.casework.changed_since import MOST_DAYS
from ledger.casework.todo import last_visit
from ledger.domain.access import Actor
from ledger.domain.timing import clock
from ledger.storage import Store
from pages._text import plain
from pages._ui.badges import LOOKS
from pages._ui.date_span import one_day
from pages._ui.download_links import print_page_button
from pages._views.case_measures import MEASURES
from pages._views.map_view import (
    CHANGES,
    LAYERS,
    PETITIONS,
    TIER_KEYS,
    USUAL_DAYS,
    MapView,
    toggled,
    way_to,
)
from pages.situation.risk_map.map_panel import Go

_VISITED = "map-visited"


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
    """What the areas are coloured by; ``map.css`` puts 图层 before them, 只看 before the tiers."""
    for layer, word in LAYERS.items():
        _switch(f"layer-{layer}", word, view.layer == layer, replace(view, layer=layer), go)


def show_measures(store: Store, actor: Actor, view: MapView, go: Go) -> None:
    """By which number the layer of petitions colours the areas, and since when changes are told."""
    if view.layer == CHANGES:
        if _VISITED not in st.session_state:  # of the session before this one: it stays the same
            st.session_state[_VISITED] = last_visit(store, actor)
        today, seen = clock.today(), st.session_state[_VISITED]
        visited = None if seen is None else seen.astimezone(clock.OFFICE).date()
        one_day(
            "从哪一天起",
            "map-since",
            view.changed_since,
            usual_days(today, visited),
            lambda day: go(replace(view, since=day)),
            earliest=today - timedelta(days=MOST_DAYS),
            latest=today,
        )
    if view.layer != PETITIONS:
        return
    for measure, word in MEASURES.items():
        wanted = replace(view, measure=measure)
        _switch(f"by-{measure}", word, view.measure == measure, wanted, go)


def usual_days(today: date, visited: date | None) -> dict[str, date]:
    """The days from which changes are usually told, by their words; ``visited`` is the day on which
    the reader was here before."""
    days = {"今天": today}
    if visited is not None and visited >= today - timedelta(days=MOST_DAYS):
        days["上次来"] = visited
    days |= {f"近{USUAL_DAYS}天": today - timedelta(days=USUAL_DAYS), "本月": today.replace(day=1)}
    return days | {f"近{days}天": today - timedelta(days=days) for days in (30, 90)}


def show_controls(view: MapView, go: Go) -> None:
    """Which tiers of institutions, points or not; with the layer taken back by one button."""
    for tier in TIER_KEYS:
        word = LOOKS[None if tier == "none" else tier].word
        wanted = replace(view, tiers=toggled(view.tiers, tier))
        _switch(f"tier-{tier}", word, tier in view.tiers, wanted, go)
    wanted = replace(view, points=not view.points)
    past = view.on is not None
    _switch("points", "机构点位", view.points and not past, wanted, go, off=past)
    if view.filtered:
        _switch("clear", "清除筛选", False, view.unfiltered(), go)
    print_page_button()
    if st.button("会议模式", key="map-meeting", help="全屏、大字，方向键翻页"):
        st.query_params["meeting"] = "1"
        st.rerun()


def _switch(name: str, word: str, on: bool, wanted: MapView, go: Go, *, off: bool = False) -> None:
    st.button(
        word,
        disabled=off,
        key=f"map-{name}",
        type="primary" if on else "secondary",
        on_click=go,
        args=(wanted,),
    )
