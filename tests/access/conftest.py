"""The ground of the walk, and the lines that say how far it went."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.access import walking, world
from tests.access.walked import TALLY
from tests.access.walking import Walk
from tests.access.world import Worlds
from tests.ledger.conftest import store  # noqa: F401
from tests.pages.components import components_found_once  # noqa: F401
from tests.people import quick_hashing  # noqa: F401


@pytest.fixture(scope="session")
def worlds(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Worlds]:
    """The three databases, built once; every call that writes is undone."""
    with walking.standing_clock():
        built = world.build(tmp_path_factory.mktemp("worlds"))
    # Not within the block: the session goes on with other tests, by their own clock.
    yield built
    for one in world.everything(built):
        one.close()


@pytest.fixture(autouse=True)
def standing_clock() -> Iterator[None]:
    """It is always the same moment; nobody is locked out by what went before."""
    with walking.standing_clock():
        yield


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder for the files of calls."""
    return tmp_path


@pytest.fixture
def walk(worlds: Worlds, tmp_path: Path) -> Walk:
    """A walk with a folder for the files of its calls."""
    return Walk(worlds, tmp_path)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """How far the walk went."""
    for line in TALLY.lines():
        terminalreporter.write_line(line)
