"""What is done with one account: a new one, its rights, its access."""

from __future__ import annotations

import streamlit as st

from ledger.domain.access import Actor, Role
from ledger.domain.errors import LedgerError
from ledger.domain.timing import clock
from ledger.people import accounts, admin_reset, resetting
from ledger.people.users import User
from pages._text import plain
from pages._ui import guard, notices
from pages._ui.area_picker import choose_area


def done(message: str) -> None:
    """Say at the top of the next run what was done."""
    notices.keep(message)
    st.rerun()


def attempt(actor: Actor, message: str, service, *args, **kwargs) -> None:
    """Call one service; its refusal is shown in place."""
    try:
        service(guard.store(), actor, *args, **kwargs)
    except LedgerError as error:
        guard.refused(error)
        return
    done(message)


def role_box(label: str, key: str, role: Role = Role.OFFICE_STAFF) -> Role:
    """A select box of the six roles."""
    roles = list(Role)
    return st.selectbox(
        label, roles, index=roles.index(role), format_func=lambda one: one.label, key=key
    )


@st.dialog("新增用户", width="medium")
def add_dialog(actor: Actor) -> None:
    """Ask for everything that a new account needs."""
    name = st.text_input("用户名", max_chars=40, help="登录用，可用汉字、字母、数字")
    shown = st.text_input("姓名", max_chars=40)
    role = role_box("角色", "new_role")
    scope = choose_area(guard.atlas(), actor, "new_scope", ask=True)
    password = st.text_input(
        "初始密码", type="password", help="至少10个字符，同时包含字母和数字；首次登录时须修改"
    )
    if st.button("新增", type="primary", icon=":material/person_add:"):
        attempt(
            actor,
            f"已新增用户 {name}。",
            accounts.add_user,
            name,
            role,
            scope or "",
            password,
            display_name=shown or name,
            must_change=True,
        )


def edit_rights(actor: Actor, user: User) -> None:
    """Name, role and area of one user."""
    shown = st.text_input("姓名", user.display_name, max_chars=40, key=f"shown_{user.id}")
    role = role_box("角色", f"role_{user.id}", user.role)
    scope = choose_area(guard.atlas(), actor, f"scope_{user.id}", user.scope_code)
    st.caption("调整角色或辖区后，该用户须重新登录。")
    if st.button("保存", type="primary", key=f"save_{user.id}"):
        try:
            if shown != user.display_name:
                accounts.set_display_name(guard.store(), actor, user.id, shown)
            if (role, scope) != (user.role, user.scope_code):
                accounts.set_role_and_scope(guard.store(), actor, user.id, role, scope or "")
        except LedgerError as error:
            guard.refused(error)
            return
        done(f"已保存用户 {user.name}。")


def reset_admin(actor: Actor, user: User) -> None:
    """One administrator asks, another one confirms."""
    if user.id == actor.user_id:
        return
    asked = admin_reset.waiting(guard.store(), actor).get(user.id)
    if asked is None:
        st.caption("重置系统管理员的密码须由两位系统管理员办理：一位申请，另一位在24小时内确认。")
        if st.button("申请重置密码", key=f"ask_{user.id}"):
            attempt(
                actor,
                f"已申请重置 {user.name} 的密码，请另一位系统管理员确认。",
                admin_reset.ask,
                user.id,
            )
        return
    since = clock.local_text(asked.asked_at)
    st.info(plain(f"{asked.asked_by_name} 于 {since} 申请重置该用户的密码。"))
    if st.button("撤回或不同意", key=f"withdraw_{user.id}"):
        attempt(actor, "已撤回申请。", admin_reset.withdraw, user.id)
    if asked.asked_by == actor.user_id:
        st.caption("等待另一位系统管理员确认。")
        return
    with st.form(f"confirm_{user.id}", clear_on_submit=True):
        password = st.text_input("新的初始密码", type="password")
        if st.form_submit_button("确认重置"):
            message = f"已重置 {user.name} 的密码，下次登录时须修改。"
            attempt(actor, message, admin_reset.confirm, user.id, password)


def edit_access(actor: Actor, user: User) -> None:
    """Closing, unlocking, a new password."""
    if user.locked and st.button("解除锁定", icon=":material/lock_open:", key=f"unlock_{user.id}"):
        attempt(actor, f"已解除 {user.name} 的锁定。", accounts.unlock, user.id)
    word, icon = ("启用", "check_circle") if user.disabled else ("停用", "block")
    if st.button(f"{word}该用户", icon=f":material/{icon}:", key=f"disable_{user.id}"):
        attempt(
            actor, f"已{word}用户 {user.name}。", accounts.set_disabled, user.id, not user.disabled
        )
    if user.role is Role.ADMIN:
        reset_admin(actor, user)
        return
    with st.form(f"reset_{user.id}", clear_on_submit=True):
        password = st.text_input("新的初始密码", type="password")
        if st.form_submit_button("重置密码"):
            attempt(
                actor,
                f"已重置 {user.name} 的密码，下次登录时须修改。",
                resetting.reset_password,
                user.id,
                password,
            )
