"""The step before the edits of a table are saved: each as old → new, a reason, and 确认保存."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import streamlit as st

from ledger.domain.errors import LedgerError
from ledger.records import save_preview
from ledger.records.typed import Pending, Pendings, edits_of
from pages._text import markup, plain, safe, shortened
from pages._ui.html_table import Cell, html_table
from pages.records.ledger.changes import CellChange, describe
from pages.records.ledger.conflict import show_conflict
from pages.records.ledger.saving_edits import save_edits
from pages.records.ledger.session import Desk

MOST_SHOWN = 200
MAX_REASON = 200
_NAME = 60


def show_review(
    desk: Desk,
    pendings: Pendings,
    *,
    saved: Callable[[], None],
    rebased: Callable[[Pendings], None],
) -> None:
    """The changes with their problems, a reason, and 确认保存.

    ``saved`` clears what was typed after the save; ``rebased`` takes over typed values against
    records that somebody else changed in the meantime.
    """
    memory, listed = desk.memory, list(pendings.values())
    if memory.clash is not None:
        show_conflict(desk, memory.clash, pendings, saved=saved, rebased=rebased)
        return
    try:
        asked = edits_of(desk.atlas, desk.actor, desk.ledger, listed)
        preview = save_preview.preview(desk.store, desk.actor, desk.ledger.key, asked)
    except LedgerError as error:
        st.error(plain(error, 400), icon=":material/error:")
        st.button("返回继续修改", key="review-close", on_click=memory.forget_review)
        return
    changes = describe(desk.ledger, desk.atlas, desk.actor, listed, preview)
    faults = sum(change.problem is not None for change in changes)
    with st.container(border=True, key="review"):
        st.markdown(f"**请核对 {len(listed)} 条记录的 {len(changes)} 处修改**")
        st.html(changes_table(changes))
        for line in memory.refused:
            st.error(plain(line, 400), icon=":material/error:")
        if faults:
            st.error(f"有 {faults} 处不能保存，请先按表中说明改正。", icon=":material/error:")
        reason = st.text_input(
            "修改理由(选填，会记入历史)", key=f"reason-{memory.salt}", max_chars=MAX_REASON
        )
        with st.container(horizontal=True):
            pressed = st.button(
                "确认保存",
                type="primary",
                key="review-save",
                icon=":material/check:",
                disabled=bool(faults),
            )
            st.button("返回继续修改", key="review-close", on_click=memory.forget_review)
            if faults and memory.edits is pendings:
                st.button(
                    f"略去这 {faults} 处", key="review-drop", on_click=_drop, args=(desk, changes)
                )
        if pressed:
            save_edits(desk, listed, reason.strip() or None, saved)


def _drop(desk: Desk, changes: Sequence[CellChange]) -> None:
    """Give up what cannot be saved; the rest stays."""
    faulty = {(one.number, one.label) for one in changes if one.problem is not None}
    kept: Pendings = {}
    for record_id, pending in desk.memory.edits.items():
        values = {
            key: typed
            for key, typed in pending.values.items()
            if (pending.number, desk.ledger.label_of(key)) not in faulty
        }
        if values:
            kept[record_id] = Pending(pending.record, values)
    desk.memory.edits, desk.memory.sheet, desk.memory.pasted = kept, None, ""


def changes_table(changes: Sequence[CellChange]) -> str:
    """The changes as an HTML table of inert text."""
    moved = "{} → <b>{}</b>{}"
    rows: list[Sequence[object]] = [
        (
            _record(change),
            change.label,
            markup(moved, safe(change.before), safe(change.after), _problem(change)),
        )
        for change in changes[:MOST_SHOWN]
    ]
    more = len(changes) - MOST_SHOWN
    if more > 0:
        rows.append([Cell(f"…另有 {more} 处", span=3)])
    return html_table(("记录", "列", "旧 → 新"), rows, frame="changes")


def _record(change: CellChange) -> object:
    """What a record is called, its number below."""
    if not change.name:
        return change.number
    return markup("{}<small>{}</small>", shortened(change.name, _NAME), safe(change.number))


def _problem(change: CellChange) -> str:
    if change.problem is None:
        return ""
    return markup('<div class="problem">不能保存：{}</div>', safe(change.problem))
