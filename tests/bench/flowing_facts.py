"""How many tiers change when the facts that cases propose flow into their institutions.

    .venv/bin/python -m tests.bench.flowing_facts [HOMES]

For the database that LEDGER_DATABASE_URL names (the demo, say), if any, and for a generated office
of HOMES (2,000) institutions: a table of moves by tier, and every move with each fact, from what to
what, and the cases that say so. A move has two parts: confirmed leads are counted by the rules at
once (``without cases → now``), proposals change the facts when they are answered (``now →
adopted``). The generated office is judged a second time in plain Python (`tier_table`): the number
of homes on which both readings differ is printed. Nothing is written into the database.
"""

from __future__ import annotations

import os
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

from ledger.casework.fact_moves import Would, would_move
from ledger.casework.fact_questions import homes_in
from ledger.domain.access import SYSTEM
from ledger.domain.ledgers import INSTITUTIONS, ledger_named
from ledger.domain.proposals import Asked
from ledger.domain.tiers import UNDETERMINED
from ledger.domain.tiers.counted_facts import COUNTED_FACTS
from ledger.domain.tiers.model import TIER_NAMES
from ledger.domain.values import TRI_LABELS
from ledger.records import bulk, rulebook
from ledger.records.counting import counted, counts_for
from ledger.records.judging import judge_record
from ledger.storage import Store, open_store
from tests.bench.many_institutions import build, township
from tests.bench.tier_table import COUNTED, Home, random_homes, read_again

HOMES, SHOWN = 2000, 40
DAY = "2026-05-20"
Moves = dict[str, tuple[int | None, int | None]]


def main(homes: int) -> int:
    """Both tables; returns on how many homes the two readings differ."""
    if "LEDGER_DATABASE_URL" in os.environ:
        store = open_store()
        table(os.environ["LEDGER_DATABASE_URL"], store, timed(store))
        store.dispose()
    with tempfile.TemporaryDirectory() as folder:
        store, expected = office(Path(folder), homes)
        found = timed(store)
        table(f"generated office of {homes:,} homes", store, found)
        told = {one.number: (one.before, one.after) for one in found if one.moves}
        differ = {
            number for number in {*told, *expected} if told.get(number) != expected.get(number)
        }
        print(f"second reading: {len(expected):,} moves, {len(differ)} homes differ")
        count_all(store)
        store.dispose()
    return len(differ)


def timed(store: Store) -> list[Would]:
    """All open questions with their tiers, and how long they took."""
    begun = time.perf_counter()
    found = would_move(store, SYSTEM)
    print(f"asked and judged in {time.perf_counter() - begun:.2f} s")
    return found


def table(title: str, store: Store, found: Sequence[Would]) -> None:
    """Moves by tier, then one line a move: tiers, and each fact with the cases that say so."""
    rows, without = read_without(store, found)
    moving = [one for one in found if without[one.number] != one.after]
    by_answer = sum(one.moves for one in moving)
    print(f"\n{title}: {len(found):,} homes with open facts, {len(moving):,} tiers change")
    print(
        f"  of these {by_answer:,} when the proposals are answered, the others are counted already"
    )
    print("  without cases → now → adopted")
    counts = Counter((without[one.number], one.before, one.after) for one in moving)
    for tiers, count in sorted(counts.items(), key=lambda item: -item[1]):
        print(f"  {' → '.join(named(tier) for tier in tiers)}  {count:,}")
    for one in moving[:SHOWN]:
        tiers = (without[one.number], one.before, one.after)
        told = "；".join(explained(rows[one.number], one.asked))
        print(f"  {one.number} {' → '.join(named(tier) for tier in tiers)}  {told}")
    if len(moving) > SHOWN:
        print(f"  … and {len(moving) - SHOWN:,} more (python -m ledger facts --json)")


