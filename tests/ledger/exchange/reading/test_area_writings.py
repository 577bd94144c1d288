"""Names of areas that are meant by one that nobody bears: by sound, by shape, by initials."""

from __future__ import annotations

import pytest

from ledger.exchange.reading.area_writings import near_misses

NAMES = ("东坪村", "西溪村", "石湾村", "大塘村", "太阳村", "柳树村", "李家村", "杨广社区", "北岗村")


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("东苹村", ["东坪村"]),  # sounds alike
        ("达唐村", ["大塘村"]),  # both characters do
        ("大阳村", ["太阳村", "大塘村"]),  # looks alike; before it only has the same initials
        ("抑树村", ["柳树村"]),
        ("阳光社区", ["杨广社区"]),
        ("北坪村", ["东坪村", "北岗村"]),  # one character differs, neither by sound nor shape
        ("不相干村", []),
        ("村", []),
    ],
)
def test_the_likeliest_comes_first(said: str, meant: list[str]) -> None:
    assert near_misses(said, NAMES) == meant
