"""The sections of an opened record: in one row, and in the address."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import streamlit as st

from pages._ui.download_links import print_button
from pages._views.address import SECTION, SECTIONS, write_address
from pages.records.ledger.session import Desk

_KEYS = {label: key for key, label in SECTIONS.items()}


def widget_key(desk: Desk) -> str:
    """The key of the row of sections; ledgers that are judged share one."""
    return "record-section" if desk.ledger.judged else f"record-section-{desk.ledger.key}"


def choose_section(desk: Desk, offered: Sequence[str], record_id: int) -> str:
    """The section on show, by its label: the one opened last, at first that of the address; beside
    the row, 打印 for the whole record."""
    key, opened = widget_key(desk), SECTIONS.get(desk.memory.section)
    st.session_state[key] = opened if opened in offered else offered[0]
    with st.container(
        horizontal=True,
        horizontal_alignment="distribute",
        vertical_alignment="center",
        key="record-tabs",
    ):
        chosen = st.segmented_control(
            "查看",
            list(offered),
            required=True,
            key=key,
            label_visibility="collapsed",
            wrap=False,
            on_change=_opened,
            args=(desk,),
        )
        print_button(f"/print/record/{desk.ledger.key}/{record_id:d}")
    return str(chosen)


def _opened(desk: Desk) -> None:
    open_section(desk, st.session_state[widget_key(desk)])


def open_section(desk: Desk, label: str) -> None:
    """Show another section from the next run on; its address can be sent to a colleague.

    What is on show is kept in the session: a quick second press sends the address of before.
    """
    desk.memory.section = _KEYS[label]
    if "record" in st.query_params:
        st.query_params[SECTION] = _KEYS[label]
    else:
        st.query_params.from_dict(write_address(replace(desk.view, section=_KEYS[label])))
