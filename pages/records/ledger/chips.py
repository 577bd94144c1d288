"""Every filter of a ledger page in one place, each with a button that removes it."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from geo.atlas import Atlas
from ledger.domain.columns import Ledger
from ledger.records.query import Selection
from pages._text import plain
from pages._ui.search_field import stamp
from pages._views.address import View
from pages._views.filters_in_words import filter_parts
from pages.records.ledger.filters import Go


def show_chips(ledger: Ledger, atlas: Atlas, view: View, go: Go) -> None:
    """One chip a filter, and one to take all away."""
    parts = list(filter_parts(ledger, atlas, view.selection))
    if not parts:
        return
    with st.container(horizontal=True, key="chips", gap="small", vertical_alignment="center"):
        st.markdown("**当前筛选**", width="content")
        for place, (words, without) in enumerate(parts):
            st.button(
                plain(words, 60),
                key=f"chip-{place}-{stamp(words)}",
                icon=":material/close:",
                icon_position="right",
                on_click=_remover(view, without, go),
            )
        cleared = Selection(deleted=view.selection.deleted)
        st.button(
            "全部清除", key="chips-clear", type="tertiary", on_click=_remover(view, cleared, go)
        )


def _remover(view: View, without: Selection, go: Go) -> Callable[[], None]:
    return lambda: go(view.with_selection(without))
