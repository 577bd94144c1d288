"""An answer is cleared only on purpose."""

from __future__ import annotations

from streamlit.testing.v1 import AppTest


def page() -> None:
    import streamlit as st

    from pages._ui.answers import ask_one

    major = ask_one("重大线索", ["是", "否"], key="major", clearable=True)
    sure = ask_one("属实", ["是", "否"], key="sure", segmented=True)
    st.markdown(f"{major} {sure}")


def test_the_chosen_answer_cannot_be_tapped_away() -> None:
    shown = AppTest.from_function(page).run()
    assert [one.proto.required for one in shown.button_group] == [True, True]
    assert not shown.button


def test_clear_takes_an_answer_back() -> None:
    shown = AppTest.from_function(page).run()
    shown.button_group[0].set_value("是").run()
    assert shown.markdown[0].value == "是 None"
    shown.button(key="major-clear").click().run()
    assert shown.markdown[0].value == "None None"
