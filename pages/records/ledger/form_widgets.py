"""The fields of a form: which widget a column has, and what stands in it at first."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from ledger.domain.columns import NUMERIC, TRI_LABELS, Column, ColumnType
from pages._ui.answers import ask_one
from pages._ui.area_picker import area_option, areas_for_records
from pages.records.ledger.references import offered_records, people_html
from pages.records.ledger.session import Desk


def show_widget(
    desk: Desk,
    column: Column,
    record: Mapping[str, Any],
    key: str,
    disabled: bool,
    needed: bool,
) -> None:
    """The field of a column; its key stands in the session already."""
    unit = f"({column.unit})" if column.unit else ""
    common: dict[str, Any] = {
        "label": f"{column.label}{unit}" + (" :red[（必填）]" if needed else ""),
        "key": key,
        "help": column.help or None,
        "disabled": disabled,
        "persist_state": "page",
    }
    if column.type is ColumnType.TRI:
        ask_one(options=list(TRI_LABELS.values()), segmented=True, **common)
    elif column.type is ColumnType.CHOICE:
        labels = [choice.label for choice in column.choices]
        st.selectbox(options=labels, placeholder="未填写", index=None, **common)
    elif column.type is ColumnType.AREA:
        _area(desk, common)
    elif column.type is ColumnType.DATE:
        st.date_input(value=None, format="YYYY-MM-DD", **common)
    elif column.type is ColumnType.REFERENCE and (offered := offered_records(desk, column)):
        _reference(offered, common)
    elif column.suggested:
        _suggested(desk, column, common)
    elif column.type is ColumnType.LONG_TEXT:
        st.text_area(max_chars=column.length, height="content", **common)
    else:
        limit = None if column.type in NUMERIC else column.length
        st.text_input(max_chars=limit, placeholder=_hint(column, record), live="1s", **common)
        if column.official and not disabled:
            st.html(people_html(desk, common["key"]))


def _hint(column: Column, record: Mapping[str, Any]) -> str | None:
    """What stands in an empty field: protected texts are not shown, only replaced."""
    if column.rule.masked and record.get(column.key) is not None:
        return f"已填写 {column.format(record[column.key])}，填写即替换"
    if column.type is ColumnType.REFERENCE:
        return "填编号或全名"
    if column.official:
        return "姓名，或姓名的拼音首字母"
    return "例如 2026-05-20 09:30" if column.type is ColumnType.MOMENT else None


def _reference(offered: Mapping[str, str], common: dict[str, Any]) -> None:
    """A list of what may be referred to; what stands there already is among it."""
    current = st.session_state[common["key"]] or None
    st.session_state[common["key"]] = current
    numbers = list(offered)
    if current is not None and current not in offered:
        numbers.insert(0, current)
    st.selectbox(
        options=numbers,
        index=None,
        placeholder="名称、编号或拼音首字母",
        format_func=lambda number: offered.get(number, number),
        **common,
    )


def _suggested(desk: Desk, column: Column, common: dict[str, Any]) -> None:
    """A list of the words that the ledger holds already; another one can be typed."""
    current = st.session_state[common["key"]] or None
    st.session_state[common["key"]] = current
    words = dict.fromkeys((*filter(None, (current,)), *desk.offered(column.key)))
    st.selectbox(
        options=list(words),
        index=None,
        placeholder="选择，或输入新的",
        accept_new_options=True,
        **common,
    )


def _area(desk: Desk, common: dict[str, Any]) -> None:
    """A list of the visitor's areas; the levels above first where it would be endless."""
    atlas, actor = desk.atlas, desk.actor
    current = st.session_state[common["key"]]
    codes = [area.code for area in areas_for_records(atlas, actor, common["key"], current)]
    if current is not None and current not in codes:
        codes.insert(0, current)
    st.selectbox(
        options=codes,
        index=None,
        placeholder="名称、代码或拼音首字母",
        format_func=lambda code: area_option(atlas, code, actor.scope_path),
        **common,
    )
