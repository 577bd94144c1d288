"""导入, step 3: choices row by row or cell by cell, all of them at once, a few on a page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from ledger.exchange.importing.checked import Checked
from pages.admin.exchange.import_state import Wizard

_AT_ONCE = 20


def place_of(checked: Checked, row: int) -> str:
    """Where a row stands in the file."""
    return checked.place(row) if checked.origins else f"第 {row} 行"


def key_of(wizard: Wizard, what: str, at: object) -> str:
    """The key of the widget of one choice."""
    return f"import-{what}-{wizard.batch}-{at}"


def ask(key: str, words: Mapping[Any, str], answers: dict[Any, Any], at: Any) -> None:
    """One choice, kept before the page runs, so that the numbers above it know it."""
    if key not in st.session_state:
        st.session_state[key] = answers.get(at)

    def keep() -> None:
        answers[at] = st.session_state[key]

    st.radio(
        "选定",
        list(words),
        index=None,
        format_func=words.__getitem__,
        key=key,
        on_change=keep,
        horizontal=True,
        label_visibility="collapsed",
    )


def all_at_once(wizard: Wizard, what: str, answers: dict[Any, str], places: Sequence[Any]) -> None:
    """One press for all of them."""
    kept: dict[Any, Any] = wizard.cells if what == "conflict" else wizard.new

    def choose(answer: Any) -> None:
        for at in places:
            kept[at] = answer
            st.session_state[key_of(wizard, what, at)] = answer

    if len(places) < 2:
        return
    with st.container(horizontal=True):
        for answer, words in answers.items():
            st.button(words, key=f"import-all-{what}-{answer}", on_click=choose, args=(answer,))


def part(items: Sequence[Any], what: str) -> Sequence[Any]:
    """A few at a time."""
    pages = -(-len(items) // _AT_ONCE)
    if pages < 2:
        return items
    number = st.number_input(
        f"第几页(共 {pages} 页，每页 {_AT_ONCE} 项)", 1, pages, key=f"import-page-{what}"
    )
    start = (int(number) - 1) * _AT_ONCE
    return items[start : start + _AT_ONCE]
