"""The widgets of a field form: one for each type of column."""

from __future__ import annotations

from datetime import date
from typing import Any

import streamlit as st

from ledger.domain.columns import NUMERIC, TRI_LABELS, Column, ColumnType
from pages._ui.answers import ask_one

_MOST_CHOICES = 8


def as_shown(column: Column, value: Any) -> Any:
    """A typed value as its widget holds it."""
    if column.type is ColumnType.DATE:
        return None if not value else date.fromisoformat(str(value))
    if column.type in (ColumnType.TRI, ColumnType.CHOICE):
        return value
    return "" if value is None else str(value)


def label_of(column: Column, beside: str, label: str) -> str:
    """What stands above a field: its label, unit, whether it must be filled, and ``beside``."""
    unit = f"({column.unit})" if column.unit else ""
    needed = " :red[（必填）]" if column.required else ""
    said = f"  :gray[{beside}]" if beside else ""
    return f"{label or column.label}{unit}{needed}{said}"


def widget(column: Column, key: str, label: str) -> Any:
    """The widget of a column, large enough for a finger; returns what stands in it."""
    common: dict[str, Any] = {"key": key}
    if column.type is ColumnType.TRI:
        options = list(TRI_LABELS.values())
        return ask_one(label, options, segmented=True, width="stretch", **common)
    if column.type is ColumnType.CHOICE and len(column.choices) <= _MOST_CHOICES:
        options = [choice.label for choice in column.choices]
        return ask_one(label, options, clearable=not column.required, **common)
    if column.type is ColumnType.CHOICE:
        options = [choice.label for choice in column.choices]
        return st.selectbox(label, options, index=None, placeholder="未填写", **common)
    if column.type is ColumnType.DATE:
        return st.date_input(label, value=None, format="YYYY-MM-DD", **common)
    if column.type is ColumnType.LONG_TEXT:
        return st.text_area(label, height=110, max_chars=column.length, **common)
    if column.type in NUMERIC or column.type is ColumnType.PHONE:
        # The telephone's keypad: large digits on a tablet.
        quiet: dict[str, Any] = {"icon": "", "placeholder": "", "autocomplete": "off"}
        return st.text_input(label, type="phone", max_chars=40, live="1s", **quiet, **common)
    return st.text_input(label, max_chars=column.length, live="1s", autocomplete="off", **common)
