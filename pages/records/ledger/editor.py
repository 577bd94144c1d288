"""The table of a ledger page: read by everybody, edited in place by those who may.

Unsaved edits are kept by record, not by row, so they survive paging, filters and other pages.
The frame that is shown stays the same object until the view changes or edits are saved: the
editor counts rows by position, and its return value is never fed back.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import pandas as pd
import streamlit as st

from ledger.domain.access import Action
from ledger.domain.columns import ColumnType, Ledger
from ledger.domain.errors import NotFound
from ledger.records import service as records
from ledger.records.history.drafts import TABLE, KeptDraft
from ledger.records.typed import Pending, Pendings, merge, put
from pages._ui.cells import build_frame, column_settings
from pages._ui.drafts import storable
from pages.records.ledger.review import show_review
from pages.records.ledger.session import Desk, Sheet, go

OPEN = "open"
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
        memory.edits = merge(desk.ledger, desk.atlas, desk.actor, sheet.base, sheet.rows, typed)
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
        **column_settings(desk.ledger, sheet.keys, pinned),
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
            fixed = [key for key in sheet.frame.columns if not _typed_in(desk.ledger, str(key))]
            st.data_editor(sheet.frame, num_rows="fixed", disabled=fixed, **common)
        else:
            st.dataframe(sheet.frame, **common)


def _typed_in(ledger: Ledger, key: str) -> bool:
    """Whether a column is typed in once the record exists; its number never changes."""
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
    wanted = (view.selection, view.page, view.size, tuple(keys), editable(desk))
    sheet = memory.sheet
    if (
        sheet is not None
        and sheet.signature[0] == wanted
        and (memory.edits or sheet.signature[1] == desk.revision)
    ):
        return sheet
    page = records.search(
        desk.store, desk.actor, desk.ledger.key, view.selection, page=view.page, size=view.size
    )
    frame = build_frame(desk.ledger, page.rows, keys, desk.atlas, desk.actor.scope_path)
    frame = _with_typed(desk.ledger, frame, page.rows, memory.edits)
    frame.insert(0, OPEN, pd.Series(["查看"] * len(page.rows), dtype="str"))
    memory.sheet = Sheet(
        key=memory.next_key(f"table-{desk.ledger.key}"),
        signature=(wanted, desk.revision),
        rows=page.rows,
        keys=tuple(keys),
        frame=frame,
        base=dict(memory.edits),
        total=page.total,
        page=page.number,
        pages=page.pages,
    )
    return memory.sheet


def _with_typed(
    ledger: Ledger, frame: pd.DataFrame, rows: Sequence[Mapping[str, Any]], edits: Pendings
) -> pd.DataFrame:
    """The frame with unsaved edits of earlier tables in their cells."""
    for position, row in enumerate(rows):
        pending = edits.get(row["id"])
        for key, typed in (pending.values if pending else {}).items():
            if key in frame.columns:
                frame.loc[position, key] = _cell(ledger.by_key[key].type, typed)
    return frame


def _cell(kind: ColumnType, typed: Any) -> Any:
    if typed is None:
        return None
    return date.fromisoformat(typed) if kind is ColumnType.DATE and typed else typed


def show_unsaved(desk: Desk) -> None:
    """How much is unsaved, and the two ways on: review and save, or give it up."""
    memory = desk.memory
    if not memory.edits:
        memory.restored = ""
        if memory.reviewing == "table":
            memory.forget_review()
        return
    if memory.restored:
        st.info(memory.restored, icon=":material/restore_page:")
    if memory.reviewing == "table":
        show_review(
            desk, memory.edits, saved=lambda: _start_over(desk), rebased=lambda p: _restart(desk, p)
        )
        return
    cells = sum(len(pending.values) for pending in memory.edits.values())
    shown = {row["id"] for row in memory.sheet.rows} if memory.sheet else set()
    away = sum(record_id not in shown for record_id in memory.edits)
    elsewhere = f",其中 {away} 条不在当前页(翻页、筛选不会丢失)" if away else ""
    with st.container(horizontal=True, key="unsaved", vertical_alignment="center"):
        st.markdown(f"**{len(memory.edits)} 条记录有 {cells} 处修改尚未保存**{elsewhere}")
        st.button("保存", type="primary", key="edits-save", on_click=_review, args=(desk,))
        with st.popover("放弃修改", key="edits-drop-popover"):
            st.markdown("确定放弃所有尚未保存的修改吗？放弃后不能找回。")
            st.button("确定放弃", key="edits-drop", on_click=_start_over, args=(desk,))


def _review(desk: Desk) -> None:
    desk.memory.forget_review()
    desk.memory.reviewing = "table"


def _start_over(desk: Desk) -> None:
    desk.memory.edits, desk.memory.sheet = {}, None
    desk.memory.forget_review()


def _restart(desk: Desk, pendings: Pendings) -> None:
    desk.memory.edits, desk.memory.sheet = pendings, None
    desk.memory.reviewing = "table" if pendings else None
