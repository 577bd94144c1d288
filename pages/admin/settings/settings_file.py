"""What the office changed for itself: taken along as one file, and put back."""

from __future__ import annotations

import streamlit as st

from ledger.domain.access import Actor
from ledger.domain.errors import LedgerError
from ledger.operations.local_settings import differences, read_settings, take_settings
from pages._text import plain
from pages._ui import guard, notices
from pages._ui.upload_file import frame_of


def ask_settings_file(actor: Actor) -> None:
    """The download, and a file to take over: first what would change, then the press."""
    st.caption(
        "单位名称、保存期限、办理期限、节假日、底图、本单位的规则文件、叫法、对照关系和上级报表的空表存在数据库里，"
        "升级程序不会改动。导出成一个文件，可以另存一份，或带到另一台服务器上采用，要么全部采用，要么都不改；"
        "其中没有台账内容、账号、密码和底图的密钥。"
    )
    st.link_button("导出本单位设置", "/local-settings.json", icon=":material/download:")
    upload = st.file_uploader("采用另一份本单位设置", type=["json"], key="settings-file")
    if upload is None:
        return
    try:
        given = read_settings(upload.getvalue())
        changed = differences(guard.store(), actor, given)
    except LedgerError as error:
        guard.refused(error)
        return
    if not changed:
        st.info("与现在的相同，没有要改的。", icon=":material/info:")
        return
    rows = [
        {"设置": one.label, "现在": plain(one.now, 80), "采用后": plain(one.then, 80)}
        for one in changed
    ]
    st.dataframe(frame_of(rows), hide_index=True, row_height=44, key="settings-differences")
    st.caption("文件里没有的不动；规则和期限有变化的，全部记录的等级和期限随之重算。")
    if st.button("采用这份设置", type="primary", key="settings-take"):
        try:
            with st.spinner("正在采用……"):
                take_settings(guard.store(), actor, given)
        except LedgerError as error:
            guard.refused(error)
            return
        notices.keep("已采用这份设置。")
        st.rerun()
