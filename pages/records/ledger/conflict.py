"""Two people on one record: before, theirs and mine field by field, and a choice for each clash.

Nothing is overwritten unseen: the merged record is saved on the version that was compared, so a
third editor's save in between leads to a new comparison.
"""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from ledger.domain.errors import Conflict
from ledger.records.typed import Pendings
from pages._text import plain
from pages._ui.answers import ask_one
from pages.records.ledger.conflict_table import comparison_html
from pages.records.ledger.merging import MINE, THEIRS, Rebased, go_on, save_merged
from pages.records.ledger.session import Desk


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
        save_merged(desk, conflict, pendings, chosen, saved, rebased)
    if drop:
        others = {key: one for key, one in pendings.items() if key != conflict.record_id}
        go_on(desk, others, rebased)
        desk.memory.tell("info", f"已放弃您对 {conflict.number} 的修改。")
        st.rerun()


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
