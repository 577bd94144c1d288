"""用户: who may sign in, with which role and area."""

from __future__ import annotations

import streamlit as st

from ledger.domain.access import Action
from ledger.domain.errors import LedgerError
from ledger.people import accounts
from ledger.people.users import matching
from pages._text import plain
from pages._ui import guard, notices
from pages._ui.paging import page_number, paged
from pages._ui.stylesheet import PAGING, stylesheet
from pages.admin.users.access_forms import edit_access
from pages.admin.users.people_import import import_section
from pages.admin.users.slips import SLIPS, offer_new_slips, show_slips
from pages.admin.users.user_forms import add_dialog, edit_rights
from pages.admin.users.user_table import page_link, search_box, table_of

who = guard.visitor(Action.MANAGE_USERS)
store, actor = guard.store(), who.actor
try:
    users = accounts.list_users(store, actor)
except LedgerError as error:
    guard.refused(error)
    st.stop()

st.title("用户")
if st.session_state.get(SLIPS):
    show_slips(st.session_state[SLIPS])
    st.stop()
notices.show_kept()
disabled, locked = sum(user.disabled for user in users), sum(user.locked for user in users)
st.markdown(f"共 **{len(users)}** 位用户，停用 **{disabled}** 位，锁定 **{locked}** 位。")
if len(users) == 1:
    notices.nothing_here("现在只有您一个账号。", next_step="从“开始使用”页起，一步步设置本单位。")
if st.button("新增用户", type="primary", icon=":material/person_add:"):
    add_dialog(actor)
import_section(actor)
again = st.container()
text = search_box()
found = matching(users, text)
shown = paged(found, page_number(st.query_params.get("page", "")))
if text:
    st.caption(plain(f"用户名或姓名含“{text}”的有 {len(found)} 位。"))
event = st.dataframe(
    table_of(shown.rows),
    hide_index=True,
    on_select="rerun",
    selection_mode="multi-row",
    row_height=44,
    key=f"users_table_{shown.number}_{text}",
)
pages = shown.html(lambda number: page_link(text, number))
if pages:
    st.html(stylesheet(PAGING) + pages)
chosen = [shown.rows[row] for row in event.selection.rows if row < len(shown.rows)]
with again:
    offer_new_slips(actor, users, chosen)
if len(chosen) == 1:
    selected = chosen[0]
    st.subheader(plain(f"{selected.display_name}({selected.name})"))
    rights, access = st.columns(2, gap="large")
    with rights:
        edit_rights(actor, selected)
    with access:
        edit_access(actor, selected)
elif chosen:
    st.caption(f"选中了 {len(chosen)} 位。要调整角色、辖区、密码和状态的，请只选一位。")
else:
    st.caption("点选表格左侧的方框，可调整该用户的角色、辖区、密码和状态。")
