"""One answer out of a few, as buttons: a second tap on the chosen one leaves it chosen.

Streamlit's own buttons are cleared by a second tap. On a tablet that is a slip of the finger, and
a major lead was filed as not major. An answer is cleared only by its own 清除.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import streamlit as st


def ask_one(
    label: str,
    options: Sequence[Any],
    *,
    key: str,
    segmented: bool = False,
    clearable: bool = False,
    format_func: Callable[[Any], str] = str,
    **look: Any,
) -> Any | None:
    """The chosen option, None before anything was chosen.

    ``clearable`` offers 清除 once something is chosen: for answers that may be left out and have no
    option that says so. ``look`` goes to the widget (``help``, ``disabled``, ``width`` …).
    """
    widget = st.segmented_control if segmented else st.pills
    common: dict[str, Any] = {"format_func": format_func, "key": key, "required": True, **look}
    if not clearable:
        return widget(label, options, **common)
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        chosen = widget(label, options, **({"wrap": True} | common))
        if chosen is not None:
            st.button("清除", key=f"{key}-clear", type="tertiary", on_click=_clear, args=(key,))
    return chosen


def _clear(key: str) -> None:
    st.session_state[key] = None
