"""What a service refuses is shown as the letters it consists of, and whole."""

from __future__ import annotations

import re

import pytest
from streamlit.testing.v1 import AppTest

SAID = "“:red[甲] -> **乙**”不能保存，" + "请改正后再试。" * 60


def _refused(kind: str, said: str) -> None:
    from ledger.domain.errors import Invalid, Problem, Refused
    from pages._ui import guard

    problems = [Problem(1, "名称", said), Problem(2, "名称", said)]
    guard.refused({"one": Invalid(said), "many": Invalid(problems), "no": Refused(said)}[kind])


@pytest.mark.parametrize("kind", ["one", "many", "no"])
def test_a_refusal_means_nothing_but_itself(kind: str) -> None:
    page = AppTest.from_function(_refused, kwargs={"kind": kind, "said": SAID}).run()
    (shown,) = [*page.error, *page.warning]
    assert not re.search(r"(?<!\\)[*\[\]]|:red|->", re.sub(r"\\([:>-])", r"\1", shown.value))
    letters = re.sub("\u2060", "", re.sub(r"\\([!-/:-@\[-`{-~])", r"\1", shown.value))
    assert letters.count(SAID) == (2 if kind == "many" else 1)
