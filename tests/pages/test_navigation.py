"""The menu: its groups, whoever sees how much of them."""

from __future__ import annotations

from itertools import groupby

from streamlit.testing.v1 import AppTest

from ledger.domain.access import Actor, Role
from pages.navigation import ENTRIES, GROUPS, entries_for, group_style


def test_the_pages_of_a_group_follow_each_other_for_every_role() -> None:
    """The name of a group is put above the page that follows no other of it."""
    for role in Role:
        actor = Actor("甲", role, "*", "/")
        groups = [group for group, _ in groupby(entries_for(actor), lambda one: one.group)]
        assert groups == [group for group in GROUPS if group in groups]


def test_the_style_of_the_menu_names_every_group_and_page() -> None:
    style = group_style()
    assert all(f'content:"{group}"' in style for group in GROUPS)
    assert all(f'a[href$="/{one.url_path}"]' in style for one in ENTRIES)


def test_only_the_ledger_on_show_keeps_its_table() -> None:
    def script() -> None:
        import streamlit as st

        from pages.records.ledger.memory import drop_sheets, memory

        for key in ("leads", "petitions"):
            memory(key).sheet = memory(key).sheet or "a table"  # type: ignore[assignment]
            memory(key).edits[7] = "typed"  # type: ignore[assignment]
        drop_sheets(but="petitions")
        st.write([memory(key).sheet for key in ("leads", "petitions")])
        st.write([list(memory(key).edits) for key in ("leads", "petitions")])

    shown = AppTest.from_function(script, default_timeout=30).run()
    assert [one.value for one in shown.json] == ['[null, "a table"]', "[[7], [7]]"]


def test_what_was_done_on_another_page_is_not_told_here() -> None:
    def script() -> None:
        import streamlit as st

        from pages._ui import notices
        from pages.records.ledger.memory import drop_sheets, memory

        st.session_state.setdefault("at", "users")
        notices.moved_to(st.session_state["at"])
        drop_sheets(but=st.session_state["at"])
        if "told" not in st.session_state:
            st.session_state["told"] = True
            notices.keep("已停用。")
            memory("leads").tell("success", "已保存。")
        elif st.session_state["at"] == "settings":
            notices.show_kept()
            st.write(len(memory("leads").told))

    page = AppTest.from_function(script, default_timeout=30).run()
    page.session_state["at"] = "settings"
    page.run()
    assert not page.success
    assert page.markdown[0].value == "`0`"
