"""The table of a ledger page: read by everybody, edited in place by those who may.

Unsaved edits are kept by record, not by row, so they survive paging, filters and other pages.
The frame that is shown stays the same object until the view changes or edits are saved: the
editor counts rows by position, and its return value is never fed back.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import pandas as pd
import streamlit as st

from ledger.domain.access import Action
from ledger.domain.columns import NUMERIC, Column, ColumnType, Ledger, ValueRefused
from ledger.domain.errors import NotFound
from ledger.records import service as records
from ledger.records.entering import read_cell
from ledger.records.history.drafts import TABLE, KeptDraft
from ledger.records.person_names import person_names
from ledger.records.typed import Pending, Pendings, TypedRows, merge, put
from pages._ui.cells import build_frame, column_settings, text_array
from pages._ui.drafts import storable
from pages.records.ledger.cursor import show_row_mark
from pages.records.ledger.session import Desk, Sheet, go

OPEN, PICK = "open", "pick"
ROW_HEIGHT = 44
HEADER_HEIGHT = 39
MOST_ROWS_HIGH = 12


def editable(desk: Desk) -> bool:
    """Whether the visitor may edit the table; records in the bin are read only."""
    return desk.may(Action.EDIT) and not desk.view.selection.deleted


def absorb_edits(desk: Desk) -> None:
    """Take over what was typed since the last run, before anything else can drop it."""
    memory, sheet = desk.memory, desk.memory.sheet
    if sheet is not None and sheet.key not in st.session_state:  # the visitor was on another page
        memory.sheet = None
    elif sheet is not None:
        typed = st.session_state[sheet.key].get("edited_rows", {})
        memory.picked = _picked(sheet, typed)
        memory.edits = typed_edits(desk)
    if not desk.may(Action.EDIT):
        return
    draft = desk.draft(TABLE)
    found = draft.waiting()
    if found is not None:
        draft.take()
        _take_up(desk, found)
    draft.keep(
        {
            str(key): {"version": one.record["version"], "values": storable(one.values)}
            for key, one in memory.edits.items()
        }
    )


def typed_edits(desk: Desk) -> Pendings:
    """What is unsaved, with what was typed into the table on show since the last run."""
    memory, sheet = desk.memory, desk.memory.sheet
    if sheet is None or sheet.key not in st.session_state:
        return dict(memory.edits)
    typed = st.session_state[sheet.key].get("edited_rows", {})
    return merge(desk.ledger, desk.atlas, desk.actor, sheet.base, sheet.rows, typed)


def _picked(sheet: Sheet, typed: TypedRows) -> frozenset[int]:
    """The records of the table that are ticked."""
    ticks = list(sheet.frame[PICK]) if PICK in sheet.frame else [False] * len(sheet.rows)
    for position, cells in typed.items():
        ticks[int(position)] = cells.get(PICK, ticks[int(position)])
    return frozenset(row["id"] for row, tick in zip(sheet.rows, ticks, strict=True) if tick)


def _take_up(desk: Desk, found: KeptDraft) -> None:
    """The edits of a lost session, each on the version of its record that was read then."""
    memory, moved, gone = desk.memory, 0, 0
    for record_id, kept in found.values.items():
        try:
            fresh = records.get(desk.store, desk.actor, desk.ledger.key, int(record_id))
        except NotFound:
            gone += 1
            continue
        pending = Pending({**fresh, "version": kept["version"]})
        for key, typed in kept["values"].items():
            put(desk.ledger, desk.atlas, desk.actor, pending, key, typed)
        if pending.values and not fresh["deleted"]:
            memory.edits[fresh["id"]] = pending
            moved += fresh["version"] != kept["version"]
        gone += bool(fresh["deleted"])
    memory.sheet = None
    said = [f"已恢复上次没有保存的修改：{len(memory.edits)} 条记录。"] if memory.edits else []
    if moved:
        said.append(f"其中 {moved} 条已被他人修改，保存时请对照。")
    if gone:
        said.append(f"另有 {gone} 条记录已移入回收站或不在辖区内，对它们的修改没有恢复。")
    if memory.edits:
        memory.restored = "".join(said)
    elif gone:
        memory.tell("warning", said[0])


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


def typed_in(ledger: Ledger, key: str) -> bool:
    """Whether a column is typed in once the record exists; its number never changes."""
    if key == PICK:
        return True
    column = ledger.by_key.get(key)
    return column is not None and not column.computed and key != "number"


def _opener(desk: Desk, click: str) -> Any:
    def open_record() -> None:
        row = st.session_state[click]["row"]
        if row < len(desk.memory.shown_ids):
            go(replace(desk.view, record=desk.memory.shown_ids[row]))

    return open_record


def current_sheet(desk: Desk, keys: Sequence[str]) -> Sheet:
    """The sheet on show, or a new one if the view changed or, without edits, the data did."""
    memory, view = desk.memory, desk.view
    wanted = (view.selection, view.page, view.size, editable(desk))
    sheet = memory.sheet
    if (
        sheet is not None
        and sheet.signature[0] == wanted
        and sheet.asked == tuple(keys)
        and (memory.edits or sheet.signature[1] == desk.revision)
    ):
        return sheet
    page = records.search(
        desk.store, desk.actor, desk.ledger.key, view.selection, page=view.page, size=view.size
    )
    logins = {row["updated_by"] for row in page.rows} if "updated_by" in keys else ()
    names = person_names(desk.store, logins) if logins else {}
    before: dict[str, Any] = {OPEN: text_array(["查看"] * len(page.rows))}
    if editable(desk):
        before[PICK] = pd.array([row["id"] in memory.picked for row in page.rows], dtype="bool")
    scope = desk.actor.scope_path
    frame = build_frame(desk.ledger, page.rows, keys, desk.atlas, scope, names, before=before)
    frame = _with_typed(desk, frame, page.rows)
    memory.sheet = Sheet(
        key=memory.next_key(f"table-{desk.ledger.key}"),
        signature=(wanted, desk.revision),
        rows=page.rows,
        keys=tuple(keys),
        asked=tuple(keys),
        widths=memory.own.widths if memory.own else {},
        frame=frame,
        base=dict(memory.edits),
        total=page.total,
        page=page.number,
        pages=page.pages,
    )
    memory.picked &= {row["id"] for row in page.rows}
    return memory.sheet


def _with_typed(desk: Desk, frame: pd.DataFrame, rows: Sequence[Mapping[str, Any]]) -> pd.DataFrame:
    """The frame with unsaved edits of earlier tables in their cells."""
    for position, row in enumerate(rows):
        pending = desk.memory.edits.get(row["id"])
        for key, typed in (pending.values if pending else {}).items():
            if key in frame.columns:
                frame.loc[position, key] = _cell(desk, desk.ledger.by_key[key], typed)
    return frame


def _cell(desk: Desk, column: Column, typed: Any) -> Any:
    """What was typed as its cell shows it: a number or day that cannot be read is blank there."""
    if typed is None or (column.type not in NUMERIC and column.type is not ColumnType.DATE):
        return typed
    try:
        return read_cell(desk.atlas, desk.actor, column, typed)
    except ValueRefused:
        return None
