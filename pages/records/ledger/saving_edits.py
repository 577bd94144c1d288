"""Saving edits that were reviewed, and telling what came of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import streamlit as st

from ledger.domain.columns import ColumnType
from ledger.domain.errors import Conflict, Invalid, LedgerError
from ledger.records import service as records
from ledger.records.typed import Pending, edits_of
from pages.records.ledger.changes import fingerprint, problem_lines, tier_moves
from pages.records.ledger.session import Desk


def _reader(desk: Desk) -> Callable[[int], Mapping[str, Any]]:
    return lambda record_id: records.get(desk.store, desk.actor, desk.ledger.key, record_id)


def save_edits(
    desk: Desk, pendings: list[Pending], reason: str | None, saved: Callable[[], None]
) -> None:
    """Save the edits once, however often it is pressed, and run the page anew.

    ``saved`` clears what was typed. A conflict or what the service refuses is kept in the memory
    of the page, which shows it in the next run.
    """
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
        # Last: a press that came in between is known by the token of these edits.
        saved()
        memory.forget_review()
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
