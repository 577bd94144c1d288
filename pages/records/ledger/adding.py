"""A new record: the whole form, with what is missing said next to each field."""

from __future__ import annotations

from dataclasses import replace
from uuid import uuid4

import streamlit as st

from ledger.casework.fresh_values import fresh_values
from ledger.domain.access import Action
from ledger.domain.columns import Column
from ledger.domain.errors import Invalid, LedgerError
from ledger.operations.turns import runs
from ledger.records import service as records
from ledger.records.typed import read_new
from pages._text import plain
from pages._ui.drafts import TOKEN, field_values, show_offer
from pages.records.ledger.form import Form
from pages.records.ledger.place import PLACE_GROUP, show_place
from pages.records.ledger.session import Desk, go


def start_adding(desk: Desk) -> None:
    """Open the form, with what was typed into it before; pressing 保存 twice adds one record."""
    desk.memory.forget_review()
    draft = desk.draft(None)
    found = draft.waiting()
    kept = str(found.values.get(TOKEN) or "") if found else ""
    desk.memory.adding = kept or uuid4().hex
    desk.memory.fresh = fresh_values(desk.store, desk.actor, desk.ledger, desk.atlas)
    if found is None:
        return
    draft.take()
    form = _new_form(desk)
    for key, typed in field_values(desk.ledger, found).items():
        form.set(key, typed)


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
    """The form in place of the table."""
    token = desk.memory.adding or ""
    form = _new_form(desk)
    form.problems = dict(st.session_state.get(form.key("problems"), {}))
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"### 新增{desk.ledger.label}", width="stretch")
        if st.button("返回列表", key="adding-back", icon=":material/arrow_back:"):
            desk.draft(None).rest()
            _stop_adding(desk, form)
            st.rerun()
    st.caption("只有标“必填”的必须填写；不清楚的可以留空或选“不详”，以后再补。")
    placed = desk.ledger.geometry == "point"
    facts, place = st.columns([3, 2]) if placed else (st.container(), None)
    if place is not None:
        with place, st.container(border=True, key="adding-place"):
            st.markdown("**位置**")
            show_place(form)
    with facts:
        columns = [c for c in desk.ledger.editable if not placed or c.group != PLACE_GROUP]
        order = {group: i for i, group in enumerate(dict.fromkeys(c.group for c in columns))}
        form.show(sorted(columns, key=lambda column: order[column.group]), wide=True)
    typed = form.pending().values
    desk.draft(None).keep({**typed, TOKEN: token} if typed else {})
    for line in desk.memory.refused:
        st.error(plain(line, 400), icon=":material/error:")
    if st.button("保存新记录", type="primary", key="adding-save", icon=":material/check:"):
        _create(desk, form, token)


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
    st.session_state[form.key("problems")] = problems
    st.rerun(scope="fragment")


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
    desk.draft(None).discard()
    _stop_adding(desk, form)
    go(replace(desk.view, record=record_id))
    st.rerun()
