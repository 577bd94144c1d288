"""One field set on all records that are ticked: they become edits like typed ones, reviewed and
saved in the same way."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from ledger.domain.columns import Column, ColumnType, Ledger, ValueRefused
from ledger.records.typed import Pending, put
from pages.records.ledger.form import Form
from pages.records.ledger.session import Desk

# What differs from record to record: no two have the same.
_OWN = frozenset({ColumnType.LONGITUDE, ColumnType.LATITUDE, ColumnType.CREDIT_CODE})


def settable(ledger: Ledger) -> tuple[Column, ...]:
    """The columns that can be set on several records at once."""
    own = {"number", ledger.title}
    return tuple(
        column
        for column in ledger.editable
        if column.key not in own and column.type not in _OWN and not column.rule.masked
    )


def show_set_field(desk: Desk) -> None:
    """What is done with the records that are ticked; without any, the way to tick all."""
    memory = desk.memory
    rows = memory.sheet.rows if memory.sheet else ()
    if not memory.picked:
        st.button("全选本页", key="pick-all", on_click=_pick, args=(desk, True), disabled=not rows)
        return
    with st.popover(
        f"批量修改({len(memory.picked)})", icon=":material/edit_note:", key="set-field-popover"
    ):
        _choose(desk)
    st.button("取消勾选", key="pick-none", on_click=_pick, args=(desk, False))


def _choose(desk: Desk) -> None:
    columns = {column.key: column for column in settable(desk.ledger)}
    st.markdown(
        f"把勾选的 **{len(desk.memory.picked)}** 条记录的一列改成同样的内容，核对后再保存。"
    )
    key = st.selectbox(
        "改哪一列",
        list(columns),
        index=None,
        format_func=lambda one: columns[one].label,
        placeholder="选择一列",
        key=_column_chosen(desk),
    )
    if key is None:
        return
    form = Form(desk, {}, f"set-{desk.ledger.key}-{desk.memory.salt}")
    form.field(columns[key])
    try:
        blank = form.read(columns[key]) is None
    except ValueRefused:
        blank = False
    if blank:
        st.caption("没有填写：将清空这一列。")
    st.button("改好，去核对", type="primary", key="set-field-do", on_click=_set, args=(desk, form))


def _column_chosen(desk: Desk) -> str:
    return f"set-field-{desk.ledger.key}"


def _set(desk: Desk, form: Form) -> None:
    """Put what was typed on every record that is ticked, and review it."""
    key, memory = st.session_state[_column_chosen(desk)], desk.memory
    rows = memory.sheet.rows if memory.sheet else ()
    ticked = [row for row in rows if row["id"] in memory.picked]
    put_on(desk, ticked, key, form.typed(desk.ledger.by_key[key]))


def put_on(desk: Desk, rows: Sequence[Mapping[str, Any]], key: str, typed: Any) -> None:
    """Put one thing into a column of several records, and review it."""
    memory = desk.memory
    edits = dict(memory.edits)
    for row in rows:
        pending = edits.setdefault(row["id"], Pending(dict(row)))
        put(desk.ledger, desk.atlas, desk.actor, pending, key, typed)
    memory.edits = {record_id: one for record_id, one in edits.items() if one.values}
    memory.sheet = None
    if memory.edits:
        memory.forget_review()
        memory.reviewing = "table"
    else:
        memory.tell("info", "勾选的记录本来就是这样，没有需要修改的。")


def _pick(desk: Desk, all_of_them: bool) -> None:
    memory = desk.memory
    ids = [row["id"] for row in memory.sheet.rows] if memory.sheet and all_of_them else []
    memory.picked, memory.sheet = frozenset(ids), None
