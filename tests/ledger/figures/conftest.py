"""The played sample, on a day of its own: made once, only looked at."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ledger.demo.loading import load_demo
from ledger.storage import Store, migrate, open_store
from ledger.timing import clock

TODAY = datetime(2026, 6, 24, 2, tzinfo=UTC)


@pytest.fixture(scope="package")
def county(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """The sample with most of its campaign; every figure has something to count in it."""
    path: Path = tmp_path_factory.mktemp("figures") / "ledger.db"
    store = open_store(f"sqlite:///{path.as_posix()}")
    migrate(store, "demo")
    with clock.pretend(TODAY):
        load_demo(store, scale=0.7)
    yield store
    store.dispose()


@pytest.fixture(autouse=True)
def the_day() -> Iterator[None]:
    """What is due hangs on the day."""
    with clock.pretend(TODAY):
        yield