def explained(row: Mapping[str, Any], asked: Sequence[Asked]) -> list[str]:
    """Each fact once: its label, from what to what, and the cases."""
    told = []
    for (fact, value), same in groupby(asked, key=lambda one: (one.fact, one.value)):
        cases = "、".join(f"{ledger_named(one.ledger).label} {one.number}" for one in same)
        known = row[fact]
        now = TRI_LABELS[known] if known is None or isinstance(known, bool) else known
        words = f"{INSTITUTIONS.label_of(fact)} {now}→{TRI_LABELS[value]}"
        told.append(f"{words}（{cases}）")
    return told


def read_without(
    store: Store, found: Sequence[Would]
) -> tuple[dict[str, dict[str, Any]], dict[str, int | None]]:
    """The homes, and their tiers if no confirmed lead were counted."""
    with store.reading() as connection:
        rules = rulebook.rules_in_force(connection)
        rows = homes_in(connection, SYSTEM, None)
        counts = counts_for(connection, INSTITUTIONS, rules, [one.number for one in found])
    without = {}
    for one in found:
        own = {**counts.get(one.number, {}), "confirmed_leads": 0}
        without[one.number] = judge_record(INSTITUTIONS, rows[one.number], rules, own).tier
    return rows, without


def office(folder: Path, homes: int, seed: int = 12) -> tuple[Store, Moves]:
    """An office with cases about its homes, and the moves that plain Python expects."""
    store, draw = build(folder, 1), random.Random(seed)
    drawn = list(random_homes(homes, seed))
    area = f"{township(0)}001001"
    rows = [{"name": f"测量院{at}", "area_code": area} | plain(one) for at, one in enumerate(drawn)]
    numbers = [one.number for one in bulk.create_many(store, SYSTEM, "institutions", rows)]
    leads: list[dict[str, Any]] = []
    petitions: list[dict[str, Any]] = []
    transfers: list[dict[str, Any]] = []
    expected: Moves = {}
    for number, home in zip(numbers, drawn, strict=True):
        named_in = {"institution": number, "area_code": area}
        home |= dict.fromkeys(COUNTED, 0)
        then: Home = {}
        for _ in range(draw.choice([0, 0, 0, 1, 2])):
            finding = draw.choice(["true", "partly", "false", None])
            told = {"registered_at": f"{DAY} 09:00", "source": "report", "matter": "测量"}
            told |= {"finding": finding, "verified_on": DAY if finding else None}
            leads.append(told | named_in)
            if finding in ("true", "partly"):
                home["confirmed_leads"] += 1  # counted whether or not the fact is set
                then["complained"] = True
        if draw.random() < 0.08:
            kind = draw.choice(["request", "suggestion", None])
            told = {"registered_on": DAY, "matter": "测量", "kind": kind}
            petitions.append(told | named_in)
            if kind != "suggestion":
                then["complained"] = True
        if draw.random() < 0.03:
            told = {"measure": "transfer", "opened_on": DAY, "police_transfer_on": DAY}
            done = draw.choice([DAY, None])
            transfers.append(told | {"done_on": done} | named_in)
            if done:
                then["suspected_crime"] = True
        before, after = read_again(home)[0], read_again(home | then)[0]
        if before != after:
            expected[number] = (before, after)
    for key, cases in (("leads", leads), ("petitions", petitions), ("dispositions", transfers)):
        bulk.create_many(store, SYSTEM, key, cases)
    return store, expected


def plain(home: Home) -> dict[str, Any]:
    """The facts as a form would hold them: 是/否 instead of True/False; nothing that is counted."""
    return {
        key: ("是" if value else "否") if isinstance(value, bool) else value
        for key, value in home.items()
        if key not in COUNTED
    }


def count_all(store: Store) -> None:
    """All counted facts of all homes, by one statement."""
    with store.reading() as connection:
        begun = time.perf_counter()
        found = counted(connection, COUNTED_FACTS)
        seconds = time.perf_counter() - begun
    print(f"{len(COUNTED_FACTS)} counted facts of {len(found):,} homes: {seconds:.2f} s")


def named(tier: int | None) -> str:
    """The tier's name."""
    return UNDETERMINED if tier is None else TIER_NAMES[tier]


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else HOMES) != 0)
