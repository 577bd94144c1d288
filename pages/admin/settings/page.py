"""系统设置: the office's name, the basemap under the risk map, deadlines and holidays."""

from __future__ import annotations

import streamlit as st

from ledger.domain.access import Action
from pages._ui import guard, notices
from pages.admin.settings.office_settings import ask_basemap, ask_office
from pages.admin.settings.settings_file import ask_settings_file
from pages.admin.settings.time_settings import ask_holidays, ask_profile, ask_retention

actor = guard.visitor(Action.MANAGE_OPTIONS).actor
st.title("系统设置")
notices.show_kept()
left, right = st.columns(2, gap="large")
with left:
    st.subheader("单位")
    ask_office(actor)
with right:
    st.subheader("底图")
    ask_basemap(actor)
    st.subheader("本单位设置")
    ask_settings_file(actor)
with left:
    st.subheader("办理期限")
    ask_profile(actor)
    st.subheader("受保护信息的保存期限")
    ask_retention(actor)
    st.subheader("节假日")
    ask_holidays(actor)
