"""Fixtures: a database with the row of villages, drawn once and copied for every test."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy.engine import make_url

from ledger.storage import Store, migrate, open_store
from tests.conftest import fold
from tests.ledger.reporting.statistics.cases import draw_row


@pytest.fixture(scope="session")
def bare_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated database without areas."""
    return _closed(tmp_path_factory.mktemp("bare"))


@pytest.fixture(scope="session")
def row_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated database with county, township and five villages."""
    return _closed(tmp_path_factory.mktemp("row"), drawn=True)


def _closed(folder: Path, *, drawn: bool = False) -> Path:
    path = folder / "template.db"
    store = open_store(f"sqlite:///{path.as_posix()}")
    migrate(store)
    if drawn:
        draw_row(store, folder)
    fold(store)
    return path


def _opened(template: Path, url: str) -> Iterator[Store]:
    shutil.copyfile(template, str(make_url(url).database))
    store = open_store(url)
    yield store
    store.dispose()


@pytest.fixture
def bare(database_url: str, bare_template: Path) -> Iterator[Store]:
    """A database without areas."""
    yield from _opened(bare_template, database_url)


@pytest.fixture
def store(database_url: str, row_template: Path) -> Iterator[Store]:
    """A database with county, township and five villages."""
    yield from _opened(row_template, database_url)
