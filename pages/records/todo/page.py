"""待办: what is overdue, due soon, waiting, urged, asked about, and changed since my last visit."""

from __future__ import annotations

import streamlit as st

from ledger.casework.awaiting import Group
from ledger.casework.beginning import comes_next
from ledger.casework.listing import Listed
from ledger.domain.access import Action
from ledger.domain.errors import LedgerError
from pages._text import markup
from pages._ui import guard, notices
from pages._ui.download_links import print_button
from pages._ui.field_frame import apply_field_style, headline, section
from pages._ui.shared_answers import todo_now
from pages._ui.todo_alerts import alerts_banner
from pages._ui.todo_list import list_html

# What is said of a group in the line of answer; what changed is no work.
_SAID = {
    Group.ALERTS: "条重大线索待签收",
    Group.OVERDUE_LEGAL: "项法定期限已超期",
    Group.OVERDUE: "项本地期限已超期",
    Group.DUE_SOON: "项一周内到期",
    Group.WAITING: "项等您办理",
    Group.URGED: "项被督办",
    Group.FACTS: "家机构有事实待确认",
    Group.UNINSPECTED: "家本轮未走访",
}
_MOST = 500


def answer(groups: tuple[Listed, ...]) -> str:
    """The whole list in one line, as HTML."""
    parts = [
        f"<b{_late(one)}>{one.total:,} {_SAID[one.group]}</b>"
        for one in groups
        if one.total and one.group in _SAID
    ]
    if parts:
        return "，".join(parts) + "。"
    changed = sum(one.total for one in groups if one.group is Group.CHANGED)
    return "没有要办的事" + (f"；上次查看后有 {changed:,} 处变化。" if changed else "。")


def _late(one: Listed) -> str:
    late = (Group.ALERTS, Group.OVERDUE_LEGAL, Group.OVERDUE)
    return ' class="field-late"' if one.group in late else ""


def show_page(who: guard.Visitor) -> None:
    """The answer, then group by group."""
    groups = todo_now(guard.store(), who.actor)
    headline("待办", answer(groups))
    alerts_banner(who.actor)
    if not any(one.total for one in groups):
        begin = comes_next(guard.store(), who.actor)
        step = begin.said if begin else "可从左侧菜单进入台账或地图查看。"
        notices.nothing_here("目前没有待办，也没有新变化。", next_step=step)
        if begin and begin.page:
            link = '<a class="action-link" href="{}" target="_self">到“{}”页</a>'
            st.html(markup(link, begin.page, begin.title))
        return
    print_button("/print/todo")
    for one in groups:
        if one.total and one.group is not Group.ALERTS:
            _group(who, one)


def _group(who: guard.Visitor, one: Listed) -> None:
    key = f"todo-all-{one.group.value}"
    if st.session_state.get(key) and one.total > len(one.items):
        whole = todo_now(guard.store(), who.actor, limit=_MOST)
        one = next(each for each in whole if each.group is one.group)
    section(one.group.label, f"{one.total:,} 项")
    may_visit = who.actor.may(Action.CREATE, "inspections")
    st.html(list_html(one.items, visit=may_visit and one.group is Group.UNINSPECTED))
    if one.total > len(one.items):
        if st.session_state.get(key):
            rest = "办完以后列出其余的" if one.group is Group.FACTS else "请到台账中筛选查看"
            st.html(f'<p class="field-quiet">只列出前 {len(one.items):,} 项，{rest}。</p>')
        else:
            st.button(
                f"全部列出（共 {one.total:,} 项）",
                key=f"{key}-button",
                on_click=lambda: st.session_state.update({key: True}),
            )


apply_field_style()
with st.container(key="field"):
    try:
        show_page(guard.visitor(Action.READ))
    except LedgerError as error:
        guard.refused(error)
