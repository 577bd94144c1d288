"""Two people on one record: before, theirs and mine field by field, and a choice for each clash.

Nothing is overwritten unseen: the merged record is saved on the version that was compared, so a
third editor's save in between leads to a new comparison.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import streamlit as st

from ledger.domain.errors import Conflict, FieldConflict, Invalid, LedgerError
from ledger.records import service as records
from ledger.records.typed import Pending, Pendings, edits_of
from pages._text import markup, plain, safe
from pages._ui.answers import ask_one
from pages._ui.html_table import html_table
from pages.records.ledger.changes import fingerprint, problem_lines
from pages.records.ledger.session import Desk

MINE, THEIRS = "用我的", "用对方的"
Rebased = Callable[[Pendings], None]


def show_conflict(
    desk: Desk,
    conflict: Conflict,
    pendings: Pendings,
    *,
    saved: Callable[[], None],
    rebased: Rebased,
) -> None:
    """The comparison, a choice per clash, and the two ways on.

    ``saved`` clears what was typed; ``rebased`` takes over other unsaved changes.
    """
    with st.container(border=True, key="conflict"):
        st.markdown(
            f"**{plain(conflict.number)} 在您填写期间被 {plain(conflict.by)} 修改过。"
            "您填写的没有丢失，请对照后决定。**"
        )
        st.html(comparison_html(desk, conflict))
        chosen = _choices(desk, conflict)
        for line in desk.memory.refused:
            st.error(plain(line, 400), icon=":material/error:")
        with st.container(horizontal=True):
            merge = st.button(
                "按所选合并保存",
                type="primary",
                key="conflict-merge",
                icon=":material/merge:",
                disabled=len(chosen) < len(conflict.clashes),
            )
            drop = st.button("放弃我的修改", key="conflict-drop")
        if len(chosen) < len(conflict.clashes):
            st.caption("每一处冲突都选好后才能保存。")
    if merge:
        _merge(desk, conflict, pendings, chosen, saved, rebased)
    if drop:
        others = {key: one for key, one in pendings.items() if key != conflict.record_id}
        _go_on(desk, others, rebased)
        desk.memory.tell("info", f"已放弃您对 {conflict.number} 的修改。")
        st.rerun()


def comparison_html(desk: Desk, conflict: Conflict) -> str:
    """Every field that either side changed, in words; what will merge says so."""
    rows = [_row(desk, field) for field in conflict.fields]
    return html_table(("列", "原来", "对方改为", "我改为"), rows, frame="changes conflict")


def _row(desk: Desk, field: FieldConflict) -> tuple[object, ...]:
    before, theirs, mine = (
        desk.words(field.key, value) for value in (field.before, field.theirs, field.mine)
    )
    outcome = "▲ 冲突，请选择" if field.clash else f"自动合并：{_merged_words(desk, field)}"
    unchanged = "（未改）"
    late = "late" if field.clash else ""
    return (
        markup('{}<small class="{}">{}</small>', safe(field.label), late, safe(outcome)),
        before,
        theirs if field.theirs != field.before else unchanged,
        mine if field.mine != field.before else unchanged,
    )


def _merged_words(desk: Desk, field: FieldConflict) -> str:
    changed_by_me = field.mine != field.before
    return desk.words(field.key, field.mine if changed_by_me else field.theirs)


def _choices(desk: Desk, conflict: Conflict) -> dict[str, str]:
    """What was chosen for each clash so far."""
    chosen = {}
    for field in conflict.clashes:
        key = f"conflict-{conflict.record_id}-{conflict.version}-{field.key}"
        mine = plain(desk.words(field.key, field.mine), 40)
        theirs = plain(desk.words(field.key, field.theirs), 40)
        words = {THEIRS: f"{THEIRS}：{theirs}", MINE: f"{MINE}：{mine}"}
        choice = ask_one(
            plain(field.label),
            [THEIRS, MINE],
            segmented=True,
            format_func=words.__getitem__,
            key=key,
            persist_state="page",
        )
        if choice:
            chosen[field.key] = choice
    return chosen


def merged_values(
    conflict: Conflict, typed: Mapping[str, Any], chosen: Mapping[str, str]
) -> dict[str, Any]:
    """What I typed and want to keep: my clashes, and all that the other side did not touch."""
    clashing = {field.key for field in conflict.clashes}
    return {
        key: value for key, value in typed.items() if key not in clashing or chosen.get(key) == MINE
    }


def _merge(
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
        _go_on(desk, merged, rebased)
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


def _go_on(desk: Desk, pendings: Pendings, rebased: Rebased) -> None:
    desk.memory.forget_review()
    rebased(pendings)
