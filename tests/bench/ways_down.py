"""The way down and the first question against brute force, and how long a home takes.

    .venv/bin/python -m tests.bench.ways_down [HOMES]

Prints how many random homes differ, and processor milliseconds per home (median, p99, most).
"""

from __future__ import annotations

import sys
import time
from collections import Counter

from ledger.domain.tiers import judge
from ledger.domain.tiers.first_question import questions
from ledger.domain.tiers.way_down import way_down
from ledger.records.rulebook import TIERS, parse_rules, settings_of, shipped
from tests.bench.tier_table import Home, first_again, random_homes, ways_again

HOMES = 3000


def both_right(home: Home) -> tuple[bool, float, int]:
    """Whether ways down and questions of a home equal those by brute force; milliseconds; size."""
    rules = parse_rules(shipped(TIERS).read_text(encoding="utf-8"))
    settings = settings_of(rules)
    tier = judge(home, rules).tier
    begun = time.process_time()
    ways = way_down(settings, home, tier) if tier and tier > 1 else ()
    asked = questions(settings, home)
    spent = (time.process_time() - begun) * 1000
    expected = ways_again(home, tier) if tier and tier > 1 else set()
    same = {way.names for way in ways} == expected
    means = {one.name: one.mean for one in asked}
    told = {key: float(mean) for key, mean in first_again(home).items()}
    same &= means == told and [one.mean for one in asked] == sorted(told.values())
    if not same:
        print("differs:", ways, expected, means, told, home)
    return same, spent, len(ways[0].names) if ways else 0


def measured(count: int, seed: int = 3) -> int:
    """How many of ``count`` random homes differ; prints the figures."""
    way_down(settings_of(parse_rules(shipped(TIERS).read_text(encoding="utf-8"))), {}, 4)  # once
    found = [both_right(home) for home in random_homes(count, seed, blank=0.1)]
    wrong = sum(not same for same, _, _ in found)
    spent = sorted(milliseconds for _, milliseconds, _ in found)
    sizes = Counter(size for _, _, size in found)
    print(f"{count:,} random homes, ways down and questions against brute force: {wrong} differ")
    print(f"  facts of the smallest sets (0: none needed): {dict(sorted(sizes.items()))}")
    middle, late = spent[count // 2], spent[count * 99 // 100]
    print(f"  processor ms per home: median {middle:.1f}, p99 {late:.1f}, most {spent[-1]:.1f}")
    return wrong


if __name__ == "__main__":
    sys.exit(measured(int(sys.argv[1]) if len(sys.argv) > 1 else HOMES))
