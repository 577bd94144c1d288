"""Odd numbers: said beside the last value and beside peers, quiet where peers are few."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.domain.ledgers import INSTITUTIONS
from ledger.domain.oddness import FEWEST_PEERS, MOST_Z, modified_z, oddities

DEPOSIT = INSTITUTIONS.by_key["prepaid_deposit"]
BEDS = INSTITUTIONS.by_key["beds"]
PEERS = [12_000, 15_000, 18_000, 20_000, 20_000, 22_000, 25_000, 30_000]


@pytest.mark.parametrize(
    ("typed", "last", "said"),
    [
        # ten times and more, a tenth and less
        (162_750, 16_275, "押金是上次的10倍（上次16,275元）"),
        (1_627_500, 16_275, "押金是上次的100倍（上次16,275元）"),
        (1_627, 16_275, "押金只有上次的10分之一（上次16,275元）"),
        (700.5, 8_055.75, "押金只有上次的12分之一（上次8,055.75元）"),
        # less than that, nothing before, nothing now, no number, the same again
        (162_749, 16_275, None),
        (162_750, None, None),
        (162_750, 0, None),
        (0, 16_275, None),
        (None, 16_275, None),
        ("很多", 16_275, None),
        (True, 16_275, None),
        (16_275.0, 16_275, None),
    ],
)
def test_beside_the_last_value(typed: object, last: object, said: str | None) -> None:
    assert oddities(DEPOSIT, typed, last, []) == (() if said is None else (said,))


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (200_000, "押金比同类机构高一个数量级（8条的中位数20,000元）"),
        (2_000_000, "押金比同类机构高两个数量级（8条的中位数20,000元）"),
        (1e9, "押金比同类机构高三个以上数量级（8条的中位数20,000元）"),
        (1_000, "押金比同类机构低一个数量级（8条的中位数20,000元）"),
        (190_000, None),
        (30_000, None),
        (0, None),
    ],
)
def test_beside_peers(typed: float, said: str | None) -> None:
    assert oddities(DEPOSIT, typed, None, PEERS, "同类机构") == (() if said is None else (said,))


def test_few_peers_tell_nothing() -> None:
    """Seven, however many blanks and zeros stand beside them."""
    few = [*PEERS[: FEWEST_PEERS - 1], None, 0, None, 0.0]
    assert oddities(DEPOSIT, 2_000_000, None, few) == ()


def test_peers_that_differ_widely_make_nothing_odd() -> None:
    wide = [10, 100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000]
    assert oddities(DEPOSIT, 1_000_000, None, wide) == ()


def test_peers_that_are_all_alike_have_a_spread_of_their_own() -> None:
    assert oddities(BEDS, 1_000, None, [100] * 8, "同类机构") == (
        "床位数比同类机构高一个数量级（8条的中位数100张）",
    )


def test_both_are_said() -> None:
    assert len(oddities(DEPOSIT, 2_000_000, 20_000, PEERS)) == 2


def test_the_score_is_that_of_iglewicz_and_hoaglin() -> None:
    """By hand: logs 1 … 5, median 3, MAD 1; 10**8.2 lies 5.2 off, times 0.6745."""
    peers = [10.0, 100.0, 1_000.0, 10_000.0, 100_000.0]
    assert modified_z(10**8.2, peers) == pytest.approx(0.6745 * 5.2)
    assert modified_z(1_000.0, peers) == 0


amounts = st.floats(0.01, 1e12)


@given(amounts, st.lists(amounts, min_size=FEWEST_PEERS, max_size=40), st.floats(0.001, 1_000))
def test_another_unit_changes_nothing_of_what_is_odd(
    typed: float, peers: list[float], times: float
) -> None:
    """Yuan or ten thousand yuan: the score is the same, as it is one of factors."""
    scaled = modified_z(typed * times, [one * times for one in peers])
    assert scaled == pytest.approx(modified_z(typed, peers), abs=1e-6)


@given(amounts, st.none() | amounts, st.lists(amounts, max_size=40))
def test_what_is_said_is_far_off_and_what_is_near_is_not_said(
    typed: float, last: float | None, peers: list[float]
) -> None:
    said = oddities(DEPOSIT, typed, last, peers)
    beside_last = [line for line in said if "上次" in line]
    if last is not None:
        assert bool(beside_last) == (typed != last and (typed >= 10 * last or last >= 10 * typed))
    if beside_peers := [line for line in said if "数量级" in line]:
        assert len(peers) >= FEWEST_PEERS
        assert abs(modified_z(typed, peers)) > MOST_Z
        middle = sorted(peers)[len(peers) // 2]
        assert ("高" in beside_peers[0]) == (typed > middle) or math.isclose(typed, middle)
