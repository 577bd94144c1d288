"""The conditions of a ledger page: one form for the columns that somebody picks."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import streamlit as st

from ledger.domain.columns import Column, ColumnType, Ledger
from ledger.domain.errors import Invalid
from pages._text import plain
from pages._ui.date_span import date_span
from pages._ui.search_field import stamp
from pages._views.address import View
from pages._views.date_filter import span_of, with_span
from pages.records.ledger.condition_inputs import given_values, inputs, read_inputs
from pages.records.ledger.filters import Go


def condition_picker(ledger: Ledger, view: View, go: Go) -> None:
    """Any column and what it should hold; 应用 replaces that column's conditions."""
    with st.popover("筛选", icon=":material/filter_alt:", key="filter-popover"):
        columns = {c.key: c for c in ledger.columns if not c.rule.masked}
        key = st.selectbox(
            "按哪一列筛选",
            list(columns),
            index=None,
            format_func=lambda one: columns[one].label,
            placeholder="选择一列",
            key=f"filter-column-{stamp(view.selection.conditions)}",
        )
        if key is None:
            return
        column = columns[key]
        if column.type in (ColumnType.DATE, ColumnType.MOMENT):

            def chosen(span: str | None) -> None:
                go(view.with_selection(with_span(view.selection, column, span)))

            found = span_of(view.selection, column)
            date_span(column.label, f"filter-days-{key}", found, chosen)
        _conditions_form(ledger, column, view, go)


def _conditions_form(ledger: Ledger, column: Column, view: View, go: Go) -> None:
    """The conditions of one column. What was typed is read when 应用筛选 is pressed, not before."""
    now: dict[str, Any] = {
        c.operator: c.value for c in view.selection.conditions if c.key == column.key
    }
    key = f"filter-{column.key}-{stamp(now)}"
    refused = f"{key}-refused"

    def apply() -> None:
        st.session_state.pop(refused, None)
        try:
            conditions = read_inputs(ledger, column, given_values(column, key))
        except Invalid as invalid:
            st.session_state[refused] = str(invalid)
            return
        others = tuple(c for c in view.selection.conditions if c.key != column.key)
        go(view.with_selection(replace(view.selection, conditions=(*others, *conditions))))

    with st.form(f"{key}-form", border=False):
        inputs(column, now, key)
        if refused in st.session_state:
            st.error(plain(st.session_state[refused]))
        st.form_submit_button(
            "应用筛选", type="primary", key=f"filter-apply-{column.key}", on_click=apply
        )
