"""What can be taken out of a ledger's page as a file, by whoever may."""

from __future__ import annotations

from urllib.parse import urlencode

import streamlit as st

from ledger.domain.access import Action
from ledger.domain.columns import Ledger
from ledger.records.revealing import MOST_AN_HOUR
from pages._text import attribute
from pages._ui.download_links import download_address, download_links
from pages._views.address import View, write_address
from pages.records.ledger.session import Desk


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
    """Downloads, for those who may export; for villages the table that they fill in."""
    if not desk.may(Action.EXPORT):
        _template_button(desk)
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


def _template_button(desk: Desk) -> None:
    if desk.may(Action.TAKE_TEMPLATE) and "area_code" in desk.ledger.by_key:
        st.link_button(
            "填报表格",
            f"/download/template/{desk.ledger.key}.xlsx",
            icon=":material/download:",
            help="本辖区现有的内容，可在 Excel 里改和添；改好后发给镇(街道)导入",
        )
