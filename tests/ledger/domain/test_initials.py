"""Initials in pinyin, by the order of GB 2312."""

from __future__ import annotations

import pytest

from ledger.domain.initials import initials


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
