"""The users as a table, and its search."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlencode

import pandas as pd
import streamlit as st

from ledger.domain.timing import clock
from ledger.people.users import User
from pages._ui.search_field import search_field


def table_of(users: Sequence[User]) -> pd.DataFrame:
    """What the table shows; row positions are those of ``users``."""
    return pd.DataFrame(
        {
            "用户名": [user.name for user in users],
            "姓名": [user.display_name for user in users],
            "角色": [user.role.label for user in users],
            "辖区": [user.scope_name for user in users],
            "状态": [user.state for user in users],
            "建立时间": [clock.local_text(user.created_at) for user in users],
        }
    )


def search_box() -> str:
    """The words to search by; they stay in the address, and a new search begins at page 1."""
    text = st.query_params.get("q", "")[:100]

    def search(typed: str) -> None:
        st.query_params.from_dict({"q": typed} if typed else {})

    search_field(text, "搜索用户名、姓名，按回车", search)
    return text


def page_link(text: str, number: int) -> str:
    """The address of another page of the list."""
    return "users?" + urlencode({"page": number} | ({"q": text} if text else {}))
