"""The slips that hand out first passwords: shown once; new ones for people who lost theirs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import streamlit as st

from ledger.domain.access import Actor, Role
from ledger.domain.errors import LedgerError
from ledger.exchange.importing.people_lists import Slip, new_slips
from ledger.exchange.printing.slips import slips_html
from ledger.people.office import read_office
from ledger.people.users import User
from pages._text import clip, plain
from pages._ui import guard
from pages._ui.download_links import print_page_button

SLIPS, READ = "user-slips", "user-list"


def show_slips(slips: list[Slip]) -> None:
    """The slips in place of the page, until they are put away: they cannot be shown again."""
    st.markdown(f"密码条 **{len(slips)}** 张，账号已可使用。")
    st.warning(
        "密码不保存，离开或刷新本页后不能再显示，请现在打印。没有打印成、或者发出后丢失的，"
        "在用户列表里勾选这些人，按“重发密码条”：原来的密码随之作废，不必逐个重置。",
        icon=":material/print:",
    )
    with st.container(horizontal=True):
        print_page_button()
        if st.button("已打印，返回用户列表", key="slips-done"):
            del st.session_state[SLIPS]
            st.session_state.pop(READ, None)
            st.rerun()
    st.html(slips_html(slips, read_office(guard.store())))


def offer_new_slips(actor: Actor, users: Sequence[User], chosen: Sequence[User]) -> None:
    """Slips were lost: new ones for those chosen in the table, or for all who never signed in."""
    waiting = [one for one in users if one.must_change and _may_have(actor, one)]
    wanted = [one for one in chosen if _may_have(actor, one)]
    if not waiting and len(wanted) < 2:
        return
    with st.expander("密码条丢了，重发", icon=":material/password:", expanded=len(wanted) > 1):
        st.caption(
            "密码条只显示一次。重发就是换新的初始密码：原来的密码作废，已登录的须重新登录，下次登录须修改。"
            "系统管理员的密码由两位系统管理员重置，不在这里重发。"
        )
        if wanted:
            names = "、".join(plain(one.display_name, 20) for one in wanted)
            _button(actor, f"给选中的 {len(wanted)} 人重发", wanted, clip(names, 80), "chosen")
        if waiting:
            told = f"还没有改过初始密码的 {len(waiting)} 人"
            _button(actor, f"给{told}全部重发", waiting, "", "waiting")
        if not wanted:
            st.caption("只给其中几个人重发的，在下面的表格左侧勾选他们。")


def hand_out(actor: Actor, service: Callable[..., list[Slip]], people: Sequence[Any]) -> None:
    """Make passwords by a service, and show the slips in place of the page. Raises what it does."""
    bar = st.progress(0.0, text="正在生成初始密码……")

    def told(words: str, done: int, total: int) -> None:
        bar.progress(done / max(total, 1), text=f"{words} {done:,} / {total:,}")

    # Kept before anything else is drawn: a page that is left now would lose the passwords.
    st.session_state[SLIPS] = service(guard.store(), actor, people, progress=told)
    st.rerun()


def _button(actor: Actor, words: str, people: Sequence[User], names: str, key: str) -> None:
    if names:
        st.markdown(names)
    if st.button(words, key=f"slips-{key}", icon=":material/print:"):
        try:
            hand_out(actor, new_slips, people)
        except LedgerError as error:
            guard.refused(error)


def _may_have(actor: Actor, user: User) -> bool:
    return user.role is not Role.ADMIN and not user.disabled and user.id != actor.user_id
