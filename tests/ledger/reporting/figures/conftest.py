"""The played sample, on a day of its own: made once, only looked at."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from ledger.domain.timing import clock
from ledger.storage import Store, open_store
from tests.sample import PLAYED_UNTIL as TODAY
from tests.sample import played_sample


@pytest.fixture(scope="package")
def county(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """The sample; every figure has something to count in it."""
    path: Path = tmp_path_factory.mktemp("figures") / "ledger.db"
    played_sample(path)
    store = open_store(f"sqlite:///{path.as_posix()}")
    yield store
    store.dispose()


@pytest.fixture(autouse=True)
def the_day() -> Iterator[None]:
    """What is due hangs on the day."""
    with clock.pretend(TODAY):
        yield
