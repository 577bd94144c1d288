"""The shipped tier rules: fair over how many settings, and judged as a second reading judges.

    .venv/bin/python -m tests.bench.fair_rules [HOMES]

Prints the number of settings of the facts over which the rules were found total and monotone, and
how many random homes were judged otherwise than by brute force over their unknown facts.
"""

from __future__ import annotations

import sys
import time
from collections import Counter

from ledger.domain.tiers import judge
from ledger.domain.tiers.fairness import Fairness
from ledger.records.rulebook import TIERS, parse_rules, settings_of, shipped
from tests.bench.tier_table import random_homes, read_again

HOMES = 3000


def fairness_measured() -> Fairness:
    """Both properties, decided anew and printed."""
    rules = parse_rules(shipped(TIERS).read_text(encoding="utf-8"))
    begun = time.perf_counter()
    fairness = Fairness(settings_of.__wrapped__(rules))
    gap, fall = fairness.gap(), fairness.fall()
    seconds = time.perf_counter() - begun
    print(f"rules {rules.version}: {sum(fairness.counts.values()):,} settings of the facts")
    for answer, count in sorted(fairness.counts.items(), key=lambda item: str(item[0])):
        print(f"  tier {answer}: {count:,}")
    print(f"  total: {gap is None}, monotone: {fall is None}, decided in {seconds:.2f} s")
    return fairness


def read_twice(count: int, seed: int = 12) -> int:
    """How many of ``count`` random homes both readings judge otherwise."""
    rules = parse_rules(shipped(TIERS).read_text(encoding="utf-8"))
    differing, tiers = 0, Counter[str]()
    for home in random_homes(count, seed):
        judged = judge(home, rules)
        tiers[str(judged.tier)] += 1
        again = read_again(home)
        if again != (judged.tier, judged.at_most):
            differing += 1
            print("differs:", again, (judged.tier, judged.at_most), judged.matched, home)
    print(f"{count:,} random homes against brute force over unknown facts: {differing} differ")
    print("  tiers:", dict(sorted(tiers.items())))
    return differing


if __name__ == "__main__":
    fairness_measured()
    sys.exit(read_twice(int(sys.argv[1]) if len(sys.argv) > 1 else HOMES))
