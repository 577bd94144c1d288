"""我的网格: the own grid at a glance, and one press to everything that is done on the spot."""

from __future__ import annotations

import streamlit as st

from ledger.casework.awaiting import Group
from ledger.casework.short_reports import LEAD, PETITION
from ledger.casework.visiting import Place, Places, read_places
from ledger.domain.access import Action, Actor
from ledger.domain.errors import LedgerError
from ledger.operations.turns import runs
from pages._text import plain
from pages._ui import guard, notices
from pages._ui.field_frame import (
    INSPECT,
    apply_field_style,
    headline,
    lead_to,
    parameter,
    section,
    way_back,
)
from pages._ui.map import Click
from pages._ui.shared_answers import todo_now
from pages._ui.theme import scope_name
from pages._ui.todo_list import dated, list_html
from pages.field.field_map import own_map
from pages.field.field_places import grid_answer, show_places
from pages.field.field_report import show_report
from pages.field.my_grid.tasks import show_tasks, unverified


def show_page(who: guard.Visitor) -> None:
    """The own grid, or the short form that the address asks for."""
    wanted = parameter("new")
    if wanted in (LEAD, PETITION):
        show_report(who, wanted)
        return
    store, actor, atlas = guard.store(), who.actor, guard.atlas()
    places = read_places(store, actor, atlas)
    groups = todo_now(store, actor)
    totals = {one.group: one.total for one in groups}
    headline(scope_name(actor), grid_answer(places, totals.get(Group.OVERDUE, 0)))
    show_tasks(actor, unverified(groups))
    _map(actor, places)
    _places(actor, places)
    section("待办（按日期）")
    items = dated(groups)
    if items:
        st.html(list_html(items))
    else:
        st.html('<p class="field-quiet">没有到期、待核实或督办的事项。</p>')


@st.fragment
@runs.turn()
def _map(actor: Actor, places: Places) -> None:
    """The own grid's shape and institutions; a press on one shows its row below the map."""

    def pressed(click: Click) -> None:
        st.session_state["my-grid-chosen"] = click.institution

    own_map(guard.store(), actor, guard.atlas(), pressed)
    chosen = st.session_state.get("my-grid-chosen")
    place: Place | None = next((one for one in places.listed if one.id == chosen), None)
    if place is not None:
        with st.container(horizontal=True, vertical_alignment="center"):
            if st.button(
                f"走访 {plain(place.name, 40)}",
                type="primary",
                key="my-grid-visit",
            ):
                lead_to(INSPECT, institution=place.number)


def _places(actor: Actor, places: Places) -> None:
    section("机构", f"{places.total} 家")
    if not places.listed:
        notices.nothing_here(
            "您的网格里还没有登记机构。",
            next_step="发现场所请点“未登记场所”；镇(街道)经办导入名单以后，这里列出要走访的机构。",
        )
    show_places(guard.store(), actor, places.listed, key="my-grid")
    with st.container(key="field-unlisted"):
        if st.button("未登记场所", icon=":material/add_location:", key="my-grid-unlisted"):
            lead_to(INSPECT, new="unlisted")


apply_field_style()
with st.container(key="field"):
    visitor = guard.visitor(Action.WORK_GRID)
    try:
        show_page(visitor)
    except LedgerError as error:
        guard.refused(error)
        way_back(visitor.actor, key="field-back-refused")
