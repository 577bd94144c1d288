"""A closed popover costs its button and nothing else; what was opened stays built."""

from __future__ import annotations

from streamlit.testing.v1 import AppTest


def page() -> AppTest:
    """Three lines of a page with something in a popover."""

    def script() -> None:
        import streamlit as st

        from pages._ui.popovers import opened_popover

        box = opened_popover("更多", icon=":material/tune:", key="more")
        if box is not None:
            box.text_input("内容", key="content")
        st.button("别的")

    return AppTest.from_function(script, default_timeout=30).run()


def test_nothing_is_built_before_it_was_opened() -> None:
    shown = page()
    shown.button[0].click().run()
    assert not shown.text_input


def test_what_was_typed_stays_when_it_is_closed() -> None:
    shown = page()
    shown.session_state["more"] = True
    shown.run()
    shown.text_input(key="content").set_value("未提交的字").run()
    shown.session_state["more"] = False
    shown.run()
    assert shown.text_input(key="content").value == "未提交的字"
