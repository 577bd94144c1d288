"""恢复: put back one field, one change or one whole save, which is itself a change."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from ledger.domain.access import Action
from ledger.domain.errors import LedgerError
from ledger.records import putting_back
from ledger.records.history.audit import Entry
from ledger.records.putting_back import PutBack, extent_of_save
from pages._text import plain
from pages.records.ledger.session import Desk

_CHANGE, _SAVE = "\0change", "\0save"


def may_put_back(desk: Desk, entry: Entry) -> bool:
    """Whether there is something to undo in an entry, for somebody who may edit.

    A record that was added alone is moved to the bin, not put back.
    """
    if not desk.may(Action.EDIT):
        return False
    if entry.action == "create":
        return (
            bool(entry.batch) and sum(extent_of_save(desk.store, str(entry.batch), desk.actor)) > 1
        )
    return entry.action == "update"


def show_put_back(desk: Desk, entry: Entry, hidden: frozenset[str]) -> None:
    """A small window below one entry: what to put back, why, and 恢复."""
    with st.popover("恢复…", icon=":material/undo:", key=f"putback-{entry.id}"):
        offers = _offers(desk, entry, hidden)
        chosen = st.selectbox(
            "恢复什么",
            list(offers),
            format_func=offers.__getitem__,
            key=f"putback-what-{entry.id}",
        )
        if chosen == _SAVE:
            st.caption(_extent(desk, str(entry.batch)))
        reason = st.text_input(
            "恢复原因(必填)", key=f"putback-why-{entry.id}", max_chars=400, autocomplete="off"
        )
        if st.button("确认恢复", type="primary", key=f"putback-do-{entry.id}"):
            _put_back(desk, entry, str(chosen), reason)


def _offers(desk: Desk, entry: Entry, hidden: frozenset[str]) -> dict[str, str]:
    """What can be put back → its words. A new record goes only with the save it came by."""
    found: dict[str, str] = {}
    if entry.action == "update":
        found[_CHANGE] = "这一次修改的全部内容"
        for key in entry.before:
            column = desk.ledger.by_key.get(key)
            if column is not None and not column.computed and key not in hidden:
                found[key] = f"只恢复“{column.label}”"
    if entry.batch:
        found[_SAVE] = "整批恢复：同一次保存(如一次导入)的所有记录"
    return found


def _extent(desk: Desk, batch: str) -> str:
    added, changed = extent_of_save(desk.store, batch, desk.actor)
    return f"这次保存新增 {added} 条、修改 {changed} 条；新增的会移入回收站，修改的恢复原值。"


def _put_back(desk: Desk, entry: Entry, chosen: str, reason: str) -> None:
    store, actor = desk.store, desk.actor
    verbs: dict[str, Callable[[], PutBack]] = {
        _CHANGE: lambda: putting_back.put_back_change(store, actor, entry.id, reason=reason),
        _SAVE: lambda: putting_back.put_back_save(store, actor, str(entry.batch), reason=reason),
    }
    one_field: Callable[[], PutBack] = lambda: putting_back.put_back_field(  # noqa: E731
        store, actor, entry.id, chosen, reason=reason
    )
    try:
        done = verbs.get(chosen, one_field)()
    except LedgerError as error:
        st.error(plain(error, 400))
        return
    desk.memory.tell("success", f"已恢复 {done.records} 条记录。")
    if done.left:
        kept = "、".join(done.left[:10]) + (
            f"等 {len(done.left)} 处" if len(done.left) > 10 else ""
        )
        desk.memory.tell("warning", f"以下内容后来又改过，没有恢复：{kept}。需要时可逐项恢复。")
    desk.memory.opened = None
    st.rerun()
