"""The form of one record: a field for each column, from its declaration."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any

import streamlit as st

from ledger.domain.columns import NUMERIC, TRI_LABELS, Column, ColumnType, ValueRefused
from ledger.records.entering import read_cell
from ledger.records.typed import Pending, put
from pages._text import plain
from pages._ui.answers import ask_one
from pages._ui.area_picker import areas_for_records
from pages._ui.cells import area_words
from pages.records.ledger.session import Desk

_HEIGHT = 110


class Form:
    """The fields of one record (or of a new one, which has no id).

    What is typed is kept in the session under ``prefix`` until the form is left, also while
    another section of the record is on show.
    """

    def __init__(self, desk: Desk, record: Mapping[str, Any], prefix: str) -> None:
        self.desk, self.record, self.prefix = desk, record, prefix
        self.problems: dict[str, str] = {}

    def key(self, column_key: str) -> str:
        """The session key of a field."""
        return f"{self.prefix}-{column_key}"

    def typed(self, column: Column) -> Any:
        """What stands in a field; what is stored, as long as it was not on show."""
        unseen = self._initial(column)
        return st.session_state.get(self.key(column.key), unseen)

    def set(self, column_key: str, value: Any) -> None:
        """Fill a field, before it is on show in this run."""
        st.session_state[self.key(column_key)] = value

    def pending(self) -> Pending:
        """Everything that was typed and means something else than what is stored."""
        pending, desk = Pending(self.record), self.desk
        for column in desk.ledger.editable:
            if self.key(column.key) in st.session_state:
                put(desk.ledger, desk.atlas, desk.actor, pending, column.key, self.typed(column))
        return pending

    def forget(self) -> None:
        """Discard the typed values."""
        for column in self.desk.ledger.editable:
            st.session_state.pop(self.key(column.key), None)

    def show(self, columns: Sequence[Column], *, wide: bool = False) -> None:
        """The fields, group by group, side by side where there is room."""
        for group, members in groupby(columns, key=lambda column: column.group):
            st.markdown(f"**{group}**")
            listed = list(members)
            for start in range(0, len(listed), 2 if wide else 1):
                row = listed[start : start + (2 if wide else 1)]
                places = st.columns(2, vertical_alignment="bottom") if wide else [st.container()]
                for place, column in zip(places, row, strict=False):
                    with place:
                        self.field(column)

    def field(self, column: Column, *, disabled: bool = False, needed: bool = False) -> None:
        """One field with its label, unit, help and, below it, what is wrong with its content.

        ``needed`` marks what is not required of every record but here.
        """
        st.session_state.setdefault(self.key(column.key), self._initial(column))
        self._widget(column, disabled, needed or column.required)
        problem = self.problems.get(column.key) or self._problem(column)
        if problem:
            st.markdown(f":red[{plain(column.label)}：{plain(problem)}]")

    def read(self, column: Column) -> Any:
        """What stands in a field, as the service reads it. Raises `ValueRefused`."""
        return read_cell(self.desk.atlas, self.desk.actor, column, self.typed(column))

    def _problem(self, column: Column) -> str | None:
        try:
            self.read(column)
        except ValueRefused as refused:
            return str(refused)
        return None

    def _initial(self, column: Column) -> Any:
        value = self.record.get(column.key)
        if column.rule.masked:
            return ""
        if column.type is ColumnType.TRI:
            return TRI_LABELS[value]
        if column.type is ColumnType.CHOICE:
            return column.format(value) or None
        if column.type is ColumnType.AREA:
            return value
        if column.type in NUMERIC:
            return "" if value is None else _digits(value)
        return value if column.type is ColumnType.DATE else column.format(value)

    def _widget(self, column: Column, disabled: bool, needed: bool) -> None:
        unit = f"({column.unit})" if column.unit else ""
        common: dict[str, Any] = {
            "label": f"{column.label}{unit}" + (" :red[（必填）]" if needed else ""),
            "key": self.key(column.key),
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
            self._area(common)
        elif column.type is ColumnType.DATE:
            st.date_input(value=None, format="YYYY-MM-DD", **common)
        elif column.type is ColumnType.LONG_TEXT:
            st.text_area(max_chars=column.length, height=_HEIGHT, **common)
        else:
            limit = None if column.type in NUMERIC else column.length
            st.text_input(max_chars=limit, placeholder=self._hint(column), live="1s", **common)

    def _hint(self, column: Column) -> str | None:
        """What stands in an empty field: protected texts are not shown, only replaced."""
        if column.rule.masked and self.record.get(column.key) is not None:
            return f"已填写 {column.format(self.record[column.key])}，填写即替换"
        if column.type is ColumnType.REFERENCE:
            return "填编号或全名"
        return "例如 2026-05-20 09:30" if column.type is ColumnType.MOMENT else None

    def _area(self, common: dict[str, Any]) -> None:
        """A list of the visitor's areas; the levels above first where it would be endless."""
        atlas, actor = self.desk.atlas, self.desk.actor
        current = st.session_state[common["key"]]
        codes = [area.code for area in areas_for_records(atlas, actor, common["key"], current)]
        if current is not None and current not in codes:
            codes.insert(0, current)
        st.selectbox(
            options=codes,
            index=None,
            placeholder="选择村(社区)或网格",
            format_func=lambda code: area_words(atlas, code, actor.scope_path),
            **common,
        )


def _digits(value: float) -> str:
    """A number as one types it: no separators, no trailing zeros."""
    return str(value) if isinstance(value, int) else f"{value:.6f}".rstrip("0").rstrip(".")
