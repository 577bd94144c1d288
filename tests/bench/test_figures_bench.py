"""The figures page on a million petitions (issue 4, show 5b).

Measured in the time of the process: the machine is shared, and the database works within it. The
best of several rounds counts; medians are printed as well. "Bare" are the very statements that the
services send, run again by the driver alone.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import event

from ledger.domain.access import Actor, Role
from ledger.domain.timing import clock
from ledger.domain.timing.periods import Period, period_of
from ledger.records.service import search
from ledger.reporting.figures import Figures, breakdown, figures
from ledger.storage import Store
from tests.bench.many_institutions import COUNTY, township
from tests.bench.many_petitions import build

pytestmark = pytest.mark.bench

COUNT, LAST = 1_000_000, date(2026, 6, 24)
ROUNDS = 12
PAGE_S = 0.5
RATIO = 2.0
WHOLE = Actor("测量", Role.LEADER, "*", "/")
TOWN = Actor("测量", Role.LEADER, township(2), f"/{COUNTY}/{township(2)}/")
MONTH = period_of("month", date(2026, 5, 1))


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    start = time.perf_counter()
    store = build(tmp_path_factory.mktemp("petitions"), COUNT, LAST.isoformat())
    print(f"\nbuilt {COUNT:,} petitions: {time.perf_counter() - start:.0f} s on the wall")
    with clock.pretend(datetime(LAST.year, LAST.month, LAST.day, 2, tzinfo=UTC)):
        yield store
    store.dispose()


def open_page(store: Store, actor: Actor, period: Period) -> Figures:
    """What `pages/situation/figures/page.py` asks the services for when it is opened."""
    found = figures(store, actor, period)
    breakdown(store, actor, period, "petitions_registered", "period")
    breakdown(store, actor, period, "petitions_registered", "area")
    return found


@pytest.mark.parametrize(("actor", "where"), [(WHOLE, "all"), (TOWN, "one township")])
def test_the_page_on_a_million_petitions(store: Store, actor: Actor, where: str) -> None:
    sent: list[tuple[str, Any]] = []

    def remember(_c: object, _cursor: object, statement: str, parameters: Any, *_: object) -> None:
        if statement.startswith("SELECT"):
            sent.append((statement, parameters))

    event.listen(store.engine, "before_cursor_execute", remember)
    open_page(store, actor, MONTH)
    event.remove(store.engine, "before_cursor_execute", remember)
    page, bare = [], []
    for _ in range(ROUNDS):
        page.append(_seconds(lambda: open_page(store, actor, MONTH)))
        bare.append(_seconds(lambda: _run_bare(store, sent)))
    best, floor = min(page), min(bare)
    print(f"\nfigures of one month, {where}, {len(sent)} statements: {best * 1000:.0f} ms ", end="")
    print(
        f"(median {statistics.median(page) * 1000:.0f} ms); bare SQL {floor * 1000:.0f} ms ", end=""
    )
    print(f"(median {statistics.median(bare) * 1000:.0f} ms); {best / floor:.2f}×")
    assert best <= RATIO * floor
    assert best <= PAGE_S


def test_numbers_are_those_of_the_rows(store: Store) -> None:
    """Exact, not estimates: a search counts the records themselves."""
    found = figures(store, TOWN, MONTH, compare=False)
    for key in ("petitions_registered", "timely_acceptance", "satisfaction", "backlog_resolution"):
        value = found[key]
        assert value.denominator > 0
        assert search(store, TOWN, "petitions", value.rows.selection).total == value.numerator
        assert search(store, TOWN, "petitions", value.base.selection).total == value.denominator


def _seconds(work: Any) -> float:
    start = time.process_time()
    work()
    return time.process_time() - start


def _run_bare(store: Store, sent: list[tuple[str, Any]]) -> None:
    with store.reading() as connection:
        driver = connection.connection.driver_connection
        assert driver is not None
        for statement, parameters in sent:
            driver.execute(statement, parameters).fetchall()
