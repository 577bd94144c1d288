"""What every walk goes with: the ground, a folder, the tally, and how thorough it is.

``whole`` walks every person to every place. Without it (in CI) one person stands for others with
the same area who got the same answer inside, and each asks a door about one place outside: which
one hangs on the door's name, so that all of them together go everywhere. The whole walk is
``python -m tests.access.walk``.
"""

from __future__ import annotations

import os
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from ledger.domain.access import Actor
from ledger.domain.settings import settings
from ledger.domain.timing import clock
from ledger.people import passwords
from tests.access.walked import TALLY, Tally
from tests.access.world import NOW, PEOPLE, Planted, World, Worlds

WHOLE_WALK = "LEDGER_WHOLE_WALK"


@dataclass
class Walk:
    """One walk over one ground; ``kept`` remembers the answers where nothing else is there."""

    worlds: Worlds
    folder: Path
    tally: Tally = field(default_factory=lambda: TALLY)
    whole: bool = field(default_factory=lambda: os.environ.get(WHOLE_WALK) == "1")
    kept: dict[tuple[str, str, str], list[tuple[str, Any, bool]]] = field(default_factory=dict)

    def beyond(self, name: str, door: str) -> tuple[World, list[Planted]]:
        """For one person at one door: the world with all else in it, and what lies there."""
        world, targets = self.worlds.beyond(name)
        if not self.whole:
            targets = [targets[zlib.crc32(f"{door} {name}".encode()) % len(targets)]]
        return world, targets

    def stands_for(self, seen: set[Any], name: str, answer: Any) -> bool:
        """Whether somebody with the same area and the same answer went there already."""
        key = (PEOPLE[name][1], repr(answer))
        if self.whole or key not in seen:
            seen.add(key)
            return False
        return True


@contextmanager
def standing_clock() -> Iterator[None]:
    """The moment of the worlds, hashing that takes no time, and the environment put back."""
    with pytest.MonkeyPatch.context() as patch:
        hasher = passwords.PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
        patch.setattr(passwords, "_hasher", hasher)
        patch.setattr(clock, "now", lambda: NOW)
        yield
    settings.cache_clear()


@contextmanager
def at(world: World) -> Iterator[None]:
    """The application works on this database."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LEDGER_DATABASE_URL", f"sqlite:///{world.file.as_posix()}")
        settings.cache_clear()
        yield
    settings.cache_clear()


class Asked:
    """How many rights were asked for."""

    def __init__(self) -> None:
        self.times = 0


@contextmanager
def asked() -> Iterator[Asked]:
    """Count the questions put to the table of rights."""
    count, may = Asked(), Actor.may

    def recorded(actor: Actor, *question: Any) -> bool:
        count.times += 1
        return may(actor, *question)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Actor, "may", recorded)
        yield count
