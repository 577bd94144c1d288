"""The page of any ledger: key numbers, filters, table, record, all from its declaration."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from ledger.casework.keynumbers import without_counted
from ledger.domain.access import Action
from ledger.domain.errors import LedgerError
from ledger.domain.ledgers import ledger_named
from pages._text import plain
from pages._ui import guard
from pages._ui.shared_answers import asked, numbers_of
from pages._ui.stylesheet import stylesheet
from pages._views.address import read_address
from pages.records.ledger.adding import offer_draft, show_adding
from pages.records.ledger.chips import show_chips
from pages.records.ledger.editor import absorb_edits
from pages.records.ledger.keynumbers import show_key_numbers
from pages.records.ledger.record import show_record
from pages.records.ledger.rows_panel import show_rows
from pages.records.ledger.session import Desk, go, memory, now_shown
from pages.records.ledger.tools_row import show_tools

STYLE = Path(__file__).with_name("ledger.css")


def ledger_page(ledger_key: str) -> None:
    """One ledger from top to bottom."""
    who = guard.visitor(Action.READ)
    st.html(stylesheet(STYLE))
    try:
        who.actor.require(Action.READ, ledger_key)
        _page(_desk(ledger_key, who))
    except LedgerError as error:
        guard.refused(error)


def _desk(ledger_key: str, who: guard.Visitor) -> Desk:
    ledger, atlas = ledger_named(ledger_key), guard.atlas()
    params = {key: st.query_params.get_all(key) for key in st.query_params}
    view, problems = read_address(ledger, atlas, who.actor, params)
    now_shown(view)
    desk = Desk(
        ledger,
        guard.store(),
        who.actor,
        atlas,
        guard.revisions().data,
        view,
        memory(ledger_key),
        who.session.csrf_token,
    )
    if problems:
        lines = "\n".join(f"- {plain(problem)}" for problem in problems[:8])
        st.warning(
            f"网址里有看不懂的筛选条件，已略去，其余照常：\n{lines}", icon=":material/link_off:"
        )
    return desk


def _page(desk: Desk) -> None:
    absorb_edits(desk)
    st.markdown(f"# {desk.ledger.label}" + (" · 回收站" if desk.view.selection.deleted else ""))
    _show_told(desk)
    if desk.memory.adding:
        show_adding(desk)
        return
    offer_draft(desk)
    base = without_counted(desk.view.selection)
    numbers = numbers_of(asked(desk.store, desk.actor), desk.ledger.key, base)
    show_key_numbers(numbers, desk.view, go)
    sheet = show_tools(desk)
    show_chips(desk.ledger, desk.atlas, desk.view, go)
    if desk.view.record is None:
        show_rows(desk, sheet)
        return
    with st.container(key="beside"):
        table, record = st.columns([3, 2])
        with table:
            show_rows(desk, sheet)
        with record:
            show_record(desk)


def _show_told(desk: Desk) -> None:
    """What the last save did; shown once."""
    for mood, text in desk.memory.told:
        {"success": st.success, "warning": st.warning, "error": st.error, "info": st.info}[mood](
            plain(text, 400)
        )
    desk.memory.told.clear()
