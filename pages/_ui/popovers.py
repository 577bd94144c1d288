"""Popovers whose content is built from their first opening on.

What stands in a closed popover costs a message and a widget each, on every run of a page. Once
opened it is built always: what somebody typed there without sending it must not go when it closes.
"""

from __future__ import annotations

import streamlit as st
from streamlit.delta_generator import DeltaGenerator


def opened_popover(label: str, *, icon: str, key: str) -> DeltaGenerator | None:
    """A popover to put something in; None while nobody has opened it in this session.

    ``key`` names its widget; opening and closing it run the page anew.
    """
    box = st.popover(label, icon=icon, key=key, on_change="rerun")
    ever = f"{key}-ever"
    if box.open:
        st.session_state[ever] = True
    return box if st.session_state.get(ever) else None
