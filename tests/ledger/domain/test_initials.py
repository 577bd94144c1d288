"""Initials in pinyin, by the order of GB 2312."""

from __future__ import annotations

import pytest

from ledger.domain.initials import initials, same_sound


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("松鹤养老院", "shyly"),
        ("金色年华养生馆", "jsnhysg"),
        ("演示·康宁护理站", "ysknhlz"),
        ("啊座", "az"),  # the first and the last of level one
        ("YL-01重庆", "yl01zq"),
        ("岚", ""),  # level two is ordered by radical
        ("𠮷€", ""),  # not in GB 2312
        ("", ""),
    ],
)
def test_initials(name: str, letters: str) -> None:
    assert initials(name) == letters


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("坪", "平", True),  # in any tone
        ("鹤", "贺", True),
        ("绿", "路", False),  # lü is no lu
        ("坪", "屏", True),
        ("陈", "城", False),
        ("珞", "洛", False),  # of level two: its sound is not known
        ("a", "a", False),
    ],
)
def test_characters_of_one_syllable_sound_the_same(one: str, other: str, same: bool) -> None:
    assert same_sound(one, other) is same
