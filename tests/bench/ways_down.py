"""The way down and the first question against brute force, and how long a home takes.

    .venv/bin/python -m tests.bench.ways_down [HOMES]

Prints how many random homes differ, and processor milliseconds per home (median, p99, most) of
each. What was made at the start is frozen, as the server does it, so that no full collection of
garbage is counted as a home's time; the slowest homes are measured again, the best of three.
"""

from __future__ import annotations

import gc
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from typing import TypeVar

from ledger.domain.tiers import judge
from ledger.domain.tiers.first_question import Question, questions
from ledger.domain.tiers.settings import Settings
from ledger.domain.tiers.way_down import Way, way_down
from ledger.records.rulebook import TIERS, parse_rules, settings_of, shipped
from tests.bench.tier_table import Home, first_again, random_homes, ways_again

HOMES = 3000
MOST = 50.0  # milliseconds a home, of each
SLOWEST = 10
T = TypeVar("T")


def ways_of(settings: Settings, home: Home) -> tuple[Way, ...]:
    """The ways down of a home that can come down."""
    tier = judge(home, settings.rules).tier
    return way_down(settings, home, tier) if tier and tier > 1 else ()


def both_right(
    settings: Settings, home: Home, ways: Sequence[Way], asked: Sequence[Question]
) -> bool:
    """Whether ways down and questions of a home equal those by brute force."""
    tier = judge(home, settings.rules).tier
    expected = ways_again(home, tier) if tier and tier > 1 else set()
    same = {way.names for way in ways} == expected
    means = {one.name: one.mean for one in asked}
    told = {key: float(mean) for key, mean in first_again(home).items()}
    same &= means == told and [one.mean for one in asked] == sorted(told.values())
    if not same:
        print("differs:", ways, expected, means, told, home)
    return same


def timed(call: Callable[[Settings, Home], T], settings: Settings, home: Home) -> tuple[float, T]:
    """Processor milliseconds of a call, and what it says."""
    begun = time.process_time()
    said = call(settings, home)
    return (time.process_time() - begun) * 1000, said


def measured(count: int, seed: int = 3) -> bool:
    """Whether ``count`` random homes are all right and in time; prints the figures."""
    settings = settings_of(parse_rules(shipped(TIERS).read_text(encoding="utf-8")))
    way_down(settings, {}, 4)  # once per rule file
    homes = list(random_homes(count, seed, blank=0.1))
    gc.collect()
    gc.freeze()
    ways = [timed(ways_of, settings, home) for home in homes]
    asked = [timed(questions, settings, home) for home in homes]
    right = [
        both_right(settings, home, some, others)
        for home, (_, some), (_, others) in zip(homes, ways, asked, strict=True)
    ]
    wrong = right.count(False)
    sizes = Counter(len(some[0].names) if some else 0 for _, some in ways)
    print(f"{count:,} random homes, ways down and questions against brute force: {wrong} differ")
    print(f"  facts of the smallest sets (0: none needed): {dict(sorted(sizes.items()))}")
    most = max(
        _told("way down", settings, ways_of, homes, [spent for spent, _ in ways]),
        _told("first question", settings, questions, homes, [spent for spent, _ in asked]),
    )
    return wrong == 0 and most <= MOST


def _told(
    what: str,
    settings: Settings,
    call: Callable[[Settings, Home], object],
    homes: Sequence[Home],
    spent: Sequence[float],
) -> float:
    """Print median, p99 and most; the slowest measured again. Returns the most then."""
    order = sorted(range(len(homes)), key=spent.__getitem__)
    middle, late, last = (spent[order[at]] for at in (len(order) // 2, len(order) * 99 // 100, -1))
    most = max(
        min(timed(call, settings, homes[at])[0] for _ in range(3)) for at in order[-SLOWEST:]
    )
    print(
        f"  {what}, processor ms per home: median {middle:.1f}, p99 {late:.1f}, "
        f"most {last:.1f} (the {SLOWEST} slowest measured again: {most:.1f})"
    )
    return most


if __name__ == "__main__":
    sys.exit(not measured(int(sys.argv[1]) if len(sys.argv) > 1 else HOMES))
