"""Moving an opened record into the bin, and back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import streamlit as st

from ledger.domain.access import Action
from ledger.domain.errors import LedgerError
from ledger.records import service as records
from pages._text import plain
from pages.records.ledger.session import Desk, go


def show_delete(desk: Desk, record: Any) -> None:
    """移入回收站 with its reason, for those who may."""
    if not desk.may(Action.DELETE):
        return
    with st.popover("移入回收站", icon=":material/delete:", key="record-delete-popover"):
        st.markdown("移入回收站后不再计入统计，可以随时恢复。")
        reason = st.text_input("理由(必填)", key=f"delete-reason-{record['id']}", max_chars=200)
        if st.button("确认移入回收站", type="primary", key="record-delete"):
            _move(desk, record, reason, records.delete, "已移入回收站")


def show_restore(desk: Desk, record: Any) -> None:
    """A record in the bin: what that means, and the way back."""
    st.info("这条记录在回收站中，不计入统计。", icon=":material/delete:")
    if not desk.may(Action.DELETE):
        return
    reason = st.text_input("恢复理由(必填)", key=f"restore-reason-{record['id']}", max_chars=200)
    if st.button("恢复到台账", type="primary", key="record-restore", icon=":material/undo:"):
        _move(desk, record, reason, records.restore, "已恢复")


def _move(desk: Desk, record: Any, reason: str, verb: Callable[..., None], done: str) -> None:
    if not reason.strip():
        st.error("请先填写理由。")
        return
    try:
        verb(
            desk.store,
            desk.actor,
            desk.ledger.key,
            {record["id"]: record["version"]},
            reason=reason.strip(),
        )
    except LedgerError as error:
        st.error(plain(error, 400))
        return
    desk.memory.tell("success", f"{record['number']} {done}。")
    desk.memory.opened = None
    desk.memory.edits.pop(record["id"], None)
    go(replace(desk.view, record=None, section=""))
    st.rerun()
