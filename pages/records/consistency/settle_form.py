"""Settling one finding, or taking a settlement back: reason, day, one press."""

from __future__ import annotations

from datetime import date

import streamlit as st

from ledger.casework import settling
from ledger.casework.contradictions import Finding
from ledger.domain.access import Actor
from ledger.domain.errors import LedgerError
from ledger.domain.timing import clock
from ledger.records.history.drafts import form_name
from pages._text import plain
from pages._ui import guard, notices
from pages._ui.drafts import Draft
from pages.records.consistency.finding_rows import facts_html
from pages.records.consistency.finding_tables import View


def show_form(actor: Actor, one: Finding, view: View) -> None:
    """The form of one finding; what is typed is there again after a lost session."""
    undo = one.settled is not None
    key = f"settle-{one.rule.id}-{one.record_id}-{one.token[:8]}"
    draft = Draft(guard.store(), actor, form_name(one.rule.ledger, one.record_id, key))
    st.markdown(f"### {'撤回核对' if undo else '核对'}：{plain(one.number)} {plain(one.title, 40)}")
    st.html(f'<p class="consistency-said">{facts_html(one)}</p>')
    st.caption(plain(one.rule.advice, None))
    draft.refill({"reason": f"{key}-reason"})
    draft.show_restored()
    reason = st.text_area(
        "理由 :red[（必填）]",
        max_chars=settling.LONGEST_REASON,
        height=90,
        placeholder="核对了什么、为什么可以这样" if not undo else "为什么撤回",
        key=f"{key}-reason",
    )
    today = clock.today()
    day = today
    if not undo:
        chosen = st.date_input("核对日期", value=today, max_value=today, key=f"{key}-day")
        day = chosen if isinstance(chosen, date) else today
    draft.keep_fields({"reason": f"{key}-reason"})
    with st.container(horizontal=True):
        word = "撤回，重新列为待核对" if undo else "核对完毕，不再列出"
        pressed = st.button(word, type="primary", icon=":material/check:", key=f"{key}-save")
        if st.button("返回", icon=":material/arrow_back:", key=f"{key}-back"):
            _leave()
    if pressed:
        _save(actor, one, reason, day, draft, undo=undo)


def _save(actor: Actor, one: Finding, reason: str, day: date, draft: Draft, *, undo: bool) -> None:
    store, rule, record = guard.store(), one.rule.id, one.record_id
    try:
        if undo:
            settling.withdraw(store, actor, rule, record, reason)
        else:
            settling.settle(store, actor, rule, record, one.token, reason, day)
    except LedgerError as error:
        guard.refused(error)
        return
    draft.discard()
    done = "已撤回，重新列为待核对" if undo else "已核对，所依据的情况有变化时会再列出"
    notices.keep(f"{one.number}：{done}。")
    _leave()


def _leave() -> None:
    st.query_params.pop("record", None)
    st.rerun()
