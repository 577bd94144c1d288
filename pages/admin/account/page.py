"""我的账号: who I am here, where I am signed in, and the way to a new password."""

from __future__ import annotations

import streamlit as st

from ledger.domain.errors import LedgerError
from ledger.domain.settings import settings
from ledger.domain.timing import clock
from ledger.people import sessions
from ledger.people.sessions import Session
from pages._text import plain
from pages._ui import guard, notices
from pages._ui.theme import scope_name
from pages.admin.account.devices import device_words

who = guard.visitor()
store, actor = guard.store(), who.actor
SHOWN = 10


def end(session: Session) -> None:
    """End one session; ending this one leads to the sign-in page."""
    try:
        sessions.end_own_session(store, actor, session.key)
    except LedgerError as error:
        guard.refused(error)
        return
    notices.keep("已退出该设备。")
    st.rerun()


def end_others() -> None:
    """End all sessions but this one."""
    try:
        count = sessions.end_all_of_user(store, actor, actor.user_id or -1, but=who.session.key)
    except LedgerError as error:
        guard.refused(error)
        return
    notices.keep(f"已退出其他 {count} 台设备。")
    st.rerun()


def show_session(session: Session) -> None:
    """One line: where, since when, and the way to end it."""
    here = session.key == who.session.key
    text, action = st.columns([4, 1], vertical_alignment="center")
    words = f"**{plain(device_words(session.agent))}**{'(当前设备)' if here else ''}"
    begun, seen = clock.local_text(session.created_at), clock.local_text(session.seen_at)
    times = f"登录于 {begun}，最近使用 {seen}"
    text.markdown(f"{words}  \n{plain(times)}，来自 {plain(session.address or '未知地址')}")
    if not here and action.button("退出该设备", key=f"end_{session.key[:16]}"):
        end(session)


role = actor.role.label if actor.role else "系统"
st.title("我的账号")
notices.show_kept()
st.markdown(
    f"用户名 **{plain(actor.name)}** · 姓名 **{plain(actor.display_name)}** · "
    f"角色 **{plain(role)}** · 辖区 **{plain(scope_name(actor))}**"
)
st.html('<a class="action-link" href="/password" target="_self">修改密码</a>')
st.subheader("已登录的设备")
st.caption(
    f"{settings().session_idle_minutes} 分钟不操作、或登录满 "
    f"{settings().session_absolute_minutes // 60} 小时后，需要重新登录。"
)
# This device first, then the newest.
mine = sorted(sessions.list_sessions(store, actor), key=lambda one: one.key != who.session.key)
for one in mine[:SHOWN]:
    show_session(one)
if len(mine) > SHOWN:
    st.caption(f"另有 {len(mine) - SHOWN} 台设备登录较早，没有列出。不认识的，请退出其他所有设备。")
if len(mine) > 1 and st.button("退出其他所有设备", icon=":material/logout:"):
    end_others()
