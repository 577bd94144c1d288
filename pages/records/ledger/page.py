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
from pages.records.ledger.beside import show_list
from pages.records.ledger.chips import show_chips
from pages.records.ledger.keynumbers import show_key_numbers
from pages.records.ledger.memory import memory
from pages.records.ledger.record import read_record, show_record
from pages.records.ledger.rows_panel import show_rows
from pages.records.ledger.session import Desk, go, now_shown, show_told
from pages.records.ledger.tools_row import show_tools
from pages.records.ledger.typed_edits import absorb_edits
from pages.records.ledger.unsaved import show_unsaved
from pages.records.ledger.views_row import show_days

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
    if desk.view.record is not None and not desk.memory.adding:
        _show_opened(desk, desk.view.record)
        return
    desk.memory.opened = desk.memory.beside = None
    desk.memory.section = ""
    if desk.memory.adding:
        show_adding(desk)
        return
    with st.container(horizontal=True, key="ledger-head", vertical_alignment="center"):
        st.markdown(f"# {desk.ledger.label}" + (" · 回收站" if desk.view.selection.deleted else ""))
        acts = st.container(horizontal=True, key="acts", horizontal_alignment="right")
    show_told(desk)
    offer_draft(desk)
    base = without_counted(desk.view.selection)
    numbers = numbers_of(asked(desk.store, desk.actor), desk.ledger.key, base)
    show_key_numbers(numbers, desk.view, go)
    sheet = show_tools(desk, acts)
    show_days(desk)
    show_chips(desk, numbers[0].count, sheet.total)
    show_rows(desk, sheet)


def _show_opened(desk: Desk, record_id: int) -> None:
    """One record, with the list beside it; edits of the table that wait stand above both."""
    desk.memory.section = desk.view.section or desk.memory.section
    desk.memory.left = record_id
    fresh = read_record(desk, record_id)
    if desk.memory.edits:
        show_unsaved(desk)
    with st.container(key="beside"):
        with st.container(key="beside-column"):
            show_list(desk, fresh)
        show_record(desk, fresh)
