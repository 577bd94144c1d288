"""Hotspots for 3,200 villages: seconds until the first answer, and until the same one again."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

from ledger.domain.access import Actor, Role
from ledger.domain.timing import clock
from ledger.domain.timing.periods import Period
from ledger.reporting.statistics.history import history
from ledger.reporting.statistics.hotspots import hotspots
from ledger.reporting.statistics.requests import Request
from ledger.storage import migrate, open_store
from tests.bench.many_areas import CITY, draw_city, fill_petitions

VILLAGES, FIRST, AGAIN = 3_200, 3.0, 0.3


def measure(path: Path) -> Iterator[tuple[str, float, float]]:
    """What was measured, in seconds, and the most it may be.

    An answer is what the page shows: the period and its twelve periods.
    """
    today = clock.today()
    store = open_store(f"sqlite:///{path.as_posix()}")
    migrate(store)
    draw_city(store, VILLAGES, redrawn_on=today - timedelta(days=30))
    fill_petitions(store, 3 * VILLAGES, today)
    leader = Actor("测量", Role.LEADER, CITY, f"/{CITY}/")
    request = Request(Period(today - timedelta(days=89), today))
    for word, most in (("first", FIRST), ("again", AGAIN)):
        started = time.perf_counter()
        hotspots(store, leader, request)
        history(store, leader, request)
        seconds = time.perf_counter() - started
        yield f"hotspots of {VILLAGES:,} villages, {word}", seconds, most
    store.dispose()
