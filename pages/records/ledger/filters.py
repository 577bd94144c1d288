"""Search, area, conditions and order of a ledger page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import streamlit as st

from ledger.domain.columns import Ledger
from ledger.records.query import order_of
from pages._ui.search_field import search_field, stamp
from pages._views.address import View
from pages._views.filters_in_words import SYSTEM_LABELS

Go = Callable[[View], None]


def search_box(view: View, go: Go) -> None:
    """Words to look for in every text of the ledger; Enter searches."""

    def search(text: str) -> None:
        go(view.with_selection(replace(view.selection, text=text)))

    search_field(view.selection.text, "搜索编号、名称、地址…按回车", search)


def sort_picker(ledger: Ledger, view: View, go: Go) -> None:
    """One column to sort by and which way."""
    (current, descending), *_ = order_of(ledger, view.selection)
    sortable = [c for c in ledger.columns if not c.rule.masked]
    labels = {**SYSTEM_LABELS, **{c.key: c.label for c in sortable}}
    key = f"sort-{stamp(view.selection.sort)}"

    def choose() -> None:
        by = (st.session_state[f"{key}-by"], bool(st.session_state[f"{key}-down"]))
        go(view.with_selection(replace(view.selection, sort=(by,))))

    with st.popover("排序", icon=":material/sort:", key="sort-popover"):
        keys = list(labels)
        st.selectbox(
            "按哪一列排序",
            keys,
            index=keys.index(current) if current in keys else 0,
            format_func=labels.__getitem__,
            key=f"{key}-by",
            on_change=choose,
        )
        st.toggle("从大到小(从新到旧)", descending, key=f"{key}-down", on_change=choose)
