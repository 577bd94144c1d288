"""An opened record: its head, its sections in a scroll of their own, and the bar that saves."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import streamlit as st

from ledger.domain.access import Action
from ledger.domain.errors import NotFound
from ledger.operations.turns import runs
from ledger.records import service as records
from pages._ui.stylesheet import stylesheet
from pages.records.ledger.attach_panel import show_attachments
from pages.records.ledger.cursor import show_mark
from pages.records.ledger.duties_panel import show_duties
from pages.records.ledger.form import Form
from pages.records.ledger.head import show_head
from pages.records.ledger.history import show_history
from pages.records.ledger.oddness import find_odd
from pages.records.ledger.opened_form import form_of, taken_up
from pages.records.ledger.place import show_place
from pages.records.ledger.record_facts import show_facts
from pages.records.ledger.record_notices import show_notices
from pages.records.ledger.related import show_references, show_related
from pages.records.ledger.removal import show_delete, show_restore
from pages.records.ledger.save_bar import show_bar, show_clash
from pages.records.ledger.sections import choose_section
from pages.records.ledger.session import Desk, show_told
from pages.records.ledger.steps_panel import has_steps, show_steps
from pages.records.ledger.tier import show_tier

STYLE = Path(__file__).with_name("record.css")


def read_record(desk: Desk, record_id: int) -> dict[str, Any] | None:
    """The record that the address names; None where the visitor finds none."""
    try:
        return records.get(desk.store, desk.actor, desk.ledger.key, record_id)
    except NotFound:
        return None


def show_record(desk: Desk, fresh: dict[str, Any] | None) -> None:
    """The opened record, or that there is none."""
    st.html(stylesheet(STYLE))
    with st.container(key="record"):
        if fresh is None:
            st.error(str(NotFound()))
        else:
            _panel(desk, fresh)


@st.fragment
@runs.turn()
def _panel(desk: Desk, fresh: dict[str, Any]) -> None:
    """A fragment that runs alone while the user types, so that the list is not drawn again."""
    form = form_of(desk, fresh)
    if not form.record["deleted"] and taken_up(desk, form, fresh):
        form = form_of(desk, fresh)
    show_head(desk, form.record)
    if form.record["deleted"]:
        with st.container(key="record-body"):
            show_told(desk)
            show_restore(desk, form.record)
            show_history(desk, fresh["id"], putting_back=False)
        return
    pending = form.pending()
    if desk.memory.reviewing == "record" and desk.memory.clash is not None and pending.values:
        with st.container(key="record-body"):
            show_told(desk)
            show_clash(desk, form, pending)
        return
    if pending.values:
        find_odd(desk, form, fresh["id"])
    sections = _sections(desk, form, fresh)
    chosen = choose_section(desk, list(sections), fresh["id"])
    with st.container(key="record-body"):
        show_notices(desk, form, fresh)
        show_references(desk, fresh)
        sections[chosen]()
        show_delete(desk, form.record)
    # The fields on show may have changed what is pending in this very run.
    pending = form.pending()
    if desk.may(Action.EDIT):
        desk.draft(fresh["id"]).keep(pending.values, form.record["version"])
    show_bar(desk, form, pending)
    show_mark(desk, form)


def _sections(desk: Desk, form: Form, fresh: Mapping[str, Any]) -> dict[str, Callable[[], None]]:
    """What the record has to show, by label, in the order of the row."""
    record, sections = form.record, dict[str, Callable[[], None]]()
    if desk.ledger.judged:
        sections["等级依据"] = lambda: _show_judged(desk, record, fresh)
    elif has_steps(desk):
        unsaved = bool(form.pending().values)
        sections["办理"] = lambda: show_steps(desk, fresh, unsaved=unsaved)
    sections["资料"] = lambda: show_facts(desk, form)
    if desk.ledger.geometry == "point":
        sections["位置"] = lambda: show_place(form)
    if desk.ledger.judged:
        sections["往来"] = lambda: show_related(desk, record)
    sections["附件"] = lambda: show_attachments(desk, record)
    sections["历史"] = lambda: show_history(desk, record["id"])
    return sections


def _show_judged(desk: Desk, record: Mapping[str, Any], fresh: Mapping[str, Any]) -> None:
    show_duties(desk, fresh)
    show_tier(desk, record)
