"""The step before every save: each change as old → new, a reason, and only then the saving."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import streamlit as st

from ledger.domain.columns import ColumnType
from ledger.domain.errors import Conflict, Invalid, LedgerError
from ledger.records import service as records
from ledger.records.typed import Pending, Pendings, edits_of
from pages._text import markup, plain, safe
from pages._ui.html_table import Cell, html_table
from pages.records.ledger.changes import (
    CellChange,
    describe,
    fingerprint,
    problem_lines,
    tier_moves,
)
from pages.records.ledger.conflict import show_conflict
from pages.records.ledger.session import Desk

MOST_SHOWN = 200
MAX_REASON = 200


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
        preview = records.preview(desk.store, desk.actor, desk.ledger.key, asked)
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
        if pressed:
            _save(desk, listed, reason.strip() or None, saved)


def changes_table(changes: Sequence[CellChange]) -> str:
    """The changes as an HTML table of inert text."""
    moved = "{} → <b>{}</b>{}"
    rows: list[Sequence[object]] = [
        (
            change.number,
            change.label,
            markup(moved, safe(change.before), safe(change.after), _problem(change)),
        )
        for change in changes[:MOST_SHOWN]
    ]
    more = len(changes) - MOST_SHOWN
    if more > 0:
        rows.append([Cell(f"…另有 {more} 处", span=3)])
    return html_table(("编号", "列", "旧 → 新"), rows, frame="changes")


def _problem(change: CellChange) -> str:
    if change.problem is None:
        return ""
    return markup('<div class="problem">不能保存：{}</div>', safe(change.problem))


def _reader(desk: Desk) -> Callable[[int], Mapping[str, Any]]:
    return lambda record_id: records.get(desk.store, desk.actor, desk.ledger.key, record_id)


def _save(
    desk: Desk, pendings: list[Pending], reason: str | None, saved: Callable[[], None]
) -> None:
    memory = desk.memory
    memory.refused = []
    try:
        outcome = records.save(
            desk.store,
            desk.actor,
            desk.ledger.key,
            edits_of(desk.atlas, desk.actor, desk.ledger, pendings),
            reason=reason,
            token=fingerprint(pendings, memory.salt),
        )
    except Conflict as conflict:
        memory.clash = conflict
    except Invalid as invalid:
        memory.refused = problem_lines(invalid, pendings)
    except LedgerError as error:
        memory.refused = [str(error)]
    else:
        memory.tell("success", f"已保存 {len(outcome.changed)} 条记录的修改。")
        for pending in pendings:
            _tell_effects(desk, pending)
        memory.forget_review()
        saved()
    st.rerun()


def _tell_effects(desk: Desk, pending: Pending) -> None:
    """What the save brought about beyond what was typed: moves of tier and place."""
    after = _reader(desk)(pending.record["id"])
    move = tier_moves(pending.record, after) if desk.ledger.judged else None
    if move:
        desk.memory.tell("warning", f"{pending.number} {move}")
    for column in desk.ledger.columns:
        if column.type is not ColumnType.AREA:
            continue
        old, new = pending.record.get(column.key), after[column.key]
        if column.key in pending.values:
            _tell_overruled(desk, pending, column.key, new)
        elif old != new:
            text = f"{column.label}：{desk.words(column.key, old)} → {desk.words(column.key, new)}"
            desk.memory.tell("info", f"{pending.number} {text}")


def _tell_overruled(desk: Desk, pending: Pending, key: str, now: Any) -> None:
    (edit,) = edits_of(desk.atlas, desk.actor, desk.ledger, [pending])
    if edit.values[key] != now:
        kept = desk.words(key, now)
        text = f"{pending.number} 有坐标，所属区域由坐标决定：{kept}。要改区域请先改坐标。"
        desk.memory.tell("warning", text)
