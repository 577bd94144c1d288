"""No click loses what was typed before it: callbacks are not given typed values when drawn."""

from __future__ import annotations

import ast

import pytest

from tests.house.sources import name_of, product_files, syntax_tree
from tests.house.typed_values import typed_in_callbacks

FAULTS = {
    "argument": """
def show(go):
    word = st.text_input("词")
    st.button("查", on_click=go, args=(word,))
""",
    "made of it": """
def show(go, view):
    low = st.number_input("不小于")
    wanted = view.with_(low)
    st.form_submit_button("应用", on_click=go, kwargs={"view": wanted})
""",
    "from a helper": """
def fields():
    return {"low": st.text_input("不小于")}

def show(go):
    given = fields()
    st.button("应用", on_click=go, args=(given,))
""",
    "lambda": """
def show(go):
    word = st.text_area("词")
    st.button("查", on_click=lambda: go(word))
""",
    "nested function": """
def show(go):
    word = st.selectbox("词", [])
    def press():
        go(word)
    st.button("查", on_click=press)
""",
    "on a page's own level": """
word = st.text_input("词")
st.button("查", on_click=go, args=(word,))
""",
}
SOUND = {
    "read in the callback": """
def show(go):
    st.text_input("词", key="word")
    def press():
        word = st.session_state["word"]
        go(word)
    st.button("查", on_click=press)
""",
    "read after the click": """
def show(go):
    word = st.text_input("词")
    if st.button("查"):
        go(word)
""",
    "nothing typed": """
def show(go, view):
    word = st.text_input("词")
    st.button("关闭", on_click=go, args=(view,))
""",
}


@pytest.mark.parametrize("kind", FAULTS)
def test_the_search_finds(kind: str) -> None:
    assert typed_in_callbacks({"page": ast.parse(FAULTS[kind])})


@pytest.mark.parametrize("kind", SOUND)
def test_the_search_leaves_alone(kind: str) -> None:
    assert typed_in_callbacks({"page": ast.parse(SOUND[kind])}) == []


def test_no_callback_is_given_what_was_typed_on_its_page() -> None:
    modules = {
        name_of(file): syntax_tree(file)
        for file in product_files(".py")
        if name_of(file).startswith("pages/")
    }
    found = [f"{module}:{one.line} {one.name}" for module, one in typed_in_callbacks(modules)]
    assert found == [], "read st.session_state in the callback, or put the fields into a form"
