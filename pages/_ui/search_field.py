"""A search box; its content is a parameter of the address."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

import streamlit as st


def stamp(text: object) -> str:
    """A short name for a value, fit for a widget key: another value makes a fresh widget."""
    return hashlib.sha256(str(text).encode("utf-8", "surrogatepass")).hexdigest()[:8]


def search_field(text: str, hint: str, search: Callable[[str], None]) -> None:
    """A box with the words now searched by; Enter calls ``search`` with the new ones."""
    key = f"search-{stamp(text)}"

    def typed() -> None:
        search(" ".join(str(st.session_state.get(key) or "").split()))

    st.text_input(
        "搜索",
        text,
        key=key,
        on_change=typed,
        placeholder=hint,
        label_visibility="collapsed",
        max_chars=100,
        width=280,
    )
