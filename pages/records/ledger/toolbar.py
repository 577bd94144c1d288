"""What stands around the table: its pages, the bin."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from ledger.domain.access import Action
from ledger.records.query import PAGE_SIZES, Selection
from pages._ui.search_field import stamp
from pages._views.address import View
from pages.records.ledger.drawn_lists import Sheet
from pages.records.ledger.session import Desk, go


def bin_switch(desk: Desk) -> None:
    """To the bin and back."""
    if not desk.may(Action.DELETE):
        return
    if desk.view.selection.deleted:
        st.button(
            "返回台账", icon=":material/arrow_back:", key="bin-leave", on_click=go, args=(View(),)
        )
        return
    target = View(Selection(deleted=True))
    st.button("回收站", icon=":material/delete:", key="bin-open", on_click=go, args=(target,))


def show_pager(desk: Desk, sheet: Sheet) -> None:
    """Which rows are on show, the pages before and after, and how long a page is."""
    view = desk.view
    first = (sheet.page - 1) * view.size + 1
    last = first + len(sheet.rows) - 1
    with st.container(horizontal=True, vertical_alignment="center", key="pager"):
        st.markdown(f"第 {first:,}–{last:,} 条，共 **{sheet.total:,}** 条", width="stretch")
        if sheet.pages > 1:
            _page_buttons(view, sheet)
        if sheet.total > PAGE_SIZES[0]:
            _size_picker(view)


def _page_buttons(view: View, sheet: Sheet) -> None:
    st.button(
        "上一页",
        key="page-before",
        icon=":material/chevron_left:",
        disabled=sheet.page <= 1,
        on_click=go,
        args=(replace(view, page=sheet.page - 1),),
    )
    st.markdown(f"第 {sheet.page} / {sheet.pages} 页", width="content")
    st.button(
        "下一页",
        key="page-after",
        icon=":material/chevron_right:",
        icon_position="right",
        disabled=sheet.page >= sheet.pages,
        on_click=go,
        args=(replace(view, page=sheet.page + 1),),
    )


def _size_picker(view: View) -> None:
    key = f"size-{stamp(view.size)}"

    def choose() -> None:
        go(replace(view, size=st.session_state[key], page=1))

    st.selectbox(
        "每页条数",
        PAGE_SIZES,
        index=PAGE_SIZES.index(view.size),
        format_func=lambda size: f"每页 {size} 条",
        key=key,
        on_change=choose,
        label_visibility="collapsed",
        width=140,
    )
