"""What can be chosen on the hotspot page: layer, period, and in one place everything else."""

from __future__ import annotations

from dataclasses import replace
from typing import cast

import streamlit as st

from geo.atlas import Atlas
from ledger.domain.access import Actor
from ledger.domain.ledgers import ledger_named
from ledger.domain.timing.periods import Period
from ledger.domain.timing.spans import named_span, read_span
from ledger.reporting.statistics.requests import PEOPLE_LABELS
from pages._ui.date_span import date_span
from pages._views.case_measures import DEFAULT_KIND, KINDS, MEASURES, periods_of
from pages._views.filters_in_words import condition_words
from pages._views.hotspot_view import HotspotView
from pages.situation.hotspots.hotspot_choices import BASIS_CHOICES, Go, put, show_choices


def layer_row(actor: Actor, atlas: Atlas, view: HotspotView, go: Go) -> None:
    """Layers as buttons; everything else below them, built only while it is open.

    An expander, no popover: a popover that tells the server of its closing swallows the click on
    a link that closed it.
    """
    with st.container(horizontal=True, vertical_alignment="center", key="map-controls"):
        for layer, word in MEASURES.items():
            st.button(
                word,
                key=f"hot-layer-{layer}",
                type="primary" if view.layer == layer else "secondary",
                on_click=go,
                args=(replace(view, layer=layer),),
            )
        st.button(
            "机构与未办结案件",
            key="hot-homes",
            type="primary" if view.homes else "secondary",
            on_click=go,
            args=(replace(view, homes=not view.homes),),
        )
        if view.filtered:
            st.button("清除筛选", key="hot-clear", on_click=go, args=(view.unfiltered(),))
    choices = st.expander(
        "范围、台账、筛选", icon=":material/tune:", key="hot-choices", on_change="rerun"
    )
    if choices.open:
        with choices, st.container(horizontal=True):
            show_choices(actor, atlas, view, go)


def show_period(view: HotspotView, go: Go) -> None:
    """The days by the control of all pages, and below it the step from one period to the next."""
    newest = periods_of(DEFAULT_KIND)[-1]

    def chosen(span: str | None) -> None:
        period = newest if span is None else read_span(span)
        kind = DEFAULT_KIND if span is None else period.kind
        go(replace(view, period=period, kind=kind if kind in KINDS else view.kind))

    span = None if view.period == newest else named_span(view.period)
    date_span("时段", "hot-days", span, chosen, unset=KINDS[DEFAULT_KIND])
    _slider(view, go)


def _slider(view: HotspotView, go: Go) -> None:
    """The last twelve periods of a kind, moved through one by one to see matters come and go: days
    are not chosen here. Another period is shown beside them."""
    options = list(periods_of(view.kind))
    if view.period not in options:
        options = sorted([*options, view.period])

    def moved() -> None:
        go(replace(view, period=st.session_state["hot-period"]))

    put("hot-period", view.period)
    st.select_slider(
        f"逐期移动({KINDS[view.kind]})",
        options,
        format_func=lambda period: cast(Period, period).label,
        key="hot-period",
        on_change=moved,
    )


def filter_words(view: HotspotView) -> list[str]:
    """Every filter in words, for the line above the map."""
    ledger = ledger_named(view.ledger)
    said = [condition_words(ledger, condition) for condition in view.conditions]
    if view.people != "population":
        said.append(f"按{PEOPLE_LABELS[view.people]}")
    if view.basis == "today":
        said.append(BASIS_CHOICES["today"])
    return said
