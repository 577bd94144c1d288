"""What stands around the table: pages, downloads, the bin."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import urlencode

import streamlit as st

from ledger.domain.access import Action
from ledger.domain.columns import Ledger
from ledger.records.query import PAGE_SIZES, Selection
from ledger.records.revealing import MOST_AN_HOUR
from pages._text import attribute
from pages._ui.download_links import download_address, download_links
from pages._ui.search_field import stamp
from pages._views.address import View, write_address
from pages.records.ledger.session import Desk, Sheet, go


def reveal_form(ledger: Ledger, view: View, total: int, csrf: str) -> str:
    """A form whose reason goes on the record; it is posted, so the reason stands in no address.

    Only for a few records: the service refuses more.
    """
    columns = "、".join(column.label for column in ledger.columns if column.rule.masked)
    if total > MOST_AN_HOUR:
        return (
            f"<p>需要看到{columns}的原文时，请先筛选到 {MOST_AN_HOUR} 条以内"
            f"(现在 {total:,} 条)，再在这里填写理由。</p>"
        )
    query = urlencode(write_address(View(view.selection)), doseq=True)
    address = f"/download/{ledger.key}.xlsx" + (f"?{query}" if query else "")
    return (
        f'<form class="reveal-form" method="post" action="{attribute(address)}">'
        f'<input type="hidden" name="csrf" value="{attribute(csrf)}">'
        f"<label>需要看到{columns}的原文？查看理由(4 至 200 字，记入日志)"
        '<input type="text" name="reason" required minlength="4" maxlength="200"'
        ' autocomplete="off"></label>'
        f'<button type="submit">下载这 {total} 条，含原文</button></form>'
    )


def download_menu(desk: Desk, total: int) -> None:
    """Downloads, for those who may export."""
    if not desk.may(Action.EXPORT):
        return
    if total:
        st.link_button(
            "Excel",
            download_address(desk.ledger, desk.view, "xlsx"),
            icon=":material/download:",
            help=f"下载当前筛选的全部 {total:,} 条为 Excel 表格",
        )
    with st.popover("下载", icon=":material/download:", key="download-popover"):
        if total:
            said = download_links(desk.ledger, desk.view, total)
            protected = any(column.rule.masked for column in desk.ledger.columns)
            if protected and desk.may(Action.REVEAL):
                said += reveal_form(desk.ledger, desk.view, total, desk.csrf)
            st.html(said)
        else:
            st.markdown("当前筛选没有记录，没有可下载的内容。")


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
