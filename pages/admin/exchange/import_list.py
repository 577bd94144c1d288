"""导入记录: the imports of the past, and how one is withdrawn at any time."""

from __future__ import annotations

import streamlit as st

from ledger.domain.access import Actor
from ledger.domain.columns import Ledger
from ledger.domain.errors import LedgerError
from ledger.domain.timing.clock import local_text
from ledger.exchange.importing.past_imports import PastImport, undo_import
from ledger.storage import Store
from pages._text import clip, plain
from pages._ui import guard
from pages._ui.html_table import html_table
from pages._ui.shared_answers import asked, past_imports_of

_HEADS = ("编号", "时间", "导入人", "文件", "读入", "新增", "更新", "")


def show(store: Store, actor: Actor, ledger: Ledger) -> None:
    """The list, closed until somebody opens it."""
    said = st.session_state.pop("import-list-said", None)
    for mood, words in said or ():
        (st.success if mood == "success" else st.warning)(words)
    found = past_imports_of(asked(store, actor), ledger.key)
    if not found:
        return
    with st.expander(f"以前的导入({len(found)} 次)", expanded=bool(said)):
        st.html(
            html_table(
                _HEADS, [_line(one) for one in found], frame="import-table", label="导入记录"
            )
        )
        _withdraw(store, actor, [one for one in found if not one.withdrawn])


def _line(one: PastImport) -> tuple[object, ...]:
    return (
        one.number,
        local_text(one.at),
        clip(one.by, 20),
        clip(one.file, 60),
        f"{one.read:,}",
        f"{one.created:,}",
        f"{one.updated:,}",
        "已撤回" if one.withdrawn else "",
    )


def _withdraw(store: Store, actor: Actor, found: list[PastImport]) -> None:
    """整次撤回, with a reason; what was changed since stays and is listed."""
    if not found:
        return
    with st.form("import-list-undo", border=False):
        chosen = st.selectbox(
            "撤回哪一次",
            found,
            format_func=lambda one: f"{one.number}　{clip(one.file, 40)}　新增 {one.created:,} 条",
            index=None,
            placeholder="请选择",
        )
        reason = st.text_input("为什么撤回(必填)", max_chars=400, autocomplete="off")
        st.caption("新增的移入回收站，修改的恢复原值；之后又有人改过的格子不动，并会列出。")
        pressed = st.form_submit_button("整次撤回", icon=":material/undo:")
    if not pressed:
        return
    if chosen is None:
        st.warning("请选择要撤回的一次导入。")
        return
    try:
        with st.spinner("正在撤回……"):
            back = undo_import(store, actor, chosen.number, reason=reason)
    except LedgerError as error:
        guard.refused(error)
        return
    told = [("success", f"第 {chosen.number} 号导入已撤回，恢复 {back.records:,} 条记录。")]
    if back.left:
        told.append(("warning", plain(f"后来又改过，没有恢复：{'、'.join(back.left[:10])}。")))
    st.session_state["import-list-said"] = told
    st.rerun()
