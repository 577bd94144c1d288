"""What the register says of one market entity."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from ledger.domain.access import Action, Actor
from ledger.domain.ledgers import ENTITIES
from pages._text import clip, safe
from pages._ui import guard
from pages._ui.cells import area_words
from pages._ui.field_frame import headline
from pages._ui.html_table import Cell, html_table
from pages.records.entities.verifying import verify

STATUS_LABELS = ENTITIES.by_key["status"].choice_labels
UNMATCHED = "未比对"
_SHOWN = ("number", "status", "credit_code", "registered_on", "address", "area_code", "scope")


def show_entity(actor: Actor, row: dict[str, Any]) -> None:
    status = STATUS_LABELS.get(row["status"], UNMATCHED)
    headline(row["name"], f"核实状态：<b>{safe(status)}</b>")
    if st.button("返回名单", icon=":material/arrow_back:", key="entities-back"):
        st.query_params.clear()
        st.rerun()
    st.html(facts_html(actor, row))
    if row["verification"]:
        st.html(
            f'<p class="field-quiet">核实情况（{row["verified_on"]}）：'
            f"{safe(row['verification'])}</p>"
        )
    if actor.may(Action.EDIT, "entities"):
        verify(actor, row)


def facts_html(actor: Actor, row: Mapping[str, Any]) -> str:
    """What the register says, as HTML."""
    items = []
    for key in _SHOWN:
        column, value = ENTITIES.by_key[key], row.get(key)
        if value is None:
            continue
        said = (
            area_words(guard.atlas(), str(value), actor.scope_path)
            if key == "area_code"
            else column.format(value)
        )
        items.append((Cell(column.label, head=True), clip(said, 600)))
    return html_table((), items, look="field-changes")
