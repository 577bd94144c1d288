"""Major leads at the top of a leader's first page until acknowledged, with how long they wait."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import streamlit as st

from ledger.casework.alerts import acknowledge_lead
from ledger.casework.awaiting import open_states, span_words
from ledger.domain.access import Action, Actor
from ledger.domain.errors import LedgerError
from ledger.domain.timing import clock
from ledger.domain.workflows import WORKFLOWS
from ledger.records import historical
from ledger.records import service as records
from ledger.records.query import Condition, Selection
from ledger.records.record_pages import Page
from pages._text import attribute, plain, safe, shortened
from pages._ui import guard
from pages._ui.stylesheet import stylesheet

SHOWN = 3
_STYLE = Path(__file__).with_name("todo_alerts.css")


def alerts_banner(actor: Actor) -> None:
    """What a leader has to acknowledge, longest waiting first; nothing for anybody else."""
    if not actor.may(Action.ACKNOWLEDGE, "leads"):
        return
    said = st.session_state.pop("alert-said", None)
    if said:
        st.success(plain(said, 300), icon=":material/check:")
    failed = st.session_state.pop("alert-failed", None)
    if failed:
        st.error(plain(failed, 300), icon=":material/error:")
    waiting = unacknowledged(actor)
    if not waiting.total:
        return
    st.html(stylesheet(_STYLE))
    for lead in waiting.rows:
        _alert(actor, lead)
    if waiting.total > len(waiting.rows):
        rest = waiting.total - len(waiting.rows)
        st.html(f'<p><a href="todo" target="_self">另有 {rest} 条重大线索待签收</a></p>')


def unacknowledged(actor: Actor, size: int = SHOWN) -> Page:
    """The open major leads in scope that no leader has acknowledged, longest waiting first."""
    wanted = Selection(
        conditions=(
            Condition("major", "in", (True,)),
            Condition("acknowledged_at", "blank"),
            Condition(historical.KEY, "blank"),
            Condition("state", "in", open_states(WORKFLOWS["leads"])),
        ),
        sort=(("registered_at", False),),
    )
    return records.search(guard.store(), actor, "leads", wanted, size=size)


def _alert(actor: Actor, lead: dict[str, Any]) -> None:
    key = f"alert-{lead['id']}"
    with st.container(horizontal=True, vertical_alignment="center", key=key, wrap=False):
        st.html(alert_html(lead))
        st.button(
            "签收",
            key=f"acknowledge-{lead['id']}",
            type="primary",
            icon=":material/task_alt:",
            on_click=_acknowledge,
            args=(actor, lead["id"], lead["version"], lead["number"]),
        )


def alert_html(lead: dict[str, Any]) -> str:
    """One alert in words."""
    waited = span_words(clock.now() - lead["registered_at"])
    area = guard.atlas().get(lead["area_code"])
    where = "" if area is None else area.name
    link = attribute(f"leads?record={int(lead['id'])}")
    return (
        f'<p class="alert-line"><b>▲ 重大线索待签收</b> 已等待 {waited}：'
        f'<a href="{link}" target="_self">{safe(lead["number"])}&nbsp;'
        f"{shortened(lead['matter'])}</a>"
        f" {safe(where)}</p>"
    )


def _acknowledge(actor: Actor, lead_id: int, version: int, number: str) -> None:
    try:
        waited = acknowledge_lead(guard.store(), actor, lead_id, version)
    except LedgerError as error:
        st.session_state["alert-failed"] = str(error)
        return
    st.session_state["alert-said"] = f"{number} 已签收，距登记 {span_words(waited)}。"
