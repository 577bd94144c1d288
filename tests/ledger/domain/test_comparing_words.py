"""Comparisons in words: a table of cases, and what holds of all of them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.domain.comparing_words import amount, compared, compared_shares, listed, percent

COUNTS = st.integers(0, 100_000)
SHARES = st.integers(0, 1_000).map(lambda tenths: tenths / 1_000)

# now, then → what is said; unit 件, word 环比
COMPARED = [
    (15, 12, "环比增加3件（上升25.0%）"),
    (12, 15, "环比减少3件（下降20.0%）"),
    (12, 12, "环比持平"),
    (0, 0, "环比持平"),
    # A base below ten has no percentage: from 1 to 3 is two more, not "200 %".
    (3, 1, "环比增加2件"),
    (9, 4, "环比增加5件"),
    (10, 9, "环比增加1件"),
    (11, 10, "环比增加1件（上升10.0%）"),
    # From nothing to something has none at all.
    (7, 0, "环比增加7件"),
    (0, 12, "环比减少12件（下降100.0%）"),
    # Without data there is nothing to compare: neither zero nor "flat".
    (None, 12, "环比暂无数据"),
    (12, None, "环比暂无数据"),
    (None, None, "环比暂无数据"),
    # Half up, as people round: 1/16 = 6.25 % → 6.3 %.
    (17, 16, "环比增加1件（上升6.3%）"),
    (1_240, 1_000, "环比增加240件（上升24.0%）"),
    (12_400, 10_000, "环比增加2,400件（上升24.0%）"),
    (10.5, 20.25, "环比减少9.75件（下降48.1%）"),
]


@pytest.mark.parametrize(("now", "then", "said"), COMPARED)
def test_counts_are_compared_in_words(now: float | None, then: float | None, said: str) -> None:
    assert compared(now, then, "件") == said


# Points are taken from the rounded shares: a reader subtracts what stands on the paper.
COMPARED_SHARES = [
    (0.852, 0.83, "同比提高2.2个百分点"),
    (0.83, 0.852, "同比下降2.2个百分点"),
    (0.85, 0.85, "同比持平"),
    # 85.04 % and 84.96 % both read 85.0 %: no difference on paper.
    (0.8504, 0.8496, "同比持平"),
    # 85.05 → 85.1 and 84.94 → 84.9: 0.2 on paper, though 0.11 apart.
    (0.8505, 0.8494, "同比提高0.2个百分点"),
    (1.0, 0.0, "同比提高100.0个百分点"),
    (None, 0.5, "同比暂无数据"),
    (0.5, None, "同比暂无数据"),
]


@pytest.mark.parametrize(("now", "then", "said"), COMPARED_SHARES)
def test_shares_are_compared_in_points(now: float | None, then: float | None, said: str) -> None:
    assert compared_shares(now, then, "同比") == said


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (0, "0"),
        (12, "12"),
        (1234567, "1,234,567"),
        (100, "100"),
        (12.5, "12.5"),
        (12.505, "12.51"),
        (2.675, "2.68"),
        (1e6, "1,000,000"),
        (None, "暂无数据"),
    ],
)
def test_amounts_carry_no_superfluous_zeros(number: float | None, text: str) -> None:
    assert amount(number) == text


@pytest.mark.parametrize(
    ("share", "text"), [(None, "暂无数据"), (0, "0.0%"), (1, "100.0%"), (0.0625, "6.3%")]
)
def test_a_share_without_data_is_neither_none_nor_all(share: float | None, text: str) -> None:
    assert percent(share) == text


@given(now=COUNTS, then=COUNTS)
def test_the_direction_is_that_of_the_numbers(now: int, then: int) -> None:
    said = compared(now, then, "件")
    assert ("增加" in said) == (now > then)
    assert ("减少" in said) == (now < then)
    assert ("%" in said) == (then >= 10 and now != then)


@given(now=SHARES, then=SHARES)
def test_points_add_up_on_paper(now: float, then: float) -> None:
    said = compared_shares(now, then)
    on_paper = [round(float(percent(share).rstrip("%")) * 10) for share in (now, then)]
    difference = on_paper[0] - on_paper[1]
    if difference:
        assert f"{abs(difference) / 10:.1f}个百分点" in said
    else:
        assert said == "环比持平"


def test_long_lists_end_with_an_and_so_on() -> None:
    assert listed(["甲", "乙", "丙"], 2) == "甲、乙等"
    assert listed(["甲", "乙"], 2) == "甲、乙"
