"""导入, step 2: the office's own words for columns and choices, to be added and removed."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from ledger.domain.columns import Column
from ledger.domain.errors import LedgerError
from ledger.exchange.reading.own_words import add_word, own_words, remove_word
from pages._text import plain
from pages._ui import guard
from pages.admin.exchange.import_run import Import


def show_own_words(page: Import) -> None:
    """The office's own words, each to be removed; one for a choice can be added."""
    words = own_words(page.store, page.actor, page.ledger)
    labels = {column.key: column for column in page.ledger.incoming}
    with st.expander(f"本单位的叫法({len(words)} 个)"):
        st.caption("除程序自带的以外，本单位添加的列名和写法；命令行导入也认。")
        for word in words:
            column = labels[word.column]
            meant = f" 的“{column.choice_labels.get(word.meant, word.meant)}”" if word.meant else ""
            said, press = st.columns([5, 1], vertical_alignment="center")
            said.markdown(f"“{plain(word.said)}” = {plain(column.label)}{plain(meant)}")
            if press.button("删除", key=f"own-word-{word.id}"):
                remove_word(page.store, page.actor, page.ledger, word.id)
                st.rerun()
        choosing = [column for column in labels.values() if column.choices]
        if choosing:
            _add_value(page, choosing)


def _add_value(page: Import, choosing: Sequence[Column]) -> None:
    """A word for a choice: what a cell says and what is meant."""
    column = st.selectbox(
        "为哪一列添加写法", choosing, format_func=lambda one: one.label, key="own-word-column"
    )
    with st.form("own-word", border=False):
        said = st.text_input("格中写的", max_chars=40, autocomplete="off")
        meant = st.selectbox(
            "意思是", list(column.choice_labels), format_func=column.choice_labels.__getitem__
        )
        if not st.form_submit_button("添加"):
            return
    try:
        add_word(page.store, page.actor, page.ledger, column.key, said, meant)
    except LedgerError as error:
        guard.refused(error)
        return
    st.rerun()
