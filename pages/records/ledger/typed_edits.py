"""What was typed into the table of a ledger page, taken up for the save."""

from __future__ import annotations

import streamlit as st

from ledger.domain.access import Action
from ledger.domain.columns import Ledger
from ledger.domain.errors import NotFound
from ledger.records import service as records
from ledger.records.history.drafts import TABLE, KeptDraft
from ledger.records.typed import Pending, Pendings, TypedRows, merge, put
from pages._ui.drafts import storable
from pages.records.ledger.drawn_lists import Sheet
from pages.records.ledger.session import Desk

OPEN, PICK = "open", "pick"


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


def typed_in(ledger: Ledger, key: str) -> bool:
    """Whether a column is typed in once the record exists; its number never changes."""
    if key == PICK:
        return True
    column = ledger.by_key.get(key)
    return column is not None and not column.computed and key != "number"
