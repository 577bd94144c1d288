"""日志: who did what, newest first, and whether the log is whole."""

from __future__ import annotations

from datetime import date

import streamlit as st

from ledger.domain.access import Action
from ledger.domain.errors import LedgerError
from ledger.records.history import logbook
from ledger.records.history.audit import ACTION_LABELS
from ledger.records.history.logbook import LogFilter
from pages._text import plain
from pages._ui import guard
from pages.admin.log.log_table import log_html

who = guard.visitor(Action.READ_LOG)
store, actor = guard.store(), who.actor


def day_of(key: str) -> date | None:
    """A day from the address bar; anything else counts as none."""
    try:
        return date.fromisoformat(st.query_params.get(key, ""))
    except ValueError:
        return None


def filter_of_address() -> LogFilter:
    """What the address bar asks for."""
    action = st.query_params.get("kind")
    return LogFilter(
        person=st.query_params.get("person") or None,
        action=action if action in ACTION_LABELS else None,
        first_day=day_of("from"),
        last_day=day_of("to"),
    )


def ask_filter(current: LogFilter) -> None:
    """Four boxes; their values are parameters of the address."""
    people = logbook.people_in_log(store, actor)
    one, two, three, four = st.columns(4)
    chosen = {
        "person": one.selectbox(
            "操作人",
            people,
            index=people.index(current.person) if current.person in people else None,
            placeholder="全部",
        ),
        "kind": two.selectbox(
            "操作",
            list(ACTION_LABELS),
            index=list(ACTION_LABELS).index(current.action) if current.action else None,
            format_func=lambda key: ACTION_LABELS[key],
            placeholder="全部",
        ),
        "from": three.date_input("从哪天", current.first_day, format="YYYY-MM-DD"),
        "to": four.date_input("到哪天", current.last_day, format="YYYY-MM-DD"),
    }
    wanted = {key: str(value) for key, value in chosen.items() if value}
    if wanted != {key: st.query_params[key] for key in chosen if key in st.query_params}:
        st.query_params.from_dict(wanted)
        st.rerun()


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
    ask_filter(wanted)
    if page.entries:
        st.html(log_html(page.entries))
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
