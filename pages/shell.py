"""The Streamlit script: who is there, the frame around every page, and the menu."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from urllib.parse import parse_qs

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from ledger.operations.metrics import page_timed
from ledger.operations.turns import runs
from ledger.people.saved_views import SavedView
from ledger.records.revisions import revisions_read_once
from pages._text import plain
from pages._ui.guard import Visitor, known, store, visitor
from pages._ui.notices import moved_to
from pages._ui.theme import apply_theme, header, icon
from pages._views.kept_views import views_read_once
from pages.menu_pages import page_of
from pages.navigation import entries_for, first_page, group_style
from pages.records.ledger.memory import drop_sheets

# Of the menu; a ledger's own page has all of its views.
_MOST_VIEWS = 5


def show() -> None:
    """The frame, and the page that was asked for within it."""
    st.set_page_config(
        page_title="养老服务风险台账",
        page_icon=icon(),
        layout="wide",
        initial_sidebar_state=220,  # pixels; folded by itself on narrow screens
    )
    apply_theme(group_style())
    who = visitor()
    with revisions_read_once(store()), views_read_once(store(), who.actor) as views:
        page = chosen_page(who, views)
        header(who)
        drop_sheets(but=page.url_path)
        moved_to(page.url_path)
        with known(who), page_timed(page.url_path or "home"):
            page.run()


def chosen_page(who: Visitor, views: Sequence[SavedView]) -> StreamlitPage:
    """The page of the address among those of the role; draws the menu."""
    pages = {entry.url_path: page_of(entry) for entry in entries_for(who.actor)}

    def lead_on() -> None:
        """The bare address: normally the server leads on before Streamlit is asked."""
        st.switch_page(pages[first_page(who.actor).url_path])

    # The menu of Streamlit's own: one message, where a link for each page was eighteen.
    home = st.Page(lead_on, title="首页", url_path="home", default=True, visibility="hidden")
    chosen = st.navigation([home, *pages.values()], expanded=True)
    if views:
        _views(views[:_MOST_VIEWS], pages)
    return chosen


def _views(kept: Sequence[SavedView], pages: Mapping[str, StreamlitPage]) -> None:
    """Below the menu, the views of ledgers that the visitor or the office keeps."""
    with st.sidebar, st.container(key="menu-views"):
        st.html('<p class="menu-views">我的视图</p>')
        for view in kept:
            page = pages.get(view.ledger)
            if page is not None:
                query = parse_qs(view.address)
                st.page_link(page, label=plain(view.name), query_params=query)


with runs.turn():
    show()
