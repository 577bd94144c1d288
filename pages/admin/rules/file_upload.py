"""A clock, figure or rating file by upload: the one in force to edit, the new one previewed."""

from __future__ import annotations

import streamlit as st

from ledger.domain.errors import LedgerError
from ledger.domain.tiers.files import read_text
from ledger.operations import rule_files
from ledger.operations.rule_files import RULE_FILES
from ledger.records import rulebook
from pages._ui import guard, notices
from pages._ui.upload_file import fingerprint, on_disk
from pages.admin.rules.rule_files import counted

_PREVIEW = "upload-preview"


def upload_section() -> None:
    """Which kind, its text in force to take away, and another one in its place."""
    kinds = [one for one in rulebook.KINDS if one != rulebook.TIERS]
    kind = st.selectbox(
        "哪一种", kinds, format_func=lambda one: RULE_FILES[one].label, key="upload-kind"
    )
    st.caption("下载现行的，改好后在这里上传：先看会变动多少，再启用。风险分级规则在上面更换。")
    for one in (rulebook.TIERS, *kinds):
        if one in (rulebook.TIERS, kind):
            label = RULE_FILES[one].label
            st.link_button(
                f"下载现行的{label}", f"/rule-file/{one}.toml", icon=":material/download:"
            )
    upload = st.file_uploader(RULE_FILES[kind].label, type=["toml"], key=f"upload-{kind}")
    if upload is None:
        return
    store, actor = guard.store(), guard.visitor().actor
    try:
        with on_disk(upload) as path:
            text = read_text(path, RULE_FILES[kind].label)
        mark = fingerprint(upload, kind, guard.revisions().data)
        if st.button("看看会变动多少", key="upload-look", icon=":material/compare_arrows:"):
            with st.spinner("正在计算……"):
                moved = rule_files.preview(store, actor, kind, text)
            st.session_state[_PREVIEW] = (mark, moved)
        kept = st.session_state.get(_PREVIEW)
        if kept is None or kept[0] != mark:
            return
        st.info(f"启用后{counted(kept[1])}", icon=":material/info:")
        if st.button(f"启用{RULE_FILES[kind].label}", key="upload-adopt", type="primary"):
            with st.spinner("正在计算……"):
                moved = rule_files.adopt(store, actor, kind, text)
            st.session_state.pop(_PREVIEW, None)
            notices.keep(f"已启用{RULE_FILES[kind].label}：{counted(moved)}")
            st.rerun()
    except LedgerError as error:
        guard.refused(error)
