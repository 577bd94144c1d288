"""What becomes of a record that two people changed: a choice for each clash, and one save."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import streamlit as st

from ledger.domain.errors import Conflict, Invalid, LedgerError
from ledger.records import service as records
from ledger.records.typed import Pending, Pendings, edits_of
from pages.records.ledger.changes import fingerprint, problem_lines
from pages.records.ledger.session import Desk

MINE, THEIRS = "用我的", "用对方的"
Rebased = Callable[[Pendings], None]


def merged_values(
    conflict: Conflict, typed: Mapping[str, Any], chosen: Mapping[str, str]
) -> dict[str, Any]:
    """What I typed and want to keep: my clashes, and all that the other side did not touch."""
    clashing = {field.key for field in conflict.clashes}
    return {
        key: value for key, value in typed.items() if key not in clashing or chosen.get(key) == MINE
    }


def save_merged(
    desk: Desk,
    conflict: Conflict,
    pendings: Pendings,
    chosen: Mapping[str, str],
    saved: Callable[[], None],
    rebased: Rebased,
) -> None:
    memory = desk.memory
    try:
        merged = _merged(desk, conflict, pendings, chosen)
        listed = list(merged.values())
        outcome = records.save(
            desk.store,
            desk.actor,
            desk.ledger.key,
            edits_of(desk.atlas, desk.actor, desk.ledger, listed),
            reason="对照他人修改后合并",
            token=fingerprint(listed, memory.salt) if listed else None,
        )
    except Conflict as again:
        go_on(desk, merged, rebased)
        memory.clash = again
    except Invalid as invalid:
        memory.refused = problem_lines(invalid, listed)
    except LedgerError as error:
        memory.refused = [str(error)]
    else:
        words = (
            f"已合并保存 {len(outcome.changed)} 条记录。"
            if outcome.changed
            else ("已采用对方的内容，没有需要另外保存的修改。")
        )
        memory.tell("success", words)
        memory.forget_review()
        saved()
    st.rerun()


def _merged(
    desk: Desk, conflict: Conflict, pendings: Pendings, chosen: Mapping[str, str]
) -> Pendings:
    """All unsaved changes, those of the record in conflict on the version that was compared."""
    record_id = int(conflict.record_id or 0)
    fresh = records.get(desk.store, desk.actor, desk.ledger.key, record_id)
    merged = dict(pendings)
    pending = merged.pop(record_id, None)
    values = merged_values(conflict, pending.values if pending else {}, chosen)
    if values:
        merged[record_id] = Pending({**fresh, "version": conflict.version}, values)
    return merged


def go_on(desk: Desk, pendings: Pendings, rebased: Rebased) -> None:
    desk.memory.forget_review()
    rebased(pendings)
