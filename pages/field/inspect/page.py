"""走访: one visit to one institution, from choosing it to what the visit changed."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import streamlit as st

from ledger.casework.fresh_values import fresh_visit
from ledger.casework.short_reports import REPORTS, UNLISTED
from ledger.casework.visiting import read_places
from ledger.domain.access import Action
from ledger.domain.errors import LedgerError, NotFound
from ledger.domain.ledgers import INSPECTIONS
from ledger.domain.timing import clock
from ledger.operations.turns import runs
from ledger.records import service as records
from ledger.records.query import Condition, Selection
from pages._text import safe
from pages._ui import guard
from pages._ui.badges import tier_badge
from pages._ui.download_links import print_button
from pages._ui.field_frame import apply_field_style, headline, parameter, way_back
from pages.field.field_form import FieldForm
from pages.field.field_places import LISTED, show_places, since_words, visit_form
from pages.field.field_report import show_report
from pages.field.inspect.inspection_form import show_first_question, show_visit_fields
from pages.field.inspect.inspection_saving import show_confirm, show_save, show_saved
from pages.field.inspect.visit import Visit


def show_page(who: guard.Visitor) -> None:
    """The visit that the address names, or the choice of one."""
    who.actor.require(Action.CREATE, INSPECTIONS.key)
    wanted = parameter("new")
    if wanted in REPORTS:
        show_report(who, wanted)
        return
    if not (number := parameter("institution")):
        _choose(who)
        return
    place = _place(who, number)
    if place is None:
        raise NotFound("机构")
    show_visit(who, place)


def _place(who: guard.Visitor, number: str) -> dict[str, Any] | None:
    wanted = Selection(conditions=(Condition("number", "eq", number),))
    page = records.search(guard.store(), who.actor, "institutions", wanted, size=1)
    return page.rows[0] if page.rows else None


def _choose(who: guard.Visitor) -> None:
    headline("走访哪一家？", "最该去的排在前面；台账里没有的，按“未登记场所”上报。")
    with st.container(horizontal=True):
        way_back(who.actor)
        unlisted = st.button("未登记场所", icon=":material/add_location:", key="visit-unlisted")
    if unlisted:
        st.query_params["new"] = UNLISTED
        st.rerun()
    text = st.text_input("按名称或地址查找", key="visit-search", live="1s", autocomplete="off")
    places = read_places(guard.store(), who.actor, guard.atlas(), text.strip()[:100])
    if not places.listed:
        st.info("没有找到这样的机构。可换个词查找，或按“未登记场所”上报。")
    elif places.total > LISTED:
        st.caption(f"共 {places.total} 家。")
    show_places(guard.store(), who.actor, places.listed, key="visit-choice")


@st.fragment
@runs.turn()
def show_visit(who: guard.Visitor, place: dict[str, Any]) -> None:
    """The form of one visit, a fragment that runs alone while it is filled in."""
    store, actor = guard.store(), who.actor
    form = FieldForm(store, actor, INSPECTIONS, visit_form(str(place["number"])))
    if form.stage == "done":
        headline(f"走访 {place['name']}")
    else:
        headline(f"走访 {place['name']}", _standing(place))
    fresh = {key: str(value) for key, value in fresh_visit(store, actor).items()}
    if not form.open(fresh):
        way_back(actor)
        return
    visit = Visit(store, actor, guard.atlas(), form, place)
    if form.stage == "done":
        show_saved(visit)
    elif form.stage == "confirm":
        show_confirm(visit)
    else:
        with st.container(horizontal=True):
            way_back(actor)
            number = quote(str(place["number"]))
            print_button(f"/print/visit?institution={number}", "打印空白检查表")
        show_first_question(visit)
        show_visit_fields(visit)
        form.keep()
        show_save(visit)


def _standing(place: dict[str, Any]) -> str:
    """Tier, days since the last visit and address, as HTML."""
    last = place["last_inspected_on"]
    days = None if last is None else (clock.today() - last).days
    address = safe(place["address"] or "地址未填")
    return (
        f"{tier_badge(place['tier'])} {since_words(days)} "
        f'<span class="field-quiet">{address}</span>'
    )


apply_field_style()
with st.container(key="field"):
    visitor = guard.visitor(Action.READ)
    try:
        show_page(visitor)
    except LedgerError as error:
        guard.refused(error)
        way_back(visitor.actor, key="field-back-refused")
