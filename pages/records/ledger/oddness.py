"""Odd numbers while they are typed: said beside the field, confirmed with a word, never refused."""

from __future__ import annotations

from typing import Any

import streamlit as st

from ledger.domain.columns import ValueRefused
from ledger.records.peers import odd_values
from pages.records.ledger.form import Form
from pages.records.ledger.session import Desk

UNSURE = "有数字与往常差得很多。请核对，无误的勾选“已核对，数字无误”，再保存。"


def find_odd(desk: Desk, form: Form, record_id: int | None) -> None:
    """Let the fields of the form say what is odd about the numbers typed into them."""
    typed = _typed_numbers(desk, form)
    values = typed | _kind(desk, form)
    signature = (record_id, tuple(values.items()))
    if desk.memory.odd[0] != signature:
        found = odd_values(desk.store, desk.actor, desk.ledger.key, record_id, values)
        desk.memory.odd = (signature, {key: said for key, said in found.items() if key in typed})
    form.odd = desk.memory.odd[1]


def ask_confirmation(desk: Desk, form: Form) -> str | None:
    """A box to be ticked where a number is odd; the column that still waits for it."""
    if not form.odd:
        return None
    named = "、".join(desk.ledger.label_of(key) for key in form.odd)
    asked = "-".join(f"{key}.{form.typed(desk.ledger.by_key[key])}" for key in form.odd)
    sure = st.checkbox(f"{named}与往常差得很多，已核对，数字无误", key=form.key(f"sure-{asked}"))
    return None if sure else next(iter(form.odd))


def _typed_numbers(desk: Desk, form: Form) -> dict[str, Any]:
    """The watched numbers that were typed and can be read."""
    read: dict[str, Any] = {}
    for key in form.pending().values:
        column = desk.ledger.by_key[key]
        if column.watched:
            try:
                read[key] = form.read(column)
            except ValueRefused:
                continue
    return {key: value for key, value in read.items() if value is not None}


def _kind(desk: Desk, form: Form) -> dict[str, Any]:
    """What makes records comparable, as it stands in the form."""
    column = desk.ledger.by_key.get(desk.ledger.peers)
    if column is None:
        return {}
    try:
        return {column.key: form.read(column)}
    except ValueRefused:
        return {}
