"""A new record is written, with its files; then its form is gone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from ledger.domain.columns import Column
from ledger.domain.errors import Invalid, LedgerError
from ledger.records import service as records
from ledger.records.typed import read_new
from pages._ui.field_frame import run_again
from pages.records.ledger.attach_panel import attach_files
from pages.records.ledger.form import Form
from pages.records.ledger.session import Desk, go


def stop_adding(desk: Desk, form: Form) -> None:
    form.forget()
    desk.memory.adding, desk.memory.refused = None, []


def chosen_files(form: Form) -> Sequence[UploadedFile]:
    """The files that were chosen for the new record."""
    return st.session_state.get(form.key("files")) or []


def create(desk: Desk, form: Form, token: str) -> None:
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
    stop_adding(desk, form)
    go(replace(desk.view, record=record_id))
    st.rerun()


def new_form(desk: Desk) -> Form:
    token = desk.memory.adding or ""
    return Form(desk, desk.memory.fresh, f"new-{desk.ledger.key}-{token[:8]}")
