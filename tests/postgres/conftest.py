"""A server for the tests of this folder, and a fresh database of it for each."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from ledger.domain.settings import settings
from ledger.storage import Store, migrate, open_store
from tests.ledger.conftest import draw_county
from tests.postgres.cluster import Cluster, programs


@pytest.fixture(scope="session")
def server() -> Iterator[Cluster]:
    """A server without haste for the disk; skipped where none is installed (never in CI)."""
    if programs() is None:
        pytest.skip("no PostgreSQL server: run .ci/prepare-postgres")
    cluster = Cluster().create().start()
    yield cluster
    cluster.remove()


@pytest.fixture(scope="session")
def county(server: Cluster) -> str:
    """The name of a migrated database with the small county, to be copied."""
    name = server.fresh()
    store = open_store(server.url(name))
    migrate(store)
    draw_county(store)
    store.dispose()
    return name


@pytest.fixture
def empty_url(server: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The address of an empty database."""
    yield from _address(server, "template0", tmp_path, monkeypatch)


@pytest.fixture
def url(
    server: Cluster, county: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[str]:
    """The address of a database with the small county and no records."""
    yield from _address(server, county, tmp_path, monkeypatch)


@pytest.fixture
def city(url: str) -> Iterator[Store]:
    """The same, opened."""
    store = open_store(url)
    yield store
    store.dispose()


def _address(
    server: Cluster, template: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[str]:
    name = server.fresh(template)
    monkeypatch.setenv("LEDGER_KEY_FILE", str(tmp_path / "city.key"))
    settings.cache_clear()
    yield server.url(name)
    settings.cache_clear()
    server.drop(name)
