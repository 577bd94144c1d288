"""The page of any ledger: key numbers, filters, table, record, all from its declaration."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import streamlit as st

from ledger.casework.keynumbers import without_counted
from ledger.domain.access import Action
from ledger.domain.columns import Ledger
from ledger.domain.errors import LedgerError
from ledger.domain.ledgers import ledger_named
from pages._text import plain
from pages._ui import guard
from pages._ui.shared_answers import asked, numbers_of
from pages._views.address import View, read_address
from pages.records.ledger.adding import offer_draft, show_adding, start_adding
from pages.records.ledger.chips import show_chips
from pages.records.ledger.editor import (
    absorb_edits,
    current_sheet,
    editable,
    show_table,
    show_unsaved,
)
from pages.records.ledger.filters import area_picker, condition_picker, search_box, sort_picker
from pages.records.ledger.keynumbers import show_key_numbers
from pages.records.ledger.record import show_record
from pages.records.ledger.session import Desk, Sheet, go, memory, now_shown
from pages.records.ledger.toolbar import bin_switch, column_chooser, download_menu, show_pager

STYLE = Path(__file__).with_name("ledger.css")


def ledger_page(ledger_key: str) -> None:
    """One ledger from top to bottom."""
    who = guard.visitor(Action.READ)
    st.html(_style())
    try:
        who.actor.require(Action.READ, ledger_key)
        _page(_desk(ledger_key, who))
    except LedgerError as error:
        guard.refused(error)


@lru_cache(maxsize=1)
def _style() -> str:
    return f"<style>{STYLE.read_text(encoding='utf-8')}</style>"


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
    sheet = _tools(desk)
    show_chips(desk.ledger, desk.atlas, desk.view, go)
    if desk.view.record is None:
        _show_rows(desk, sheet)
        return
    with st.container(key="beside"):
        table, record = st.columns([3, 2])
        with table:
            _show_rows(desk, sheet)
        with record:
            show_record(desk)


def _show_told(desk: Desk) -> None:
    """What the last save did; shown once."""
    for mood, text in desk.memory.told:
        {"success": st.success, "warning": st.warning, "error": st.error, "info": st.info}[mood](
            plain(text, 400)
        )
    desk.memory.told.clear()


def _tools(desk: Desk) -> Sheet:
    """Search and filters, then what is done with the whole; returns the table to show."""
    pinned = pinned_columns(desk.ledger)
    with st.container(horizontal=True, key="tools", vertical_alignment="center"):
        search_box(desk.view, go)
        area_picker(desk.view, desk.atlas, desk.actor, go)
        condition_picker(desk.ledger, desk.view, go)
        sort_picker(desk.ledger, desk.view, go)
        keys = column_chooser(desk, default_columns(desk.ledger), pinned)
        sheet = current_sheet(desk, keys)
        download_menu(desk, sheet.total)
        bin_switch(desk)
        if desk.may(Action.CREATE) and not desk.view.selection.deleted:
            st.button(
                "新增",
                type="primary",
                icon=":material/add:",
                key="add",
                on_click=start_adding,
                args=(desk,),
            )
    return sheet


def _show_rows(desk: Desk, sheet: Sheet) -> None:
    with st.container():  # always there: the table below must not move in the tree and forget
        show_unsaved(desk)
    if not sheet.rows:
        _show_nothing(desk)
        return
    show_table(desk, sheet, pinned_columns(desk.ledger))
    show_pager(desk, sheet)
    if editable(desk):
        st.caption("双击单元格可直接修改，改好后按“保存”核对；点“查看”打开一条记录。")


def _show_nothing(desk: Desk) -> None:
    selection = desk.view.selection
    if selection.deleted:
        st.info("回收站是空的。", icon=":material/info:")
    elif selection == View().selection:
        st.info("台账还是空的。可以点“新增”逐条填写，或到“导入导出”导入表格。")
    else:
        st.info("没有符合条件的记录。请取消上面的某个筛选条件，或换个搜索词。")


def pinned_columns(ledger: Ledger) -> list[str]:
    """The columns that stay in place: number, title and, where judged, the tier."""
    return ["number", ledger.title, *(["tier"] if ledger.judged else [])]


def default_columns(ledger: Ledger) -> list[str]:
    """Columns to begin with: those declared, else the first eight that people fill in."""
    if ledger.shown:
        return list(ledger.shown)
    pinned = pinned_columns(ledger)
    return [column.key for column in ledger.editable if column.key not in pinned][:8]
