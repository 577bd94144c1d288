"""Deadlines, how long protected texts are kept, and holidays."""

from __future__ import annotations

import streamlit as st

from ledger.domain.access import Actor
from ledger.operations import retention
from ledger.records import office_calendar
from ledger.storage import Store
from pages._ui import guard
from pages._ui.drafts import Draft
from pages.admin.settings.attempting import attempt


def ask_profile(actor: Actor) -> None:
    """Which local set of deadlines is in force; the law's own are not a matter of choice."""
    chosen, known = office_calendar.profiles(guard.store())
    keys = list(known)
    with st.form("profile", border=False):
        profile = st.selectbox(
            "网上诉求办理期限（各地不同，选一套）",
            keys,
            index=keys.index(chosen) if chosen in keys else 0,
            format_func=lambda one: known[one],
        )
        if st.form_submit_button("保存办理期限", type="primary"):
            attempt(
                actor, "已启用，各记录的期限已重新计算。", office_calendar.choose_profile, profile
            )


def ask_retention(actor: Actor) -> None:
    """How long names and phones are kept after a matter was closed."""
    months = retention.months_kept(guard.store())
    st.caption(
        "办结满期限后，举报人、信访人等受保护信息及其修改历史每天清除一次，不能恢复；件数、日期等统计不受影响。"
        "期限由本单位按档案和个人信息保护的规定确定。"
    )
    with st.form("retention", border=False):
        given = st.number_input(
            "办结后保存几个月（留空表示暂不清除）",
            retention.SHORTEST,
            retention.LONGEST,
            months,
        )
        if st.form_submit_button("保存期限设置", type="primary"):
            attempt(actor, "已保存受保护信息的保存期限。", retention.keep_for, given)


def ask_holidays(actor: Actor) -> None:
    """The State Council's list of a year that the program does not know yet."""
    years = office_calendar.loaded_years(guard.store())
    st.caption(
        "程序自带 2004 至 2026 年的节假日安排。以后各年公布后，把国务院办公厅通知的正文粘贴在这里；"
        "没有载入的年份按周末和法定节日计算，只有调休不知道，期限旁注明“节假日安排未公布”。"
        + (f"已载入：{'、'.join(str(year) for year in years)}。" if years else "")
    )
    draft, fields = Draft(guard.store(), actor, "settings/holidays"), {"text": "holidays-text"}
    draft.refill(fields)
    draft.show_restored()
    text = st.text_area("节假日安排通知正文", max_chars=5000, height=160, key=fields["text"])
    draft.keep_fields(fields)
    if st.button("载入节假日安排", type="primary", key="holidays-load"):
        attempt(actor, "已载入，各记录的期限已重新计算。", load_holidays, draft, text)


def load_holidays(store: Store, actor: Actor, draft: Draft, text: str) -> None:
    """Take the list over; what was typed is not wanted any more then."""
    office_calendar.load_holiday_list(store, actor, text)
    draft.discard()
    st.session_state.pop("holidays-text", None)
