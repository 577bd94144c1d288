"""The rule files: which version of each is in force, and 启用 for those changed on the disk."""

from __future__ import annotations

import streamlit as st

from ledger.domain.errors import LedgerError
from ledger.domain.timing import clock
from ledger.operations import rule_files
from ledger.operations.rule_files import Standing
from pages._text import plain
from pages._ui import guard, notices

PREVIEW = "rule-file-preview"


def show_rule_files() -> None:
    """Every kind with its version; what differs on the disk waits here to be put in force."""
    found = rule_files.standing(guard.store(), guard.visitor().actor)
    for one in found:
        since = "" if one.since is None else f"，{clock.local_text(one.since)} 起由 {one.by} 启用"
        st.markdown(f"**{one.label}** 版本 {plain(one.version)}{plain(since)}")
        if one.fault is not None:
            st.error(
                f"服务器上的 {one.kind}.toml 不能启用，仍按现行版本办理。{plain(one.fault, None)}",
                icon=":material/error:",
            )
        elif one.offered is not None:
            _offer(one)


def _offer(one: Standing) -> None:
    st.warning(
        f"服务器上的 {one.kind}.toml（版本 {plain(one.offered)}）与现行的不同，尚未生效："
        "各处仍按现行版本，启用后一次全部改按新的。",
        icon=":material/warning:",
    )
    if st.button("看看会变动多少", key=f"preview-{one.kind}", icon=":material/compare_arrows:"):
        _call(one, adopting=False)
    if st.session_state.get(PREVIEW) != (one.kind, one.offered):
        return
    if st.button(f"启用{one.label}", key=f"adopt-{one.kind}", type="primary"):
        _call(one, adopting=True)


def _call(one: Standing, *, adopting: bool) -> None:
    service = rule_files.adopt if adopting else rule_files.preview
    try:
        with st.spinner("正在计算……"):
            moved = service(guard.store(), guard.visitor().actor, one.kind)
    except LedgerError as error:
        guard.refused(error)
        return
    counted = f"等级变动 {moved.tiers:,} 条，期限变动 {moved.deadlines:,} 条。"
    if adopting:
        st.session_state.pop(PREVIEW, None)
        notices.keep(f"已启用{one.label}：{counted}")
        st.rerun()
    st.session_state[PREVIEW] = (one.kind, one.offered)
    st.info(f"启用后{counted}", icon=":material/info:")
