"""The county with two weeks of work, made once and copied per test; and a bulletin of it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy.engine import make_url

from ledger.domain.access import Actor, Role
from ledger.reporting.bulletins import archive, making, pictures
from ledger.reporting.bulletins.kept_bulletin import Bulletin
from ledger.storage import Store, open_store
from tests.conftest import fold
from tests.ledger.conftest import WEST, actor
from tests.ledger.reporting.bulletins.office import UNTIL, fill_weeks, on

CLERK = actor(Role.OFFICE_STAFF, WEST)


@dataclass
class Weeks:
    """The filled county in a file, the record ids by name, and the id of its one bulletin."""

    path: Path
    ids: dict[str, int]
    bulletin: int


@pytest.fixture(scope="session")
def filled(tmp_path_factory: pytest.TempPathFactory, drawn_county: Path) -> Weeks:
    """The filled county; tests copy it."""
    path = tmp_path_factory.mktemp("weeks") / "ledger.db"
    shutil.copyfile(drawn_county, path)
    store = open_store(f"sqlite:///{path.as_posix()}")
    ids = fill_weeks(store)
    with on(UNTIL):
        weeks = Weeks(path, ids, making.make(store, CLERK, "weekly", UNTIL, None))
    fold(store)
    return weeks


@pytest.fixture
def weeks(filled: Weeks, database_url: str) -> Iterator[Store]:
    """The filled county, this test's own; the key file belongs to it."""
    path = Path(str(make_url(database_url).database))
    shutil.copyfile(filled.path, path)
    shutil.copyfile(filled.path.with_suffix(".key"), path.with_suffix(".key"))
    store = open_store(database_url)
    yield store
    store.dispose()


@pytest.fixture
def clerk() -> Actor:
    """The staff of the western township's office."""
    return CLERK


@pytest.fixture
def weekly(weeks: Store, filled: Weeks) -> Bulletin:
    """The weekly bulletin of the western township, made on its last day."""
    return archive.read(weeks, CLERK, filled.bulletin)


@pytest.fixture(autouse=True)
def coarse_pictures(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pictures of few dots: most tests look at other things, and drawing takes the most time."""
    monkeypatch.setattr(pictures, "_DPI", 30)
