"""How an account signs in: locked, unlocked, with another password."""

from __future__ import annotations

import streamlit as st

from ledger.domain.access import Actor, Role
from ledger.domain.timing import clock
from ledger.people import accounts, admin_reset, resetting
from ledger.people.users import User
from pages._text import plain
from pages._ui import guard
from pages.admin.users.user_forms import attempt


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
