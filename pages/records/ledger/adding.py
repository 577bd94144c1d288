"""A new record: what is known today first, and what is missing said next to each field."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from uuid import uuid4

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from ledger.casework.fresh_values import fresh_values
from ledger.domain.access import Action
from ledger.domain.columns import Column
from ledger.domain.errors import Invalid, LedgerError
from ledger.operations.turns import runs
from ledger.records import service as records
from ledger.records.typed import read_new
from pages._text import plain
from pages._ui.drafts import TOKEN, field_values, show_offer
from pages._ui.field_frame import run_again
from pages.records.ledger.attach_panel import attach_files, choose_files
from pages.records.ledger.cursor import show_mark
from pages.records.ledger.form import Form, by_group
from pages.records.ledger.oddness import UNSURE, ask_confirmation, find_odd
from pages.records.ledger.place import PLACE_GROUP, show_place
from pages.records.ledger.session import Desk, go
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
        form = _new_form(desk)
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


def _new_form(desk: Desk) -> Form:
    token = desk.memory.adding or ""
    return Form(desk, desk.memory.fresh, f"new-{desk.ledger.key}-{token[:8]}")


def _stop_adding(desk: Desk, form: Form) -> None:
    form.forget()
    desk.memory.adding, desk.memory.refused = None, []


@st.fragment
@runs.turn()
def show_adding(desk: Desk) -> None:
    """The form in place of the table: what is known today, the rest under 更多."""
    token = desk.memory.adding or ""
    form = _new_form(desk)
    form.problems = dict(st.session_state.get(form.key("problems"), {}))
    find_odd(desk, form, None)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"# 新增{desk.ledger.label}", width="stretch")
        if st.button("返回列表", key="adding-back", icon=":material/arrow_back:"):
            desk.draft(None).rest()
            _stop_adding(desk, form)
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
        _create(desk, form, token)


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


def chosen_files(form: Form) -> Sequence[UploadedFile]:
    """The files that were chosen for the new record."""
    return st.session_state.get(form.key("files")) or []


def _create(desk: Desk, form: Form, token: str) -> None:
    desk.memory.refused = []
    typed = {column.key: form.typed(column) for column in desk.ledger.editable}
    values, problems = read_new(desk.ledger, desk.atlas, desk.actor, typed)
    if not problems:
        try:
            record_id = records.create(desk.store, desk.actor, desk.ledger.key, values, token=token)
        except Invalid as invalid:
            problems, desk.memory.refused = _split(desk, invalid)
        except LedgerError as error:
            desk.memory.refused = [str(error)]
        else:
            _created(desk, form, record_id)
    if problems:
        named = "、".join(desk.ledger.label_of(key) for key in problems)
        desk.memory.refused.append(f"还不能保存，请先改正：{named}。")
        desk.memory.jump_to(next(one.key for one in desk.ledger.columns if one.key in problems))
    st.session_state[form.key("problems")] = problems
    run_again()


def _split(desk: Desk, invalid: Invalid) -> tuple[dict[str, str], list[str]]:
    """The service's problems: those of a field by its key, and the others as lines."""
    by_label: dict[str, Column] = {column.label: column for column in desk.ledger.columns}
    fields, lines = {}, []
    for problem in invalid.problems:
        column = by_label.get(problem.column or "")
        if column is None:
            lines.append(str(problem))
        else:
            fields[column.key] = problem.message
    return fields, lines


def _created(desk: Desk, form: Form, record_id: int) -> None:
    record = records.get(desk.store, desk.actor, desk.ledger.key, record_id)
    desk.memory.tell("success", f"已新增 {record['number']} {record[desk.ledger.title]}。")
    attach_files(desk, record_id, chosen_files(form))
    desk.draft(None).discard()
    _stop_adding(desk, form)
    go(replace(desk.view, record=record_id))
    st.rerun()
