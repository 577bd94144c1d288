"""The ground of the walk, and the line that says how far it went."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from ledger.identity import passwords
from ledger.settings import settings
from ledger.timing import clock
from tests.access import walked, world
from tests.access.world import NOW, Worlds
from tests.ledger.conftest import store  # noqa: F401
from tests.people import quick_hashing  # noqa: F401


@pytest.fixture(scope="session")
def worlds(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Worlds]:
    """The three databases, built once; every call that writes is undone."""
    with pytest.MonkeyPatch.context() as patch:
        hasher = passwords.PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
        patch.setattr(passwords, "_hasher", hasher)
        patch.setattr(clock, "now", lambda: NOW)
        built = world.build(tmp_path_factory.mktemp("worlds"))
    # Not within the block: the session goes on with other tests, by their own clock.
    yield built
    for one in world.everything(built):
        one.close()


@pytest.fixture(autouse=True)
def standing_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is always the same moment."""
    monkeypatch.setattr(clock, "now", lambda: NOW)


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """A folder for the files of calls."""
    yield tmp_path
    settings.cache_clear()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """How far the walk went."""
    for line in walked.lines():
        terminalreporter.write_line(line)
