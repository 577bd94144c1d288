"""What each process of the service notes of itself, so that the doctor knows all of them.

Slow pages, slow statements and errors are counted in the process where they happen. Each process
writes its own file beside the database every minute; the page 系统状态, which runs in one of them,
and the command line, which runs in none, read those of the others. A note holds what the doctor's
file may hold and nothing else: numbers, names of pages and routes, words of SQL, places in code.
"""

from __future__ import annotations

import asyncio
import json
import os
import time
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any

from ledger.operations.impersonal import statement_words
from ledger.operations.metrics import slowest_pages, slowest_routes
from ledger.operations.readiness import data_folder
from ledger.operations.recent_events import EVENTS
from ledger.operations.slow import SLOW
from ledger.storage import Store
from ledger.storage.private import private_file, private_folder

EACH_SECONDS = 60.0
_COUNTS_FOR, _KEPT_FOR = 86_400.0, 7 * 86_400.0
_MOST = 200
_STARTED = time.time_ns()

Note = dict[str, Any]


def own_note() -> Note:
    """What this process knows of itself, ready for JSON."""
    return {
        "pages": [asdict(one) for one in slowest_pages()],
        "routes": [asdict(one) for one in slowest_routes()],
        "slow": [
            {
                "at": one.at.isoformat(timespec="seconds"),
                "ms": one.milliseconds,
                "statement": statement_words(one.statement),
            }
            for one in SLOW.newest()
        ],
        "events": EVENTS.newest(),
    }


def write_note(store: Store) -> None:
    """Write this process's file anew, and remove those of a week ago. Faults of the disk are told
    by other checks: here they are passed over."""
    folder = _folder(store)
    with suppress(OSError):
        private_folder(folder)
        new = folder / f"{_own_name()}.new"
        private_file(new)
        new.write_text(json.dumps(own_note(), ensure_ascii=False), encoding="utf-8")
        new.replace(folder / _own_name())
        for old in folder.glob("*.json"):
            if time.time() - old.stat().st_mtime > _KEPT_FOR:
                old.unlink()


def notes_of_others(store: Store) -> list[Note]:
    """What the other processes of the service wrote within a day; unreadable files are left out."""
    return [note for file in _files(store) if (note := _read(file)) is not None]


def all_notes(store: Store) -> Note:
    """This process and the others together: pages and routes added up, the newest of the rest."""
    notes = [own_note(), *notes_of_others(store)]
    return {
        "pages": _together(one for note in notes for one in note["pages"]),
        "routes": _together(one for note in notes for one in note["routes"]),
        "slow": _newest(notes, "slow"),
        "events": _newest(notes, "events"),
    }


def _own_name() -> str:
    """A number of a process comes back after a restart, its start does not; and a process that was
    forked has the start of the one before it."""
    return f"{os.getpid()}-{_STARTED}.json"


async def write_notes(
    write: Callable[[], object],
    *,
    pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
) -> None:
    """Call ``write`` in a thread every minute, until cancelled."""
    while True:
        await pause(EACH_SECONDS)
        with suppress(Exception):  # a database that cannot be used says so on every page
            await asyncio.to_thread(write)


def _folder(store: Store) -> Path:
    return data_folder(store) / "processes"


def _files(store: Store) -> Iterator[Path]:
    with suppress(OSError):
        for file in sorted(_folder(store).glob("*.json")):
            if file.name != _own_name() and time.time() - file.stat().st_mtime < _COUNTS_FOR:
                yield file


def _read(file: Path) -> Note | None:
    try:
        note = json.loads(file.read_text(encoding="utf-8"))
        return {key: list(note[key]) for key in ("pages", "routes", "slow", "events")}
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _together(paces: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Paces of the same name as one: runs added, the mean weighted; the slowest first."""
    found: dict[str, dict[str, Any]] = {}
    for one in paces:
        own = found.setdefault(
            one["name"], {"name": one["name"], "times": 0, "mean": 0.0, "over_second": 0}
        )
        times = own["times"] + one["times"]
        own["mean"] = round((own["mean"] * own["times"] + one["mean"] * one["times"]) / times, 3)
        own["times"], own["over_second"] = times, own["over_second"] + one["over_second"]
    return sorted(found.values(), key=lambda one: -one["mean"])


def _newest(notes: Sequence[Note], key: str) -> list[dict[str, Any]]:
    every = [one for note in notes for one in note[key]]
    return sorted(every, key=lambda one: str(one.get("at", "")), reverse=True)[:_MOST]
