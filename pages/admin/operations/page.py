"""系统状态: what is wrong and what to do, how old the backups are, who is on, what was slow."""

from __future__ import annotations

import streamlit as st

from ledger.domain.access import Action
from ledger.domain.errors import LedgerError
from ledger.operations.diagnosis import diagnose
from ledger.operations.status import status
from pages._ui import guard
from pages.admin.operations.findings_shown import show_findings
from pages.admin.operations.status_tables import (
    show_backups,
    show_facts,
    show_pages,
    show_slow,
)

who = guard.visitor(Action.OPERATE)
store, actor = guard.store(), who.actor
try:
    found, told = status(store, actor), diagnose(store, actor)
except LedgerError as error:
    guard.refused(error)
    st.stop()

st.title("系统状态")
show_findings(told.findings)
st.link_button("下载诊断文件", "/doctor.zip", icon=":material/medical_information:")
st.caption(
    "有问题说不清时，把诊断文件发给维护人员：里面是版本、大小、发现的问题、慢的页面和出错的位置，"
    "没有任何记录的内容、姓名、电话、地址和文件名。"
)
left, right = st.columns(2, gap="large")
with left:
    st.subheader("概况")
    show_facts(found)
with right:
    st.subheader("备份")
    show_backups(found)
st.subheader("最慢的页面")
show_pages(told.measured["pages"])
st.subheader("慢查询")
show_slow(told.measured["slow"])
