"""The form of one record: a field for each column, from its declaration."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any

import streamlit as st

from ledger.domain.columns import Column, ValueRefused
from ledger.records.entering import read_cell
from ledger.records.typed import Pending, differs, put
from pages._text import safe
from pages.records.ledger.field_values import shown_value
from pages.records.ledger.form_widgets import show_widget
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
        unseen = shown_value(column, self.record.get(column.key))
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
        st.session_state.setdefault(
            self.key(column.key), shown_value(column, self.record.get(column.key))
        )
        # A box of its own, so that a line that comes or goes below a field moves no other field.
        with st.container(key=f"box-{self.key(column.key)}"):
            required = needed or column.required
            show_widget(self.desk, column, self.record, self.key(column.key), disabled, required)
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


def by_group(columns: Sequence[Column]) -> list[Column]:
    """The columns group by group, the groups in the order of their first columns."""
    order = {group: place for place, group in enumerate(dict.fromkeys(c.group for c in columns))}
    return sorted(columns, key=lambda column: order[column.group])
