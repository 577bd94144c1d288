"""Every service that writes, undone once by the database: it ends as if that had not happened.

Each is called twice in the same database: as it is, and with its first transaction undone at the
very end, as PostgreSQL undoes one for the sake of another. What comes back and what is in the
database afterwards must be alike: nothing done twice, and no argument used up by the first try.
"""

from __future__ import annotations

import re
import sqlite3
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Connection

from ledger.domain.errors import LedgerError
from ledger.records.history import chain_check
from ledger.storage import Store, again
from ledger.storage.faults import GaveWay
from tests.access.arguments import Ground, arguments, ledgers_of
from tests.access.canonical import canonical
from tests.access.discovery import Service, services
from tests.access.who import PERSON_OF, WHO
from tests.access.world import PEOPLE, WHOLE, World, Worlds
from tests.thoroughly import THOROUGH

# What is drawn anew for every call: tokens, ids of saves, hashes of all that, sealed texts.
_DRAWN = re.compile(r"\$argon2[^'\"]*|[0-9a-f]{32,64}|[\w/+=-]{40,}")
# Keys are turned in many transactions; what takes long and only reads is left out, and a part of
# `import_file`, which is tried again as a whole.
_OTHERWISE = re.compile(
    r"^(exchange\.importing\.large_files\.|protection\.rotation\.|figures\.service|rating\.points|casework\.todo|bulletins\.making)"
)


class Undone:
    """The first transaction from now on that is undone when it would be kept."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.times = 0
        self.armed = False
        self._writing = Store.writing
        monkeypatch.setattr(again, "_pause", lambda _: 0.0)
        monkeypatch.setattr(Store, "writing", lambda store: self._once(store))

    @contextmanager
    def _once(self, store: Store) -> Iterator[Connection]:
        with self._writing(store) as connection:
            yield connection
            if self.armed:
                self.armed, self.times = False, self.times + 1
                raise GaveWay("deadlock detected")


@pytest.fixture
def undone(monkeypatch: pytest.MonkeyPatch) -> Undone:
    return Undone(monkeypatch)


def told(world: World) -> list[str]:
    """Everything in the database, without what is drawn by lot."""
    with sqlite3.connect(world.file) as connection:
        # FTS5 without content gives nothing back but by a search; what it was made of is told.
        connection.execute("BEGIN")
        without = "SELECT name FROM sqlite_master WHERE sql LIKE 'CREATE VIRTUAL TABLE%'"
        for (name,) in connection.execute(without).fetchall():
            connection.execute(f'DROP TABLE "{name}"')
        lines = [_DRAWN.sub("…", line) for line in connection.iterdump()]
        connection.rollback()
    return lines


def outcome(
    service: Service, ground: Ground, world: World, undone: Undone, *, once: bool
) -> tuple[str, list[str]]:
    """What a call returned, and what is in the database then; nothing if it wrote nothing."""
    pristine = world.stamp
    given = {service.store: ground.store, service.actor: ground.actor}
    given |= arguments(service, ground)  # made by services too, some of which write
    before, undone.armed = world.stamp, once
    try:
        found = _DRAWN.sub("…", repr(canonical(service.call(**given))))
    except LedgerError as error:
        found = f"{type(error).__name__}: {error}"
    undone.armed = False
    after = [] if world.stamp == before else told(world)
    if after:
        with ground.store.reading() as connection:
            assert chain_check.verify(connection).faults == ()
    if world.stamp != pristine:
        world.restore()
    return found, after


def first_who_writes(
    service: Service, worlds: Worlds, folder: Path, undone: Undone
) -> tuple[Ground, str, list[str]] | None:
    """Somebody for whom the call writes, in some ledger, and what came of it."""
    store = worlds.ours.store
    theirs = {PERSON_OF[letter] for letter in WHO[service.name]}
    for ledger in ledgers_of(service):
        for name in (one for one in (*WHOLE, *PEOPLE) if one in theirs):
            ground = Ground(store, store, worlds.inside, worlds.actors[name], folder, ledger)
            found, after = outcome(service, ground, worlds.ours, undone, once=False)
            if after:
                return ground, found, after
    return None


def _tried(service: Service) -> bool:
    """In every run half of them, the same ones each time: which hangs on the name."""
    if _OTHERWISE.match(service.name):
        return False
    return THOROUGH or zlib.crc32(service.name.encode()) % 2 == 0


@pytest.mark.sampled
def test_services_undone_once_end_alike(worlds: Worlds, folder: Path, undone: Undone) -> None:
    written = []
    for service in filter(_tried, services()):
        first = first_who_writes(service, worlds, folder, undone)
        if first is not None:
            ground, found, after = first
            found_again, after_again = outcome(service, ground, worlds.ours, undone, once=True)
            assert found_again == found, service.name
            assert after_again == after, service.name
            written.append(service.name)
    assert undone.times == len(written)
    assert len(written) > (40 if THOROUGH else 20)
