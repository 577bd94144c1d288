"""The table of a ledger page with what stands above and below it; what to do where it is empty."""

from __future__ import annotations

import streamlit as st

from ledger.domain.columns import ColumnType, Ledger
from pages._views.address import View
from pages.records.ledger.drawn_lists import Sheet
from pages.records.ledger.editor import show_table
from pages.records.ledger.pasting import show_paste_relay
from pages.records.ledger.session import Desk
from pages.records.ledger.toolbar import show_pager
from pages.records.ledger.typed_edits import editable
from pages.records.ledger.unsaved import show_unsaved

_ON_THE_MAP = (ColumnType.LONGITUDE, ColumnType.LATITUDE)


def show_rows(desk: Desk, sheet: Sheet) -> None:
    """The rows of the view, those typed in but not saved above them."""
    with st.container():  # always there: the table below must not move in the tree and forget
        show_unsaved(desk, above_table=editable(desk) and bool(sheet.rows))
    if not sheet.rows:
        _show_nothing(desk)
        return
    show_table(desk, sheet, pinned_columns(desk.ledger))
    show_paste_relay(desk)
    show_pager(desk, sheet)


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
    """Columns to begin with: those declared, else the state, the next deadline and what people fill
    in, eight in all; a position is better seen on the map."""
    if ledger.shown:
        return list(ledger.shown)
    filled = [column.key for column in ledger.editable if column.type not in _ON_THE_MAP]
    found = dict.fromkeys(filter(None, (ledger.counted, "due_on", *filled)))
    pinned = pinned_columns(ledger)
    return [key for key in found if key in ledger.by_key and key not in pinned][:8]
