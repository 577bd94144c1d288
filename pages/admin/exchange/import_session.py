"""The import that is under way in a session, in one place under one key."""

from __future__ import annotations

from typing import Literal

import streamlit as st

from pages.admin.exchange.import_state import Wizard

_KEY = "import-wizard"
# In the address while a file is under way: a reloaded page knows that something was lost.
MARK = "import"


def wizard(ledger_key: str) -> Wizard:
    """The visitor's import into this ledger; another ledger begins another."""
    kept = st.session_state.get(_KEY)
    if not isinstance(kept, Wizard) or kept.ledger != ledger_key:
        if isinstance(kept, Wizard) and kept.work is not None:
            kept.work.cancel()
        kept = begin(ledger_key)
    return kept


def begin(ledger_key: str) -> Wizard:
    """A new import."""
    fresh = Wizard(ledger_key)
    st.session_state[_KEY] = fresh
    st.query_params.pop(MARK, None)
    return fresh


def leave_mark(words: Literal["open", "writing"] | None) -> None:
    """Note in the address that a file is under way, or that none is any more."""
    if words is None:
        st.query_params.pop(MARK, None)
    elif st.query_params.get(MARK) != words:
        st.query_params[MARK] = words


def lost() -> str:
    """What to say to somebody who reloaded the page in the middle of an import; "" otherwise."""
    if isinstance(st.session_state.get(_KEY), Wizard):
        return ""
    mark = st.query_params.get(MARK)
    if mark == "writing":
        return (
            "导入进行时页面被重新打开。导入可能已经完成：请先到台账或日志核对，"
            "没有导入时再重新选择文件。"
        )
    if mark:
        return (
            "页面被重新打开，上次选的文件和没有完成的修改没有保留，台账没有改动。请重新选择文件。"
        )
    return ""
