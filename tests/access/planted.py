"""Holes made on purpose, one at a time: does the walk notice each?

Every check of the services is a question to `Actor`: `require`, `sees` or `scope_condition`. A hole
is one place in the program where the answer is always yes. `python -m tests.access.planted` finds
all such places, makes each a hole and walks the services that come by it. A few that stand for
their kind are made in every run of the tests, with some that are no question to `Actor`.
"""

from __future__ import annotations

import sys
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import true

from ledger.domain.access import Actor
from tests.access import services_walk, walking, world
from tests.access.discovery import Service, services
from tests.access.walked import Tally
from tests.access.walking import Walk
from tests.access.world import Worlds

CHECKS = ("require", "sees", "scope_condition")
_YES: dict[str, Callable[[], Any]] = {"require": lambda: None, "sees": lambda: True}
# Checks whose loss changes no answer of the walk: another stands behind, or a test of its own does.
_PATH = (
    "the path is one that casework.map_overview.area_path let through, which is a hole of its own"
)
_IMPORTS = "read_file, find_table and what they call ask for the same; one of them always asks"
BEHIND_ANOTHER: dict[str, str] = {
    "require in records.attachments.content_of": "the right to the file's own ledger is asked for",
    "require in casework.steps.take_steps": "each step asks for its own action",
    "require in casework.todo.todo": "whoever may not read has no group of things to do",
    "require in exchange.writing.exports.export_to": "exports.export asks for the same",
    "require in exchange.reading.reading.find_table": _IMPORTS,
    "require in people.accounts._require_over": "add_user and managed asked for the same",
    "require in records.record_pages.read_all": "services that read all ask for more than reading",
    "require in reporting.rating.measures.propose": "records.service.create asks for the same",
    "require in reporting.statistics.counting.count_cases": "hotspots and history ask for the same",
    "require in reporting.statistics.exporting._answered": (
        "what puts the file on the record asks for it"
    ),
    "scope_condition in casework.by_area._tallied": _PATH,
    "scope_condition in casework.coverage._there": _PATH,
    "scope_condition in reporting.figures.counting._run": _PATH,
    "scope_condition in casework.map_overview._count": _PATH,
    "scope_condition in casework.map_overview.points": _PATH,
    "scope_condition in reporting.rating.measures._read": _PATH,
    "sees in exchange.reading.area_names._elsewhere": (
        "_within prefers names of the scope, and whatever is left lies outside: the record's own "
        "place is looked at in planning._check_places"
    ),
    "sees in exchange.reading.area_names.suggestions": (
        "tests/ledger/exchange/reading/test_reading.py"
    ),
    "sees in exchange.findings.<genexpr>": "only names that suggestions found are looked up",
    "sees in exchange.importing.planning._is_ours": (
        "tests/ledger/exchange/importing/test_imports.py"
    ),
    "sees in records.putting_back._require_scope": ("tests/ledger/records/test_putting_back.py"),
    "sees in records.places.areas.require_reach": "tests/access/test_table.py",
}


@dataclass(frozen=True, order=True)
class Hole:
    """A question to `Actor` in one function of one module, always answered with yes."""

    check: str
    module: str
    function: str

    def __str__(self) -> str:
        return f"{self.check} in {self.module.removeprefix('ledger.')}.{self.function}"


def _asking() -> tuple[str, str]:
    """Who asks: the first frame that is not of the table itself, nor of this file."""
    frame: Any = sys._getframe(2)
    while frame.f_globals["__name__"] in ("ledger.domain.access", __name__):
        frame = frame.f_back
    name = frame.f_code.co_name
    return frame.f_globals["__name__"], frame.f_back.f_code.co_name if "<" in name else name


@contextmanager
def made(hole: Hole) -> Iterator[None]:
    """The program with this hole."""
    ask = getattr(Actor, hole.check)

    def answered(actor: Actor, *question: Any) -> Any:
        if _asking() == (hole.module, hole.function):
            return true() if hole.check == "scope_condition" else _YES[hole.check]()
        return ask(actor, *question)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Actor, hole.check, answered)
        yield


@contextmanager
def noted(came_by: dict[Hole, set[str]], service: str) -> Iterator[None]:
    """Note which checks a service comes by."""

    def watched(check: str, ask: Callable[..., Any]) -> Callable[..., Any]:
        def answered(actor: Actor, *question: Any) -> Any:
            came_by[Hole(check, *_asking())].add(service)
            return ask(actor, *question)

        return answered

    with pytest.MonkeyPatch.context() as patch:
        for check in CHECKS:
            patch.setattr(Actor, check, watched(check, getattr(Actor, check)))
        yield


def walk_of(walk: Walk, service: Service) -> list[str]:
    """All that the walk finds wrong with one service."""
    worked, leaks = services_walk.walk_inside(walk, service)
    leaks += services_walk.strangers(walk, service, worked)
    leaks += services_walk.walk_outside(walk, service)
    if services_walk.names_areas(service):
        leaks += services_walk.walk_elsewhere(walk, service)
    return leaks


def noticed(
    worlds: Worlds, folder: Path, doors: list[Service], *, whole: bool = False
) -> list[str]:
    """What a walk through some services finds; it stops with the first that leaks."""
    for service in doors:
        found = walk_of(Walk(worlds, folder, Tally(), whole=whole), service)
        if found:
            return found
    return []


def main() -> int:
    """Make every hole and say which went unnoticed. Exit code 1 if any did."""
    with tempfile.TemporaryDirectory() as name, walking.standing_clock():
        folder = Path(name)
        worlds = world.build(folder)
        work = folder / "work"
        work.mkdir()
        came_by: dict[Hole, set[str]] = defaultdict(set)
        for service in services():
            with noted(came_by, service.name):
                assert walk_of(Walk(worlds, work, Tally(), whole=False), service) == []
        known, missed = {one.name: one for one in services()}, []
        for hole, names in sorted(came_by.items()):
            # Slow ones last: most holes show before.
            doors = sorted(names, key=lambda one: (bool(services_walk.SLOW.match(one)), one))
            through = [known[one] for one in doors]
            with made(hole):
                # The whole walk takes long, and for most holes the short one does.
                found = noticed(worlds, work, through) or noticed(worlds, work, through, whole=True)
            if not found and str(hole) not in BEHIND_ANOTHER:
                missed.append(hole)
            print(f"{'noticed' if found else 'UNNOTICED':9} {hole}", flush=True)  # noqa: T201
        for one in world.everything(worlds):
            one.close()
    print(f"{len(came_by)} holes, {len(missed)} unnoticed and unexplained")  # noqa: T201
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
