"""Who would move under other rules."""

from __future__ import annotations

from ledger.domain.tiers import Move, moves

# number, before, after ("-": not there)
ROWS = [
    ("A", 1, 1),  # stays
    ("B", 1, 4),
    ("C", None, 4),
    ("D", 4, 2),
    ("E", 3, None),
    ("F", None, None),  # stays
    ("G", "-", 2),  # judged for the first time
    ("H", 2, "-"),
]


def test_moves_lists_only_those_who_move_highest_first():
    before = {number: tier for number, tier, _ in ROWS if tier != "-"}
    after = {number: tier for number, _, tier in ROWS if tier != "-"}
    assert moves(before, after) == (
        Move("B", 1, 4),
        Move("C", None, 4),
        Move("D", 4, 2),
        Move("G", None, 2),
        Move("E", 3, None),
        Move("H", 2, None),
    )


def test_moves_of_nothing():
    assert moves({}, {}) == ()
    assert moves({"A": 1}, {"A": 1}) == ()
