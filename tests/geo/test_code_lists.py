"""Codes by name: found once, or left to whoever loads the file."""

import pytest

from geo.code_lists import Coded, CodeList
from geo.names import bare_name

ROWS = {
    "350104000000": "演示区",
    "350104001000": "甲街道",
    "350104002000": "乙街道",
    "350104001001": "东湖社区居委会",
    "350104001002": "西湖村村委会",
    "350104002001": "东湖社区居委会",
    "350104002002": "南塘村委会",
    "350000000000": "某省",
    "不详": "合计",
}
LIST = CodeList(ROWS, ROWS.values())


def test_rows_without_a_level_are_passed_over():
    assert len(LIST) == 7
    assert LIST.below("township", "350104")[0] == Coded("350104001", "甲街道")


@pytest.mark.parametrize(
    ("name", "parent", "code", "exact"),
    [
        ("西湖村村委会", "", "350104001002", True),
        ("西湖村", "", "350104001002", False),
        ("西湖(北片)", "", "350104001002", False),
        ("东湖社区", "甲街道", "350104001001", False),
        ("东湖社区", "乙街道办事处", "350104002001", False),
        ("南塘村", "不知何处", "350104002002", False),
    ],
)
def test_a_name_that_is_there_once_below_its_parent_has_its_code(name, parent, code, exact):
    match = LIST.matches("village", "350104", [name], [parent])[0]
    assert match.found is not None
    assert (match.found.code, match.exact, match.proposed) == (code, exact, ())


def test_what_is_there_twice_or_not_at_all_is_left_open():
    twice, near, far, blank = LIST.matches("village", "350104", ["东湖", "西湖新村", "北岭", ""])
    assert [one.found for one in (twice, near, far, blank)] == [None] * 4
    assert [one.code for one in twice.proposed] == ["350104001001", "350104002001"]
    assert near.proposed[0].name == "西湖村村委会"
    assert far.proposed == blank.proposed == ()


def test_a_parent_that_has_no_such_name_gives_nothing_from_elsewhere():
    """A 南塘 of another street is not the one that this street's file means."""
    match = LIST.matches("village", "350104", ["南塘村"], ["甲街道"])[0]
    assert match.found is None


def test_nothing_outside_is_looked_at():
    assert LIST.matches("village", "350105", ["西湖村"])[0].found is None


def test_bare_names():
    assert bare_name("村") == "村"
    spellings = ("演示一村村委会", "演示一村(东)", "演示一村")
    assert {bare_name(name) for name in spellings} == {"演示一"}
