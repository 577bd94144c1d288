"""The form of an opened record: on the record as it was read, with what a lost session held."""

from __future__ import annotations

from typing import Any

from ledger.domain.access import Action
from ledger.records.opened import compared
from ledger.records.typed import edits_of
from pages._ui.drafts import field_values
from pages.records.ledger.form import Form
from pages.records.ledger.session import Desk


def form_of(desk: Desk, fresh: dict[str, Any]) -> Form:
    """The form on the record as it was first read; on the newest one unless much was typed."""
    opened = desk.memory.opened
    if opened is None or opened["id"] != fresh["id"]:
        opened = desk.memory.opened = fresh
    form = form_on(desk, opened)
    if opened["version"] != fresh["version"] and not form.pending().values:
        desk.memory.opened = fresh
        form = form_on(desk, fresh)
    return form


def form_on(desk: Desk, record: dict[str, Any]) -> Form:
    """The form on one version of a record: another version has fields of its own."""
    prefix = f"field-{desk.ledger.key}-{record['id']}-{record['version']}"
    return Form(desk, record, prefix, compared=True)


def taken_up(desk: Desk, form: Form, fresh: dict[str, Any]) -> bool:
    """Put what was typed in a lost session back into the form; whether there was any."""
    if not desk.may(Action.EDIT) or form.pending().values:
        return False
    draft = desk.draft(fresh["id"])
    found = draft.waiting()
    if found is None:
        return False
    draft.take()
    read_on = {**fresh, "version": found.version or fresh["version"]}
    desk.memory.opened = read_on
    again = form_on(desk, read_on)
    for key, typed in field_values(desk.ledger, found).items():
        again.set(key, typed)
    if read_on["version"] != fresh["version"] and again.pending().values:
        _compare(desk, again)
    return True


def _compare(desk: Desk, form: Form) -> None:
    """The record moved on while the draft lay there: compare before anything is saved."""
    pending = form.pending()
    (edit,) = edits_of(desk.atlas, desk.actor, desk.ledger, [pending])
    clash = compared(desk.store, desk.actor, desk.ledger.key, edit)
    desk.memory.forget_review()
    desk.memory.reviewing, desk.memory.clash = "record", clash
