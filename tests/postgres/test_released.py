"""Every released schema becomes today's on PostgreSQL too: the same tests on its databases."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from ledger.domain.settings import settings
from ledger.storage import Store, open_store
from tests.ledger.storage import released
from tests.ledger.storage.test_released import breaks_off_clean, keeps_everything
from tests.postgres.cluster import Cluster
from tests.thoroughly import ends_and_middle

pytestmark = pytest.mark.postgres
At = Callable[[str], Store]


@pytest.fixture(scope="module")
def ladder(server: Cluster) -> Callable[[str], str]:
    """The name of an empty database of a released schema, each made from the one before it."""
    names: dict[str, str] = {}

    def at(revision: str) -> str:
        if revision not in names:
            earlier = released.revisions().index(revision) - 1
            below = at(released.revisions()[earlier]) if earlier >= 0 else "template0"
            names[revision] = server.fresh(below)
            store = open_store(server.url(names[revision]))
            released.upgrade(store, revision)
            store.dispose()
        return names[revision]

    return at


@pytest.fixture
def at(
    server: Cluster,
    ladder: Callable[[str], str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[At]:
    """``at(revision)``: an empty database of that schema, this test's own."""
    monkeypatch.setenv("LEDGER_KEY_FILE", str(tmp_path / "city.key"))
    settings.cache_clear()
    stores = []

    def own(revision: str) -> Store:
        stores.append(open_store(server.url(server.fresh(ladder(revision)))))
        return stores[-1]

    yield own
    settings.cache_clear()
    for store in stores:
        store.dispose()
        server.drop(str(store.engine.url.database))


@pytest.fixture(scope="module")
def todays(server: Cluster, ladder: Callable[[str], str]) -> list[tuple[object, ...]]:
    """The schema that a new database is given."""
    store = open_store(server.url(ladder(released.revisions()[-1])))
    found = released.schema_of(store)
    store.dispose()
    return found


@pytest.mark.parametrize("revision", ends_and_middle(released.revisions()))
def test_nothing_is_lost(at: At, todays: list[tuple[object, ...]], revision: str) -> None:
    keeps_everything(at(revision), revision, todays)


def test_migrating_is_whole_or_nothing(at: At) -> None:
    breaks_off_clean(at)
