"""The frame around every page as in ``pages/shell.py``, with three pages."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from pages._ui.guard import visitor
from pages._ui.theme import apply_theme, header

HERE = Path(__file__).parent
RISK_MAP = HERE.parents[2] / "pages" / "situation" / "risk_map" / "page.py"

st.set_page_config(page_title="测量", layout="wide")
apply_theme()
who = visitor()
page = st.navigation(
    [
        st.Page(HERE / "empty.py", title="空页", url_path="empty", default=True),
        st.Page(RISK_MAP, title="风险地图", url_path="map"),
        st.Page(HERE / "plain_folium.py", title="普通地图", url_path="plain"),
    ]
)
header(who)
page.run()
