"""Draw the map first: the panel beside it waits until the browser has drawn the areas.

A browser builds one thing after the other. The panel's buttons, built while the map's frame opens,
hold the frame up by a quarter of a second; built after it, they come no later than before. The
frame asks for the institutions once the areas are drawn (``areas.js``): that request is the sign.
"""

from __future__ import annotations

from threading import Event

import streamlit as st

from ledger.operations.turns import runs

# For slow devices, and for frames that never open: then the panel comes beside an unfinished map.
MOST_SECONDS = 0.8
_OPENED = "map-opened"
_waiting: dict[str, Event] = {}


def wait_for_areas(token: str | None) -> None:
    """Hold the script until the areas are drawn; only when a browser opens its first map.

    ``token`` is that of its session; the map asks for its institutions with the same.
    """
    if token is None or _OPENED in st.session_state or not _is_browser():
        return
    st.session_state[_OPENED] = True
    drawn = _waiting.setdefault(token, Event())
    runs.leave()
    drawn.wait(MOST_SECONDS)
    _waiting.pop(token, None)


def _is_browser() -> bool:
    """Whether a browser asks (it says Mozilla); other clients draw no map to wait for."""
    return "Mozilla" in st.context.headers.get("User-Agent", "")


def areas_drawn(token: str | None) -> None:
    """The browser of this session has drawn the areas of a map."""
    waiting = _waiting.get(token or "")
    if waiting is not None:
        waiting.set()
