"""Messages that several pages show."""

from __future__ import annotations

import logging
from uuid import uuid4

import streamlit as st

from pages._text import plain

_log = logging.getLogger(__name__)


def session_over() -> None:
    """Say that the session is over; `static/session.js` leads to the sign-in page from here."""
    st.html(
        '<div class="session-over" role="alert">登录已过期或权限有变化。'
        '<a href="/signin?notice=ended" target="_self">重新登录</a></div>'
    )


def nothing_here(message: str, *, next_step: str = "") -> None:
    """An empty state: what is not there, and what to do next."""
    st.info(plain(message + next_step, None), icon=":material/info:")


def unexpected(error: Exception) -> bool:
    """An unexpected error: the log holds the details, the visitor sees a number to quote."""
    number = uuid4().hex[:8]
    _log.error("script error %s", number, exc_info=error)
    st.error(
        "页面出错了，刚才的操作可能没有完成。请刷新后重试；"
        f"仍不行时，请把错误编号 {number} 告诉系统管理员。",
        icon=":material/error:",
    )
    return True


def moved_to(page: str) -> None:
    """Told at every run which page is on show: what was kept for another one is dropped."""
    if st.session_state.get("notice_page") != page:
        st.session_state["notice_page"] = page
        st.session_state.pop("kept_notice", None)


def keep(message: str) -> None:
    """Remember what was done, to be said in the next run of the page."""
    st.session_state["kept_notice"] = message


def show_kept() -> None:
    """Say once what the last run did."""
    message = st.session_state.pop("kept_notice", None)
    if message:
        st.success(plain(message, None), icon=":material/check:")
