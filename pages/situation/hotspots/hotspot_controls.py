"""What can be chosen on the hotspot page: layer, period, and in one place everything else."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, cast

import streamlit as st

from geo.atlas import Atlas
from geo.hotspot_classes import Null
from ledger.domain.access import Action, Actor
from ledger.domain.ledgers import ledger_named
from ledger.domain.timing.periods import Period
from ledger.domain.timing.spans import named_span, read_span
from ledger.reporting.statistics.counting import countable_ledgers
from ledger.reporting.statistics.requests import LEVEL_LABELS, PEOPLE_LABELS
from pages._ui.date_span import date_span
from pages._views.case_measures import DEFAULT_KIND, KINDS, MEASURES, periods_of
from pages._views.filters_in_words import choice_words, condition_words
from pages._views.hotspot_view import (
    HotspotView,
    filterable,
    levels_below,
    scopes,
)

Go = Callable[[HotspotView], None]
NULL_CHOICES = {
    str(Null.MEASURED): "按实测的差别(默认)",
    str(Null.POPULATION): "按人口随机落下",
    str(Null.SHUFFLED): "各区域比率互换",
}
BASIS_CHOICES = {"then": "按当时的区域", "today": "换算到今天的区域"}
_WIDE = 220  # pixels of one choice


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
            _choices(actor, atlas, view, go)


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

    _put("hot-period", view.period)
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


def _choices(actor: Actor, atlas: Atlas, view: HotspotView, go: Go) -> None:
    places = {None if one is None else one.code: one for one in scopes(atlas, actor)}
    names = {code: "全部区域" if one is None else one.name for code, one in places.items()}
    if view.under not in names and view.under is not None:
        names[view.under] = atlas[view.under].name
    _choice("范围", "under", names, view, go)
    levels = levels_below(atlas, view.under)
    _choice("统计到哪一级", "level", {level: LEVEL_LABELS[level] for level in levels}, view, go)
    ledgers = {one.key: one.label for one in countable_ledgers() if actor.may(Action.READ, one.key)}
    _choice("台账", "ledger", ledgers, view, go)
    _choice("时段长短", "kind", KINDS, view, go)
    for column in filterable(ledger_named(view.ledger)):
        _narrowing(column.key, column.label, choice_words(column), view, go)
    _choice("比率按", "people", PEOPLE_LABELS, view, go)
    _choice("与哪种随机分布相比", "null", NULL_CHOICES, view, go)
    _choice("区域有变动时", "basis", BASIS_CHOICES, view, go)


def _choice(label: str, field: str, words: dict[Any, str], view: HotspotView, go: Go) -> None:
    key = f"hot-{field}"
    value: Any = getattr(view, field)

    def chosen() -> None:
        go(_with(view, field, st.session_state[key]))

    _put(key, str(value) if field == "null" else value)
    st.selectbox(
        label, list(words), format_func=words.__getitem__, key=key, on_change=chosen, width=_WIDE
    )


def _with(view: HotspotView, field: str, value: Any) -> HotspotView:
    """The view with one thing changed, and whatever would no longer fit set back."""
    changes: dict[str, Any] = {field: value, "area": None}
    if field == "kind":
        changes["period"] = periods_of(value)[-1]
    if field == "ledger":
        changes["conditions"] = ()
    if field == "null":
        changes["null"] = Null(value)
    if field in ("people", "null"):
        changes["area"] = view.area
    return replace(view, **changes)


def _narrowing(column: str, label: str, words: dict[str, str], view: HotspotView, go: Go) -> None:
    key = f"hot-filter-{view.ledger}-{column}"
    named = {value: word for value, word in words.items() if value != "_"}

    def chosen() -> None:
        go(view.narrowed(column, st.session_state[key]))

    _put(key, [value for value in view.choice(column) if value in named])
    st.multiselect(
        label,
        list(named),
        format_func=named.__getitem__,
        key=key,
        placeholder="全部",
        on_change=chosen,
        width=_WIDE,
    )


def _put(key: str, value: Any) -> None:
    """The address says what a widget shows, whatever it showed before."""
    if st.session_state.get(key) != value:
        st.session_state[key] = value
