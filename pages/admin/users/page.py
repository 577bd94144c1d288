"""用户: who may sign in, with which role and area."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlencode

import pandas as pd
import streamlit as st

from ledger.domain.access import ROLE_LABELS, Action, Role
from ledger.domain.errors import LedgerError
from ledger.domain.timing import clock
from ledger.people import accounts, admin_reset
from ledger.people.accounts import User
from pages._ui import guard, notices
from pages._ui.area_picker import choose_area
from pages._ui.notices import plain
from pages._ui.paging import STYLE, page_number, paged
from pages._ui.search_field import search_field

who = guard.visitor(Action.MANAGE_USERS)
store, actor = guard.store(), who.actor


def state_of(user: User) -> str:
    """A user's state in one word."""
    return "已停用" if user.disabled else "已锁定" if user.locked else "正常"


def table_of(users: Sequence[User]) -> pd.DataFrame:
    """What the table shows; row positions are those of ``users``."""
    return pd.DataFrame(
        {
            "用户名": [user.name for user in users],
            "姓名": [user.display_name for user in users],
            "角色": [ROLE_LABELS[user.role] for user in users],
            "辖区": [user.scope_name for user in users],
            "状态": [state_of(user) for user in users],
            "建立时间": [clock.local_text(user.created_at) for user in users],
        }
    )


def search_box() -> str:
    """The words to search by; they stay in the address, and a new search begins at page 1."""
    text = st.query_params.get("q", "")[:100]

    def search(typed: str) -> None:
        st.query_params.from_dict({"q": typed} if typed else {})

    search_field(text, "搜索用户名、姓名，按回车", search)
    return text


def page_link(text: str, number: int) -> str:
    """The address of another page of the list."""
    return "users?" + urlencode({"page": number} | ({"q": text} if text else {}))


def done(message: str) -> None:
    """Say at the top of the next run what was done."""
    notices.keep(message)
    st.rerun()


def attempt(message: str, service, *args, **kwargs) -> None:
    """Call one service; its refusal is shown in place."""
    try:
        service(store, actor, *args, **kwargs)
    except LedgerError as error:
        guard.refused(error)
        return
    done(message)


def role_box(label: str, key: str, role: Role = Role.OFFICE_STAFF) -> Role:
    """A select box of the six roles."""
    roles = list(Role)
    return st.selectbox(
        label, roles, index=roles.index(role), format_func=lambda one: ROLE_LABELS[one], key=key
    )


@st.dialog("新增用户", width="medium")
def add_dialog() -> None:
    """Ask for everything that a new account needs."""
    name = st.text_input("用户名", max_chars=40, help="登录用，可用汉字、字母、数字")
    shown = st.text_input("姓名", max_chars=40)
    role = role_box("角色", "new_role")
    scope = choose_area(guard.atlas(), actor, "new_scope")
    password = st.text_input(
        "初始密码", type="password", help="至少10个字符，同时包含字母和数字；首次登录时须修改"
    )
    if st.button("新增", type="primary", icon=":material/person_add:"):
        attempt(
            f"已新增用户 {name}。",
            accounts.add_user,
            name,
            role,
            scope or "",
            password,
            display_name=shown or name,
            must_change=True,
        )


def edit_rights(user: User) -> None:
    """Name, role and area of one user."""
    shown = st.text_input("姓名", user.display_name, max_chars=40, key=f"shown_{user.id}")
    role = role_box("角色", f"role_{user.id}", user.role)
    scope = choose_area(guard.atlas(), actor, f"scope_{user.id}", user.scope_code)
    st.caption("调整角色或辖区后，该用户须重新登录。")
    if st.button("保存", type="primary", key=f"save_{user.id}"):
        try:
            if shown != user.display_name:
                accounts.set_display_name(store, actor, user.id, shown)
            if (role, scope) != (user.role, user.scope_code):
                accounts.set_role_and_scope(store, actor, user.id, role, scope or "")
        except LedgerError as error:
            guard.refused(error)
            return
        done(f"已保存用户 {user.name}。")


def reset_admin(user: User) -> None:
    """One administrator asks, another confirms; nobody does both."""
    if user.id == actor.user_id:
        return
    asked = admin_reset.waiting(store, actor).get(user.id)
    if asked is None:
        st.caption("重置系统管理员的密码须由两位系统管理员办理：一位申请，另一位在24小时内确认。")
        if st.button("申请重置密码", key=f"ask_{user.id}"):
            attempt(
                f"已申请重置 {user.name} 的密码，请另一位系统管理员确认。", admin_reset.ask, user.id
            )
        return
    since = clock.local_text(asked.asked_at)
    st.info(plain(f"{asked.asked_by_name} 于 {since} 申请重置该用户的密码。"))
    if st.button("撤回或不同意", key=f"withdraw_{user.id}"):
        attempt("已撤回申请。", admin_reset.withdraw, user.id)
    if asked.asked_by == actor.user_id:
        st.caption("等待另一位系统管理员确认。")
        return
    with st.form(f"confirm_{user.id}", clear_on_submit=True):
        password = st.text_input("新的初始密码", type="password")
        if st.form_submit_button("确认重置"):
            message = f"已重置 {user.name} 的密码，下次登录时须修改。"
            attempt(message, admin_reset.confirm, user.id, password)


def edit_access(user: User) -> None:
    """Closing, unlocking, a new password."""
    if user.locked and st.button("解除锁定", icon=":material/lock_open:", key=f"unlock_{user.id}"):
        attempt(f"已解除 {user.name} 的锁定。", accounts.unlock, user.id)
    word, icon = ("启用", "check_circle") if user.disabled else ("停用", "block")
    if st.button(f"{word}该用户", icon=f":material/{icon}:", key=f"disable_{user.id}"):
        attempt(f"已{word}用户 {user.name}。", accounts.set_disabled, user.id, not user.disabled)
    if user.role is Role.ADMIN:
        reset_admin(user)
        return
    with st.form(f"reset_{user.id}", clear_on_submit=True):
        password = st.text_input("新的初始密码", type="password")
        if st.form_submit_button("重置密码"):
            attempt(
                f"已重置 {user.name} 的密码，下次登录时须修改。",
                accounts.reset_password,
                user.id,
                password,
            )


try:
    users = accounts.list_users(store, actor)
except LedgerError as error:
    guard.refused(error)
    st.stop()

st.title("用户")
notices.show_kept()
disabled, locked = sum(user.disabled for user in users), sum(user.locked for user in users)
st.markdown(f"共 **{len(users)}** 位用户，停用 **{disabled}** 位，锁定 **{locked}** 位。")
if st.button("新增用户", type="primary", icon=":material/person_add:"):
    add_dialog()
text = search_box()
found = accounts.matching(users, text)
shown = paged(found, page_number(st.query_params.get("page", "")))
if text:
    st.caption(plain(f"用户名或姓名含“{text}”的有 {len(found)} 位。"))
event = st.dataframe(
    table_of(shown.rows),
    hide_index=True,
    on_select="rerun",
    selection_mode="single-row",
    row_height=44,
    key=f"users_table_{shown.number}_{text}",
)
pages = shown.html(lambda number: page_link(text, number))
if pages:
    st.html(f"<style>{STYLE}</style>{pages}")
rows = event.selection.rows
if rows and rows[0] < len(shown.rows):
    selected = shown.rows[rows[0]]
    st.subheader(plain(f"{selected.display_name}({selected.name})"))
    rights, access = st.columns(2, gap="large")
    with rights:
        edit_rights(selected)
    with access:
        edit_access(selected)
else:
    st.caption("点选表格左侧的方框，可调整该用户的角色、辖区、密码和状态。")
