"""Fixtures for the whole suite."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest

from ledger.domain.settings import settings
from ledger.storage import Store, migrate, open_store
from tests.order import place_of
from tests.quick_files import use_quick_place
from tests.quick_passphrases import use_quick_passphrases
from tests.quick_schema import use_quick_schema
from tests.quick_stores import use_quick_stores
from tests.road import watch
from tests.skip_policy import (  # noqa: F401 - pytest finds these hooks here
    in_ci,
    pytest_make_collect_report,
    pytest_runtest_makereport,
)

PROJECT_ROOT = Path(__file__).resolve().parent.parent

# A shared machine pauses at will, so no example is timed; CI repeats the same examples every time.
_local = hypothesis.settings(deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow])
hypothesis.settings.register_profile("local", _local)
hypothesis.settings.register_profile("ci", _local, derandomize=True)
hypothesis.settings.load_profile("ci" if in_ci() else "local")

use_quick_passphrases()
use_quick_place()
use_quick_schema()
use_quick_stores()
watch()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Browser tests last: a wrong rule should be heard of before a server is started."""
    items.sort(key=lambda item: (bool(item.get_closest_marker("browser")), place_of(item.path)))


# What is imported and collected stays: looking through it for garbage takes a third of that time.
gc.disable()


def pytest_collection_finish() -> None:
    """Looking through it again and again took an eighth of the time of tests of pages."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)
    gc.enable()


@pytest.fixture(scope="session")
def project_root() -> Path:
    """The folder that holds ``app.py``."""
    return PROJECT_ROOT


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real data: ``LEDGER_SHARED_DATA``, or ``shared/data`` beside the project."""
    default = PROJECT_ROOT.parent / "shared" / "data"
    folder = Path(os.environ.get("LEDGER_SHARED_DATA", default))
    if not folder.is_dir():
        reason = f"no real data in {folder}; set LEDGER_SHARED_DATA"
        if in_ci():
            pytest.fail(reason)
        pytest.skip(reason)
    return folder


def fold(store: Store) -> None:
    """Close a database so that its one file holds everything and can be copied."""
    with store.engine.connect() as connection:
        connection.exec_driver_sql("COMMIT")
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    store.dispose()


@pytest.fixture
def database_url(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The address of an SQLite database of this test's own, not yet made, in the environment."""
    url = f"sqlite:///{(tmp_path / 'ledger.db').as_posix()}"
    monkeypatch.setenv("LEDGER_DATABASE_URL", url)
    settings.cache_clear()
    yield url
    settings.cache_clear()


@pytest.fixture(scope="session")
def drawn_county(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated database with the small county of tests/ledger, made once, copied per test."""
    # Imported here: that module is a conftest of its own and reads fixtures of this one.
    from tests.ledger.conftest import draw_county

    path = tmp_path_factory.mktemp("county") / "county.db"
    store = open_store(f"sqlite:///{path.as_posix()}")
    migrate(store)
    draw_county(store)
    fold(store)
    return path
