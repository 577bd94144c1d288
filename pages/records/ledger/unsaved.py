"""The bar above the table of a ledger: what was typed and not saved yet, and what is ticked.

It is as high without edits as with them, so that nothing moves when the first cell is changed.
"""

from __future__ import annotations

import streamlit as st

from ledger.records.typed import Pending, Pendings
from pages._text import clip, markup, plain, safe
from pages.records.ledger.grid_map import offer_grid_map, show_grid_map
from pages.records.ledger.review import show_review
from pages.records.ledger.session import Desk
from pages.records.ledger.set_field import show_set_field

_MOST_NAMED = 6
_NAME = 20
_HINT = "双击单元格可直接修改，也可粘贴从 Excel 复制的一块；勾选左边可一次改多条。"


def show_unsaved(desk: Desk, *, above_table: bool = False) -> None:
    """How much is unsaved, and the two ways on: review and save, or give it up.

    ``above_table``: the bar is there without edits too, with the act on the records that are
    ticked.
    """
    memory = desk.memory
    if not memory.edits:
        memory.restored = ""
        if memory.reviewing == "table":
            memory.forget_review()
    if memory.pasted and memory.reviewing is None:
        st.warning(plain(memory.pasted, 900), icon=":material/content_paste_off:")
        if not memory.edits:
            memory.pasted = ""
    if memory.edits and memory.restored:
        st.info(memory.restored, icon=":material/restore_page:")
    if memory.edits and memory.reviewing == "table":
        show_review(
            desk, memory.edits, saved=lambda: _start_over(desk), rebased=lambda p: _restart(desk, p)
        )
        return
    if not memory.edits and not above_table:
        return
    changed = bool(memory.edits)
    with st.container(
        horizontal=True,
        wrap=False,
        key="unsaved" if changed else "unsaved-none",
        vertical_alignment="center",
    ):
        with st.container(key="unsaved-said", gap=None):
            st.markdown(_said(desk) if changed else _HINT)
            if changed:
                st.html(_named(desk))
        if above_table:
            show_set_field(desk)
            offer_grid_map(desk)
        if changed:
            st.button("保存", type="primary", key="edits-save", on_click=_review, args=(desk,))
            with st.popover("放弃修改", key="edits-drop-popover"):
                st.markdown("确定放弃所有尚未保存的修改吗？放弃后不能找回。")
                st.button("确定放弃", key="edits-drop", on_click=_start_over, args=(desk,))
    if above_table and not changed:
        show_grid_map(desk)


def _said(desk: Desk) -> str:
    """How many records and cells, and how many of them on other pages."""
    memory = desk.memory
    cells = sum(len(pending.values) for pending in memory.edits.values())
    shown = {row["id"] for row in memory.sheet.rows} if memory.sheet else set()
    away = sum(record_id not in shown for record_id in memory.edits)
    elsewhere = f"，其中 {away} 条不在当前页(翻页、筛选不会丢失)" if away else ""
    return f"**{len(memory.edits)} 条记录有 {cells} 处修改尚未保存**{elsewhere}"


def _named(desk: Desk) -> str:
    """Which records and columns, the latest first: an editable cell of the table cannot be
    marked."""
    memory = desk.memory
    every = "；".join(_changed(desk, one) for one in memory.edits.values())
    latest = list(memory.edits.values())[-_MOST_NAMED:]
    named = "；".join(_changed(desk, one) for one in reversed(latest))
    return markup('<p class="edited" title="{}">{}</p>', clip(every, 600), safe(named))


def _changed(desk: Desk, pending: Pending) -> str:
    name = clip(pending.record.get(desk.ledger.title) or pending.number, _NAME)
    return f"{name}({'、'.join(desk.ledger.label_of(key) for key in pending.values)})"


def _review(desk: Desk) -> None:
    desk.memory.forget_review()
    desk.memory.reviewing = "table"


def _start_over(desk: Desk) -> None:
    desk.memory.edits, desk.memory.sheet = {}, None
    desk.memory.picked, desk.memory.pasted = frozenset(), ""
    desk.memory.forget_review()


def _restart(desk: Desk, pendings: Pendings) -> None:
    desk.memory.edits, desk.memory.sheet = pendings, None
    desk.memory.reviewing = "table" if pendings else None
