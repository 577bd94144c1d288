"""What is wrong with the installation and what to do about it, the worst first."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from ledger.operations.findings import LEVELS, Finding
from pages._text import plain

_SHOW = {"error": st.error, "warning": st.warning, "hint": st.info}


_ICONS = {"error": "error", "warning": "warning", "hint": "lightbulb"}


def show_findings(found: Sequence[Finding]) -> None:
    """The page's answer: all is well, or what to do, the worst first."""
    urgent = [one for one in found if one.level != "hint"]
    if not urgent:
        st.success("数据库、磁盘和备份均正常。", icon=":material/check_circle:")
    for one in urgent:
        _show(one)
    hints = [one for one in found if one.level == "hint"]
    if hints:
        with st.expander(f"另有 {len(hints)} 条建议", icon=":material/lightbulb:"):
            for one in hints:
                _show(one)


def _show(one: Finding) -> None:
    where = "。命令见手册的“管理员”一章" if one.command else ""
    _SHOW[one.level](
        f"**{LEVELS[one.level]}：{plain(one.what, None)}**  \n{plain(one.remedy, None)}{where}",
        icon=f":material/{_ICONS[one.level]}:",
    )
