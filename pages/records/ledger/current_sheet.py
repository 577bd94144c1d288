"""The frame that the table of a ledger page shows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from ledger.domain.columns import NUMERIC, Column, ColumnType, ValueRefused
from ledger.records import service as records
from ledger.records.entering import read_cell
from ledger.records.person_names import person_names
from pages._ui.cells import build_frame, text_array
from pages.records.ledger.drawn_lists import Sheet
from pages.records.ledger.session import Desk
from pages.records.ledger.typed_edits import OPEN, PICK, editable


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
