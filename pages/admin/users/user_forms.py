"""What is done with one account: a new one, its rights, its access."""

from __future__ import annotations

import streamlit as st

from ledger.domain.access import Actor, Role
from ledger.domain.errors import LedgerError
from ledger.people import accounts
from ledger.people.users import User
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
