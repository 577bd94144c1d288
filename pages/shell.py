"""The Streamlit script: who is there, the frame around every page, and the menu."""

from __future__ import annotations

import streamlit as st

from pages._ui.guard import visitor
from pages._ui.theme import apply_theme, header
from pages.navigation import GROUPS, entries_for, first_page

st.set_page_config(
    page_title="养老服务风险台账",
    page_icon="pages/_web/static/icon.svg",
    layout="wide",
    initial_sidebar_state="auto",
)
apply_theme()
who = visitor()
first = first_page(who.actor)
pages = {
    entry.url_path: st.Page(
        entry.path, title=entry.title, icon=f":material/{entry.icon}:", url_path=entry.url_path
    )
    for entry in entries_for(who.actor)
}


def lead_on() -> None:
    """The bare address: normally the server leads on before Streamlit is asked."""
    st.switch_page(pages[first.url_path])


groups = {
    group: [pages[entry.url_path] for entry in entries_for(who.actor) if entry.group == group]
    for group in GROUPS
}
home = st.Page(lead_on, title="首页", url_path="home", default=True, visibility="hidden")
page = st.navigation(
    {"": [home], **{group: items for group, items in groups.items() if items}}, expanded=True
)
header(who)
page.run()
