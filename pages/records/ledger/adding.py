"""A new record: what is known today first, and what is missing said next to each field."""

from __future__ import annotations

from uuid import uuid4

import streamlit as st

from ledger.casework.fresh_values import fresh_values
from ledger.domain.access import Action
from ledger.operations.turns import runs
from pages._text import plain
from pages._ui.drafts import TOKEN, field_values, show_offer
from pages._ui.field_frame import run_again
from pages.records.ledger.attach_panel import choose_files
from pages.records.ledger.creating import create, new_form, stop_adding
from pages.records.ledger.cursor import show_mark
from pages.records.ledger.form import Form, by_group
from pages.records.ledger.oddness import UNSURE, ask_confirmation, find_odd
from pages.records.ledger.place import PLACE_GROUP, show_place
from pages.records.ledger.session import Desk
from pages.records.ledger.twins import show_twin


def start_adding(desk: Desk) -> None:
    """Open the form, with what was typed into it before; pressing 保存 twice adds one record."""
    desk.memory.forget_review()
    draft = desk.draft(None)
    found = draft.waiting()
    kept = str(found.values.get(TOKEN) or "") if found else ""
    desk.memory.adding = kept or uuid4().hex
    desk.memory.fresh = fresh_values(desk.store, desk.actor, desk.ledger, desk.atlas)
    typed = {} if found is None else field_values(desk.ledger, found)
    if found is not None:
        draft.take()
        form = new_form(desk)
        for key, value in typed.items():
            form.set(key, value)
    for column in desk.ledger.editable:
        if column.required and not {**desk.memory.fresh, **typed}.get(column.key):
            desk.memory.jump_to(column.key)
            break


def offer_draft(desk: Desk) -> None:
    """A new record that was being typed when the connection was lost."""
    if not desk.may(Action.CREATE) or desk.view.record is not None:
        return
    draft = desk.draft(None)
    found = draft.waiting()
    if found is None:
        return
    show_offer(desk.ledger, draft, found, lambda: start_adding(desk))


@st.fragment
@runs.turn()
def show_adding(desk: Desk) -> None:
    """The form in place of the table: what is known today, the rest under 更多."""
    token = desk.memory.adding or ""
    form = new_form(desk)
    form.problems = dict(st.session_state.get(form.key("problems"), {}))
    find_odd(desk, form, None)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"# 新增{desk.ledger.label}", width="stretch")
        if st.button("返回列表", key="adding-back", icon=":material/arrow_back:"):
            desk.draft(None).rest()
            stop_adding(desk, form)
            st.rerun()
    placed = desk.ledger.geometry == "point"
    facts, place = st.columns([3, 2]) if placed else (st.container(), None)
    if place is not None:
        with place, st.container(border=True, key="adding-place"):
            st.markdown("**位置**")
            show_place(form)
    with facts, st.container(key="adding-facts"):
        _show_fields(desk, form, placed=placed)
    typed = form.pending().values
    desk.draft(None).keep({**typed, TOKEN: token} if typed else {})
    with st.container(key="adding-bar"):
        show_twin(desk, form)
        for line in desk.memory.refused:
            st.error(plain(line, 400), icon=":material/error:")
        unsure = ask_confirmation(desk, form)
        pressed = st.button(
            "保存新记录",
            type="primary",
            key="adding-save",
            icon=":material/check:",
            shortcut="alt+s",
        )
    show_mark(desk, form)
    if pressed and unsure is not None:
        desk.memory.refused = [UNSURE]
        desk.memory.jump_to(unsure)
        run_again()
    elif pressed:
        create(desk, form, token)


def _show_fields(desk: Desk, form: Form, *, placed: bool) -> None:
    """What is asked for first, files, and the rest; fields of the position stand with the map."""
    columns = [one for one in desk.ledger.editable if not placed or one.group != PLACE_GROUP]
    asked = [one for one in columns if one in desk.ledger.asked_first and one.key != "number"]
    rest = [one for one in columns if one not in asked]
    form.rows(asked, "first")
    choose_files("附件", form.key("files"))
    if not rest:
        return
    filled = form.pending().values.keys() | form.problems.keys()
    with st.expander(
        f"更多：{len(rest)} 项，不清楚的可以留空，以后再补",
        expanded=any(one.key in filled for one in rest),
        key=form.key("more"),
    ):
        form.show(by_group(rest))
