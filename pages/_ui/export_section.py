"""导出: whole ledgers as files; protected texts in plain only with a reason, sent as a form."""

from __future__ import annotations

import streamlit as st

from ledger.access import Action, Actor
from ledger.columns import Ledger
from pages._ui.address import View
from pages._ui.text import attribute
from pages._ui.toolbar import download_links

_STYLE = """<style>
.downloads { display: flex; flex-wrap: wrap; gap: 8px; }
.downloads a { display: inline-flex; align-items: center; min-height: 44px; padding: 0 14px;
  border: 1px solid var(--line); border-radius: 4px; color: var(--action); text-decoration: none; }
</style>"""


def show(ledger: Ledger, actor: Actor, csrf: str) -> None:
    """Links for everybody who may export; a form with a reason for who may see more."""
    protected = [column.label for column in ledger.columns if column.rule.masked]
    masked = f"{'、'.join(protected)}以星号遮盖。" if protected else ""
    st.caption(
        f"下载您辖区内的全部记录。{masked}只要其中一部分时，请在台账页面筛选后下载。"
        "Excel 表格可以发给村里填好后再导入，不会盖掉这期间别人的修改。"
    )
    links = download_links(ledger, View(), 0)
    st.html(_STYLE + links.replace("<p>下载当前筛选的全部 0 条</p>", ""))
    if protected and actor.may(Action.REVEAL, ledger.key):
        with st.expander(f"需要看到{'、'.join(protected)}？填写理由后下载"):
            st.html(reveal_form(ledger, csrf))


def reveal_form(ledger: Ledger, csrf: str) -> str:
    """The form whose reason goes on the record; it is posted, so it stands in no address."""
    return (
        f'<form class="reveal-form" method="post" action="/download/{attribute(ledger.key)}.xlsx">'
        f'<input type="hidden" name="csrf" value="{attribute(csrf)}">'
        "<label>查看理由(4 至 200 字，记入日志)"
        '<input type="text" name="reason" required minlength="4" maxlength="200"'
        ' autocomplete="off"></label>'
        '<button type="submit">下载含受保护信息的 Excel</button></form>'
    )
