"""Protected texts: masked; shown once to users with the right, with a reason, and logged."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from ledger.domain.access import Action
from ledger.domain.errors import LedgerError
from ledger.records.revealing import reveal
from pages._text import plain, safe
from pages.records.ledger.session import Desk


def show_protected(desk: Desk, record: Mapping[str, Any]) -> None:
    """The masked texts of a record and 查看 beside each; nothing where there are none.

    The plain text is drawn in the run that asked for it and kept nowhere: the next run is
    without it.
    """
    filled = [
        column
        for column in desk.ledger.columns
        if column.rule.masked and record.get(column.key) is not None
    ]
    if not filled:
        return
    st.markdown("**受保护信息**")
    for column in filled:
        masked = desk.words(column.key, record[column.key])
        with st.container(horizontal=True, vertical_alignment="center"):
            st.html(
                f'<p class="file">{safe(column.label)}:<b>{safe(masked)}</b></p>', width="stretch"
            )
            if desk.may(Action.REVEAL):
                _show_reveal(desk, record, column.key)


def _show_reveal(desk: Desk, record: Mapping[str, Any], key: str) -> None:
    with st.popover("查看", icon=":material/visibility:", key=f"reveal-{key}"):
        reason = st.text_input(
            "查看理由(必填，会记入日志)",
            key=f"reveal-why-{record['id']}-{key}",
            max_chars=200,
            autocomplete="off",
        )
        if not st.button("确认查看", type="primary", key=f"reveal-do-{key}"):
            return
        try:
            text = reveal(desk.store, desk.actor, desk.ledger.key, record["id"], key, reason)
        except LedgerError as error:
            st.error(plain(error, 400))
            return
        st.html(f'<p class="revealed">{safe(text)}</p>')
        st.caption("只显示这一次，已记入日志。")
