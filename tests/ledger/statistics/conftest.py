"""Fixtures: an empty database, and one with the row of villages."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from ledger.storage import Store, migrate, open_store
from tests.ledger.statistics.cases import draw_row


@pytest.fixture
def bare(database_url: str) -> Iterator[Store]:
    """A database without areas."""
    store = open_store(database_url)
    migrate(store)
    yield store
    store.dispose()


@pytest.fixture
def store(bare: Store, tmp_path: Path) -> Store:
    """A database with county, township and five villages."""
    draw_row(bare, tmp_path)
    return bare
