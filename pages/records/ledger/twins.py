"""A record that is probably in the ledger already, said while a new one is filled in."""

from __future__ import annotations

from typing import Any

import streamlit as st

from ledger.domain.columns import ValueRefused
from ledger.exchange.importing.likely_twin import likely_twin
from ledger.records.query import Selection
from pages._text import markup, safe
from pages._views.rows_link import rows_address
from pages.records.ledger.form import Form
from pages.records.ledger.session import Desk


def show_twin(desk: Desk, form: Form) -> None:
    """What the new record probably repeats, and why; a hint that keeps nobody from saving."""
    values = _values(desk, form)
    signature = tuple(sorted((key, str(value)) for key, value in values.items()))
    if desk.memory.twin[0] != signature:
        found = likely_twin(desk.store, desk.actor, desk.ledger.key, values)
        desk.memory.twin = (signature, found)
    likely = desk.memory.twin[1]
    if likely is None:
        return
    number = likely.what.partition("“")[0]
    said = (
        '<p class="field-odd">▲ 可能与<a href="{}" target="_blank" rel="noopener">{}</a>重复'
        "（{}）。是同一条的，请打开那一条补充；不是的，照常保存。</p>"
    )
    address = rows_address(desk.ledger.key, Selection(text=number))
    st.html(markup(said, address, safe(likely.what), safe(likely.why)))


def _values(desk: Desk, form: Form) -> dict[str, Any]:
    """What stands in the form and can be read; protected texts are not compared."""
    found: dict[str, Any] = {}
    for column in desk.ledger.editable:
        if column.rule.masked:
            continue
        try:
            value = form.read(column)
        except ValueRefused:
            continue
        if value is not None:
            found[column.key] = value
    return found
