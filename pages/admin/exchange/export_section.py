"""导出: whole ledgers as files, protected texts masked."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from ledger.domain.access import Action, Actor
from ledger.domain.columns import Ledger
from ledger.records.revealing import MOST_AN_HOUR
from pages._ui.download_links import download_links
from pages._ui.stylesheet import stylesheet
from pages._views.address import View

_STYLE = Path(__file__).with_name("export.css")


def show(ledger: Ledger, actor: Actor) -> None:
    """Links for everybody who may export; where those who may see more find it."""
    protected = [column.label for column in ledger.columns if column.rule.masked]
    masked = f"{'、'.join(protected)}以星号遮盖。" if protected else ""
    st.caption(
        f"下载您辖区内的全部记录。{masked}只要其中一部分时，请在台账页面筛选后下载。"
        "Excel 表格可以发给村里填好后再导入，不会盖掉这期间别人的修改。"
    )
    links = download_links(ledger, View(), 0)
    st.html(stylesheet(_STYLE) + links.replace("<p>下载当前筛选的全部 0 条</p>", ""))
    if protected and actor.may(Action.REVEAL, ledger.key):
        st.caption(
            f"需要看到{'、'.join(protected)}的原文时，请在台账页面筛选到 {MOST_AN_HOUR} 条以内，"
            "再在“下载”里填写理由。"
        )
