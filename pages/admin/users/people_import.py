"""Accounts from a list of people: check it, make them. What each person is handed is `slips`."""

from __future__ import annotations

import streamlit as st

from ledger.domain.access import Actor
from ledger.domain.errors import LedgerError
from ledger.exchange.importing.people_lists import PeopleList, add_people, read_people
from ledger.exchange.reading.tables_in import ENDINGS
from ledger.operations import apart
from pages._text import plain
from pages._ui import guard
from pages._ui.import_work import while_here
from pages._ui.upload_file import fingerprint, frame_of, on_disk
from pages.admin.users.slips import READ, hand_out

_HOW = (
    "表头写姓名、角色、辖区(区域的名称或代码；也可以镇(街道)、村(社区)、网格各一列)，另可有电话、用户名。"
    "没有写用户名的，用姓名登录，同名的后面加数字。初始密码由系统生成，只出现在密码条上；电话只印在密码条上，不保存。"
)


def import_section(actor: Actor) -> None:
    """Upload, what was found, and the one press that makes the accounts."""
    with st.expander("按名单批量新增", icon=":material/group_add:"):
        st.caption(_HOW)
        upload = st.file_uploader(
            "人员名单", type=[one.removeprefix(".") for one in ENDINGS], key="people-file"
        )
        found = None if upload is None else _read(actor, upload)
        if found is None:
            return
        _show_problems(found)
        take = not found.rejected or st.checkbox(
            f"不新增有问题的 {found.rejected} 人，其余照常新增", key="people-rest"
        )
        many = len(found.people)
        if st.button(
            f"新增 {many} 位用户，生成密码条" if many else "没有可以新增的用户",
            type="primary",
            disabled=not (take and many),
            key="people-take",
        ):
            _take(actor, found)


def _read(actor: Actor, upload) -> PeopleList | None:
    """What the list says, read once for the upload and the accounts that there are."""
    mark = fingerprint(upload, guard.revisions().data)
    kept = st.session_state.get(READ)
    if kept is None or kept[0] != mark:
        try:
            with on_disk(upload) as path, st.spinner("正在读取……"), while_here() as progress:
                read = apart.call(read_people, guard.store(), actor, path, progress=progress)
        except LedgerError as error:
            guard.refused(error)
            return None
        st.session_state[READ] = kept = (mark, read)
    return kept[1]


def _show_problems(found: PeopleList) -> None:
    known = f"，{found.unchanged} 人已有账号" if found.unchanged else ""
    wrong = f"，**{found.rejected}** 人不能新增" if found.rejected else ""
    st.markdown(f"名单有 {found.read} 人{known}{wrong}，可以新增 **{len(found.people)}** 人。")
    if found.problems:
        listed = [
            {
                "行": one.row,
                "列": one.column or "",
                "情况": "不能新增" if one.severity == "error" else "请核对",
                "说明": plain(one.message, None),
            }
            for one in sorted(found.problems, key=lambda one: one.severity)
        ]
        st.dataframe(frame_of(listed), hide_index=True, row_height=44, key="people-problems")


def _take(actor: Actor, found: PeopleList) -> None:
    try:
        hand_out(actor, add_people, found.people)
    except LedgerError as error:
        guard.refused(error)
