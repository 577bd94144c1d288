"""Marks by which the browser finds the place of the cursor and of edits (pages/_web/static/)."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from pages._text import attribute
from pages.records.ledger.form import Form
from pages.records.ledger.session import Desk


def show_mark(desk: Desk, form: Form) -> None:
    """Name the field that `Memory.jump_to` asked for, once, and the record on show."""
    memory = desk.memory
    key = "" if memory.focus is None else attribute(form.key(memory.focus))
    memory.focus = None
    record = int(form.record.get("id") or 0)
    st.html(
        f'<i class="record-opened" data-record="{record}"'
        f' data-field="{key}" data-turn="{memory.turn:d}"></i>'
    )


def show_row_mark(desk: Desk, shown: Sequence[Mapping[str, Any]]) -> None:
    """Name the row of the record that was open before the table, for who went back by the keyboard
    (keys.js), and the cells that differ from what is stored (changed.js)."""
    rows = (at for at, row in enumerate(shown) if row["id"] == desk.memory.left)
    row, edits = next(rows, ""), desk.memory.edits
    changed = {row["number"]: [*edits[row["id"]].values] for row in shown if row["id"] in edits}
    said = attribute(json.dumps(changed, ensure_ascii=False)) if changed else ""
    st.html(f'<i class="list-row" data-row="{row}" data-changed="{said}"></i>')
