"""The clocks of a record: last day, state, and the act that stops each running clock."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any
from urllib.parse import urlencode

import streamlit as st

from ledger.casework.alerts import acknowledge_lead
from ledger.domain.acts import Act, act_of, who_acts
from ledger.domain.errors import LedgerError
from ledger.domain.timing import clock
from ledger.domain.timing.clocks import Clock
from ledger.domain.timing.deadline import Deadline
from ledger.records import service as records
from ledger.records.opened import deadlines
from pages._text import attribute, plain, safe
from pages.records.ledger.duties_html import LOOKS, duties_html
from pages.records.ledger.session import Desk


def show_duties(
    desk: Desk,
    record: Mapping[str, Any],
    *,
    done: bool = False,
    choose: Callable[[str], None] | None = None,
) -> None:
    """Every clock of a record, and a button for each that runs and that the visitor may stop.

    ``choose`` opens the form of a step; None while something else has to be done first.
    """
    duties = deadlines(desk.store, desk.actor, desk.ledger.key, record["id"])
    if not duties:
        st.caption("这条记录没有期限要求。")
        return
    st.html(duties_html([duty for duty, _ in duties], done=done))
    for duty, declared in () if done or record["deleted"] else duties:
        if duty.running:
            _show_act(desk, record, duty, declared, choose)


def _show_act(
    desk: Desk,
    record: Mapping[str, Any],
    duty: Deadline,
    declared: Clock,
    choose: Callable[[str], None] | None,
) -> None:
    """One running clock: what stops it, or whose turn it is."""
    act = act_of(desk.actor, desk.ledger.key, declared, record)
    with st.container(horizontal=True, vertical_alignment="center", key=f"clock-{duty.key}"):
        _, sign = LOOKS.get(duty.state, ("", ""))
        st.html(f'<p class="clock-now">{sign} {safe(duty.label)}：{safe(duty.text)}</p>')
        if act is None:
            who = who_acts(desk.ledger.key, declared, record)
            st.caption(f"等{plain(who)}" if who else "等当事人提出")
        elif act.kind == "step":
            if choose is not None:
                st.button(act.label, key=f"stop-{duty.key}", on_click=partial(choose, act.key))
        elif act.kind == "acknowledge":
            st.button(
                act.label, key=f"stop-{duty.key}", on_click=partial(_acknowledge, desk, record)
            )
        elif act.kind == "visit":
            link = attribute(f"inspect?{urlencode({'institution': record['number']})}")
            st.html(f'<a class="todo-act" href="{link}" target="_self">{safe(act.label)}</a>')
        else:
            _show_record(desk, record, duty, act)


def _acknowledge(desk: Desk, record: Mapping[str, Any]) -> None:
    try:
        acknowledge_lead(desk.store, desk.actor, record["id"], record["version"])
    except LedgerError as error:
        desk.memory.tell("error", str(error))
        return
    desk.memory.tell("success", f"{record['number']} 已签收。")
    desk.memory.opened = None


def _show_record(desk: Desk, record: Mapping[str, Any], duty: Deadline, act: Act) -> None:
    """Write the day on which it was done into the record."""
    column = desk.ledger.by_key[act.columns[0]]
    with st.popover(act.label, key=f"stop-{duty.key}"):
        day = st.date_input(column.label, value=clock.today(), key=f"stop-day-{duty.key}")
        if st.button("确认", type="primary", key=f"stop-do-{duty.key}"):
            edit = records.Edit(record["id"], record["version"], {column.key: day})
            try:
                records.save(desk.store, desk.actor, desk.ledger.key, [edit])
            except LedgerError as error:
                st.error(plain(str(error), 400))
                return
            desk.memory.tell("success", f"{record['number']} 已{act.label}。")
            desk.memory.opened = None
            st.rerun()
