"""The line of key numbers above a ledger: each a filter when clicked."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from ledger.casework.keynumbers import KeyNumber, without_counted
from pages._views.address import View


def show_key_numbers(numbers: list[KeyNumber], view: View, go: Callable[[View], None]) -> None:
    """The numbers as buttons; the one that is on looks pressed, and pressing it again lifts it."""
    with st.container(horizontal=True, key="keynumbers", gap="small"):
        for number in numbers:
            on = number.is_on(view.selection)
            base = without_counted(view.selection)
            extra = () if on else number.conditions
            st.button(
                f"**{number.count:,}** {number.word}",
                key=f"keynumber-{number.key}",
                type="primary" if on else "secondary",
                on_click=go,
                args=(view.with_selection(base.also(*extra)),),
            )
