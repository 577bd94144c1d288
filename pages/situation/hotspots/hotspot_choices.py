"""What else can be chosen on the hotspot page, in one place."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import streamlit as st

from geo.atlas import Atlas
from geo.hotspot_classes import Null
from geo.levels import LEVEL_LABELS
from ledger.domain.access import Action, Actor
from ledger.domain.ledgers import ledger_named
from ledger.reporting.statistics.counting import countable_ledgers
from ledger.reporting.statistics.requests import PEOPLE_LABELS
from pages._views.case_measures import KINDS, periods_of
from pages._views.filters_in_words import choice_words
from pages._views.hotspot_view import HotspotView, filterable, levels_below, scopes

Go = Callable[[HotspotView], None]
NULL_CHOICES = {
    str(Null.MEASURED): "按实测的差别(默认)",
    str(Null.POPULATION): "按人口随机落下",
    str(Null.SHUFFLED): "各区域比率互换",
}
BASIS_CHOICES = {"then": "按当时的区域", "today": "换算到今天的区域"}
_WIDE = 220  # pixels of one choice


def show_choices(actor: Actor, atlas: Atlas, view: HotspotView, go: Go) -> None:
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

    put(key, str(value) if field == "null" else value)
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

    put(key, [value for value in view.choice(column) if value in named])
    st.multiselect(
        label,
        list(named),
        format_func=named.__getitem__,
        key=key,
        placeholder="全部",
        on_change=chosen,
        width=_WIDE,
    )


def put(key: str, value: Any) -> None:
    """The address says what a widget shows, whatever it showed before."""
    if st.session_state.get(key) != value:
        st.session_state[key] = value
