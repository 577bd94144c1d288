"""日志: who did what, newest first, and whether the log is whole."""

from __future__ import annotations

import streamlit as st

from ledger.domain.access import Action
from ledger.domain.errors import LedgerError
from ledger.records.history import logbook
from ledger.records.person_names import person_names
from pages._text import plain
from pages._ui import guard
from pages.admin.log.log_filter import ask_filter, filter_of_address
from pages.admin.log.log_table import log_html

who = guard.visitor(Action.READ_LOG)
store, actor = guard.store(), who.actor


def show_verdict() -> None:
    """Check the chain when asked: it reads the whole log."""
    if not st.button("核验日志完整性", icon=":material/verified:"):
        return
    with st.spinner("正在核验…"):
        verdict = logbook.verify_log(store, actor)
    if verdict.sound:
        st.success(
            f"日志完整，共 {verdict.entries} 条，没有被改动或删除。", icon=":material/check:"
        )
        return
    faults = "\n".join(f"- {plain(fault, None)}" for fault in verdict.faults[:50])
    st.error(
        f"日志被改动过，发现 {len(verdict.faults)} 处，请立即报告：\n{faults}",
        icon=":material/error:",
    )


st.title("日志")
try:
    wanted = filter_of_address()
    before = st.query_params.get("before", "")
    page = logbook.read_log(
        store, actor, wanted, before_id=int(before) if before.isdecimal() else None
    )
    show_verdict()
    ask_filter(store, actor, wanted)
    if page.entries:
        names = person_names(store, [entry.actor for entry in page.entries])
        st.html(log_html(page.entries, names))
    else:
        st.info("没有符合条件的记录。请放宽筛选条件。", icon=":material/info:")
    if before and st.button("回到最新", icon=":material/first_page:"):
        del st.query_params["before"]
        st.rerun()
    if page.next_before and st.button("更早的记录", icon=":material/expand_more:"):
        st.query_params["before"] = str(page.next_before)
        st.rerun()
except LedgerError as error:
    guard.refused(error)
