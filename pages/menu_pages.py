"""The items of the menu as Streamlit's pages."""

from __future__ import annotations

from copy import copy
from functools import cache, partial

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from pages.navigation import PAGES, Entry
from pages.records.ledger.page import ledger_page


def page_of(entry: Entry) -> StreamlitPage:
    """The page of an entry, for one run: Streamlit marks in it which one may be run."""
    return copy(_made(entry))


@cache
def _made(entry: Entry) -> StreamlitPage:
    """Made once a process: looking for the files of twenty pages took 3 % of every run."""
    return st.Page(
        PAGES / entry.file if entry.file else partial(ledger_page, entry.url_path),
        title=entry.title,
        icon=f":material/{entry.icon}:",
        url_path=entry.url_path,
    )
