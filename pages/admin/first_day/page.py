"""开始使用: what an administrator sets up, in order, how far it is, and what each step unlocks."""

from __future__ import annotations

import streamlit as st

from ledger.domain.access import Action, Actor
from ledger.domain.errors import LedgerError
from ledger.operations.first_day import FirstDay, Step, first_day, set_step_aside
from pages._ui import guard, notices
from pages.admin.first_day.step_html import ABOVE, step_html

actor = guard.visitor(Action.OPERATE).actor


def show_answer(found: FirstDay) -> None:
    """How far it is, and what comes next."""
    over = sum(one.is_over for one in found.steps)
    if found.is_demo:
        st.warning(
            "这是演示库，账号的密码是公开的，不能放真实数据，这里做的设置也不会带到正式库。"
            "正式使用时停止服务，离开演示：演示库改名保留，另建一个空的正式库，再从这一页开始。"
            "命令见手册的“从试用到正式使用”。",
            icon=":material/science:",
        )
    if found.next is None and over == len(found.steps):
        st.success("各步都已完成，可以正式使用。", icon=":material/check_circle:")
    elif found.next is not None:
        st.markdown(
            f"共 {len(found.steps)} 步，完成 **{over}** 步。下一步：**{found.next.label}**。"
        )


def show_step(actor: Actor, number: int, one: Step, *, is_next: bool) -> None:
    """One step; what can be set aside has its button."""
    with st.container(key=f"first-day-{one.key}"):
        st.html(step_html(number, one, is_next=is_next))
        if one.aside and not one.is_done and one.is_ready:
            words = "重新办理" if one.is_aside else one.aside
            if st.button(words, key=f"aside-{one.key}"):
                try:
                    set_step_aside(guard.store(), actor, one.key, not one.is_aside)
                except LedgerError as error:
                    guard.refused(error)
                    return
                st.rerun()


st.title("开始使用")
notices.show_kept()
try:
    found = first_day(guard.store(), actor)
except LedgerError as error:
    guard.refused(error)
    st.stop()
st.html(ABOVE)
show_answer(found)
for number, one in enumerate(found.steps, 1):
    show_step(actor, number, one, is_next=one is found.next)
