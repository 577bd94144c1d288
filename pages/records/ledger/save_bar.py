"""The bar below an opened record: what was changed as old → new, and one 保存 for all of it."""

from __future__ import annotations

from typing import Any

import streamlit as st

from ledger.domain.columns import Column
from ledger.records.typed import Pending, Pendings
from pages._text import plain
from pages._ui.drafts import labels_of
from pages._ui.field_frame import run_again
from pages.records.ledger.changed_fields import changes_html, field_changes
from pages.records.ledger.changes import CellChange
from pages.records.ledger.conflict import show_conflict
from pages.records.ledger.form import Form
from pages.records.ledger.oddness import UNSURE, ask_confirmation
from pages.records.ledger.opened_form import form_on
from pages.records.ledger.place import PLACE_GROUP
from pages.records.ledger.review import MAX_REASON
from pages.records.ledger.saving_edits import save_edits
from pages.records.ledger.sections import open_section
from pages.records.ledger.session import Desk


def show_bar(desk: Desk, form: Form, pending: Pending) -> None:
    """Every change of the record, a reason if one is given, 保存 and 放弃; nothing without any."""
    if not pending.values:
        if desk.memory.reviewing == "record":
            desk.memory.forget_review()
        return
    with st.container(key="record-bar"):
        changes = field_changes(desk, pending)
        st.html(changes_html(changes))
        for line in desk.memory.refused:
            st.error(plain(line, 400), icon=":material/error:")
        unsure = ask_confirmation(desk, form)
        with st.container(horizontal=True, vertical_alignment="center", key="record-unsaved"):
            st.markdown(f"**{len(pending.values)} 处修改尚未保存**", width="content")
            reason = st.text_input(
                "修改理由",
                key=f"reason-{desk.memory.salt}",
                max_chars=MAX_REASON,
                placeholder="修改理由（选填，记入历史）",
                label_visibility="collapsed",
            )
            pressed = st.button(
                "保存", type="primary", key="record-save", icon=":material/check:", shortcut="alt+s"
            )
            st.button("放弃", key="record-drop", on_click=_drop, args=(desk, form))
    if not pressed:
        return
    faulty = _first_faulty(desk, form, changes)
    if faulty is not None:
        _lead_to(desk, faulty)
        run_again()
    if unsure is not None:
        desk.memory.refused = [UNSURE]
        _lead_to(desk, desk.ledger.by_key[unsure])
        run_again()
    desk.memory.reviewing = "record"
    save_edits(desk, [pending], (reason or "").strip() or None, lambda: _saved(desk, form))


def show_clash(desk: Desk, form: Form, pending: Pending) -> None:
    """The comparison with what somebody else saved, alone: nobody has to look for the choice."""
    if desk.memory.clash is None:
        return
    desk.draft(form.record["id"]).show_restored(labels_of(desk.ledger, pending.values))
    show_conflict(
        desk,
        desk.memory.clash,
        {form.record["id"]: pending},
        saved=lambda: _saved(desk, form),
        rebased=lambda fresh: _rebase(desk, form, fresh),
    )


def _first_faulty(desk: Desk, form: Form, changes: list[CellChange]) -> Column | None:
    """The first column that cannot be saved as it stands."""
    faulty = {one.label: one.problem for one in changes if one.problem}
    return next((one for one in desk.ledger.editable if one.label in faulty), None)


def _lead_to(desk: Desk, column: Column) -> None:
    """Show the field that has to be corrected, with the cursor in it."""
    placed = desk.ledger.geometry == "point" and column.group == PLACE_GROUP
    open_section(desk, PLACE_GROUP if placed else "资料")
    desk.memory.jump_to(column.key)


def _saved(desk: Desk, form: Form) -> None:
    form.forget()
    desk.memory.opened = None
    desk.draft(form.record["id"]).discard()


def _drop(desk: Desk, form: Form) -> None:
    form.forget()
    desk.draft(form.record["id"]).discard()


def _rebase(desk: Desk, form: Form, fresh: Pendings) -> None:
    """Put what was typed on the version that somebody else saved meanwhile."""
    form.forget()
    desk.memory.opened = None
    for other in fresh.values():
        record: dict[str, Any] = dict(other.record)
        desk.memory.opened = record
        again = form_on(desk, record)
        for key, typed in other.values.items():
            again.set(key, typed)
        desk.memory.reviewing = "record"
