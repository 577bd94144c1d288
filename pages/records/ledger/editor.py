"""The table of a ledger page: read by everybody, edited in place by those who may.

Unsaved edits are kept by record, not by row, so they survive paging, filters and other pages.
The frame that is shown stays the same object until the view changes or edits are saved: the
editor counts rows by position, and its return value is never fed back.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import streamlit as st

from pages._ui.cells import column_settings
from pages.records.ledger.cursor import show_row_mark
from pages.records.ledger.drawn_lists import Sheet
from pages.records.ledger.session import Desk, go
from pages.records.ledger.typed_edits import OPEN, PICK, editable, typed_in

ROW_HEIGHT = 44
HEADER_HEIGHT = 39
MOST_ROWS_HIGH = 12


def show_table(desk: Desk, sheet: Sheet, pinned: Sequence[str]) -> None:
    """The sheet, edited in place by those who may; each row opens its record."""
    memory = desk.memory
    memory.shown_ids = tuple(row["id"] for row in sheet.rows)
    click = f"click-{sheet.key}"
    settings: dict[str, Any] = {
        OPEN: st.column_config.ButtonColumn(
            "详情", width=70, pinned=True, type="tertiary", key=click, on_click=_opener(desk, click)
        ),
        PICK: st.column_config.CheckboxColumn("选", width=64, pinned=True),
        **column_settings(desk.ledger, sheet.keys, pinned, sheet.widths),
        **_suggestions(desk, sheet),
    }
    height = min(len(sheet.rows), MOST_ROWS_HIGH) * ROW_HEIGHT + HEADER_HEIGHT
    common: dict[str, Any] = {
        "column_config": settings,
        "hide_index": True,
        "row_height": ROW_HEIGHT,
        "height": height,
        "key": sheet.key,
        "placeholder": "",
    }
    with st.container(key="ledgertable"):
        if editable(desk):
            fixed = [key for key in sheet.frame.columns if not typed_in(desk.ledger, str(key))]
            st.data_editor(sheet.frame, num_rows="fixed", disabled=fixed, **common)
        else:
            st.dataframe(sheet.frame, **common)
        show_row_mark(desk, sheet.rows)


def _suggestions(desk: Desk, sheet: Sheet) -> dict[str, Any]:
    """Columns whose words repeat as lists; another word is typed into the field of the record."""
    if not editable(desk):
        return {}
    found: dict[str, Any] = {}
    for column in (desk.ledger.by_key[key] for key in sheet.keys if key in desk.ledger.by_key):
        if column.suggested:
            there = [str(word) for word in sheet.frame[column.key] if word]
            options = ["", *dict.fromkeys((*desk.offered(column.key), *there))]
            found[column.key] = st.column_config.SelectboxColumn(
                column.label,
                options=options,
                width=sheet.widths.get(column.key, 150),
                help="从已有的选；新的填法打开记录填写，或勾选后用“批量修改”",
            )
    return found


def _opener(desk: Desk, click: str) -> Any:
    def open_record() -> None:
        row = st.session_state[click]["row"]
        if row < len(desk.memory.shown_ids):
            go(replace(desk.view, record=desk.memory.shown_ids[row]))

    return open_record
