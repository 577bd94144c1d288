"""The form of one record: a field for each column, from its declaration."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any

import streamlit as st

from ledger.domain.columns import NUMERIC, TRI_LABELS, Column, ColumnType, ValueRefused
from ledger.records.entering import read_cell
from ledger.records.typed import Pending, differs, put
from pages._text import safe
from pages._ui.answers import ask_one
from pages._ui.area_picker import area_option, areas_for_records
from pages.records.ledger.references import offered_records, people_html
from pages.records.ledger.session import Desk


class Form:
    """The fields of one record (or of a new one, which has no id).

    What is typed is kept in the session under ``prefix`` until the form is left, also while
    another section of the record is on show. ``compared``: below a field that was changed stands
    what is stored.
    """

    def __init__(
        self, desk: Desk, record: Mapping[str, Any], prefix: str, *, compared: bool = False
    ) -> None:
        self.desk, self.record, self.prefix, self.compared = desk, record, prefix, compared
        self.problems: dict[str, str] = {}
        self.odd: Mapping[str, tuple[str, ...]] = {}

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

    def show(self, columns: Sequence[Column]) -> None:
        """The fields, group by group, two beside each other where there is room (ledger.css)."""
        for place, (group, members) in enumerate(groupby(columns, key=lambda one: one.group)):
            st.markdown(f"**{group}**")
            self.rows(list(members), str(place))

    def rows(self, columns: Sequence[Column], name: str) -> None:
        """Fields beside each other, without a heading."""
        with st.container(key=f"fields-{self.prefix}-{name}"):
            for column in columns:
                self.field(column)

    def field(self, column: Column, *, disabled: bool = False, needed: bool = False) -> None:
        """One field with its label, unit, help and, below it, what is wrong with its content.

        ``needed`` marks what is not required of every record but here.
        """
        st.session_state.setdefault(self.key(column.key), self._initial(column))
        # A box of its own, so that a line that comes or goes below a field moves no other field.
        with st.container(key=f"box-{self.key(column.key)}"):
            self._widget(column, disabled, needed or column.required)
            problem = self.problems.get(column.key) or self._problem(column)
            if problem:
                said = safe(f"{column.label}：{problem}")
                st.html(f'<p class="field-problem">{said}</p>')
            elif self.compared and self._changed(column):
                stored = self.desk.words(column.key, self.record.get(column.key))
                st.html(f'<p class="field-was">原为 {safe(stored)}</p>')
            for line in self.odd.get(column.key, ()):
                st.html(f'<p class="field-odd">▲ {safe(line)}。请核对</p>')

    def _changed(self, column: Column) -> bool:
        desk, stored = self.desk, self.record.get(column.key)
        return differs(column, self.typed(column), stored, desk.atlas, desk.actor)

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
        elif column.type is ColumnType.REFERENCE and (
            offered := offered_records(self.desk, column)
        ):
            self._reference(offered, common)
        elif column.suggested:
            self._suggested(column, common)
        elif column.type is ColumnType.LONG_TEXT:
            st.text_area(max_chars=column.length, height="content", **common)
        else:
            limit = None if column.type in NUMERIC else column.length
            st.text_input(max_chars=limit, placeholder=self._hint(column), live="1s", **common)
            if column.official and not disabled:
                st.html(people_html(self.desk, common["key"]))

    def _hint(self, column: Column) -> str | None:
        """What stands in an empty field: protected texts are not shown, only replaced."""
        if column.rule.masked and self.record.get(column.key) is not None:
            return f"已填写 {column.format(self.record[column.key])}，填写即替换"
        if column.type is ColumnType.REFERENCE:
            return "填编号或全名"
        if column.official:
            return "姓名，或姓名的拼音首字母"
        return "例如 2026-05-20 09:30" if column.type is ColumnType.MOMENT else None

    def _reference(self, offered: Mapping[str, str], common: dict[str, Any]) -> None:
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

    def _suggested(self, column: Column, common: dict[str, Any]) -> None:
        """A list of the words that the ledger holds already; another one can be typed."""
        current = st.session_state[common["key"]] or None
        st.session_state[common["key"]] = current
        words = dict.fromkeys((*filter(None, (current,)), *self.desk.offered(column.key)))
        st.selectbox(
            options=list(words),
            index=None,
            placeholder="选择，或输入新的",
            accept_new_options=True,
            **common,
        )

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
            placeholder="名称、代码或拼音首字母",
            format_func=lambda code: area_option(atlas, code, actor.scope_path),
            **common,
        )


def by_group(columns: Sequence[Column]) -> list[Column]:
    """The columns group by group, the groups in the order of their first columns."""
    order = {group: place for place, group in enumerate(dict.fromkeys(c.group for c in columns))}
    return sorted(columns, key=lambda column: order[column.group])


def _digits(value: float) -> str:
    """A number as one types it: no separators, no trailing zeros."""
    return str(value) if isinstance(value, int) else f"{value:.6f}".rstrip("0").rstrip(".")
