"""Every service, for every role: a refusal changes nothing, and nobody hears of what is outside.

Each call is made in two databases that differ only in what is not the actor's. Whatever comes back
has to be the same in both: records, counts, suggestions, errors. So "not yours" and "not there" are
one answer, whatever the service.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ledger.access import Actor
from ledger.errors import Invalid, LedgerError, Refused
from ledger.storage import Store
from tests.access import walked
from tests.access.arguments import Ground, arguments, ledgers_of, variants
from tests.access.canonical import canonical
from tests.access.discovery import Service, services
from tests.access.world import ABSENT_CODE, PEOPLE, SECRET, WHOLE, Planted, World, Worlds

KIND = "services"
SERVICES = services()
# What is everybody's own: no right is asked for, and nothing of others is touched.
OWN = {
    "history.drafts.keep",
    "history.drafts.find",
    "history.drafts.discard",
    "identity.sessions.end_own_session",
    "identity.sessions.end_all_of_user",
    "identity.sessions.list_sessions",
    "identity.signin.change_password",
    # Nothing for whoever has no list of things to do.
    "casework.todo.todo",
}
# A wrong password is counted and put on the record: that is what its refusal is for.
COUNTS_REFUSALS = {"identity.signin.change_password"}
# What cannot work here: it only asks for a right, or waits for a setting that nobody has made.
CANNOT_WORK = {"places.areas.require_reach", "protection.retention.erase_due"}
# The key of a cache of the server, never shown: it grows with whatever is saved anywhere.
NEVER_SHOWN = {"statistics.hotspots.asked"}
# What takes long is asked about one place outside each, the others about all.
SLOW = re.compile(r"^(figures|rating|statistics|bulletins\.making|casework\.todo)\.")
SLOW_WALKERS = ("wangge", "jingban", "guanli")


class Asked:
    """Which rights were asked for during a call."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.times = 0
        may = Actor.may

        def recorded(actor: Actor, *question: Any) -> bool:
            self.times += 1
            return may(actor, *question)

        monkeypatch.setattr(Actor, "may", recorded)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Asked:
    return Asked(monkeypatch)


def outcome(service: Service, store: Store, actor: Actor, given: dict[str, Any]) -> tuple[str, Any]:
    """What came of a call: ``ok`` and the result, or the kind of error and its text."""
    who = {service.store: store, service.actor: actor}
    try:
        return "ok", canonical(service.call(**who, **given))
    except LedgerError as error:
        return type(error).__name__, str(error)


def called(service: Service, ground: Ground, world: World) -> Iterator[tuple[str, Any, bool]]:
    """The outcome of every variant of a call in one database, and whether it changed it."""
    for given in variants(arguments(service, ground)):
        before = world.stamp
        kind, found = outcome(service, ground.store, ground.actor, given)
        changed = world.stamp != before
        if changed:
            world.restore()
        yield kind, found, changed


@pytest.mark.parametrize("service", SERVICES, ids=lambda one: one.name)
def test_inside_it_works_for_some_and_changes_nothing_for_others(
    service: Service, worlds: Worlds, folder: Path, asked: Asked
) -> None:
    worked = []
    for name in (*PEOPLE, *WHOLE):
        actor = worlds.actors[name]
        for ledger in ledgers_of(service):
            store = worlds.ours.store
            ground = Ground(store, store, worlds.inside, actor, folder, ledger)
            asked.times = 0
            for kind, found, changed in called(service, ground, worlds.ours):
                walked.count(KIND, service.name)
                if kind == "ok":
                    worked.append(name)
                    assert asked.times or service.name in OWN, "answered without asking the table"
                elif changed and service.name not in COUNTS_REFUSALS:
                    walked.leak(KIND, f"{service.name} {name}: {kind}, but changed something")
                    pytest.fail(f"{name}, {ledger}: {kind} {found}, but the database changed")
    assert worked or service.name in CANNOT_WORK, (
        f"{service.name} worked for nobody: give it arguments that work for a target inside the "
        f"scope, in tests/access/arguments.py (BY_SERVICE[{service.name!r}])"
    )


TOLD = [one for one in SERVICES if one.name not in NEVER_SHOWN]


@pytest.mark.parametrize("service", TOLD, ids=lambda one: one.name)
def test_outside_nothing_is_changed_and_nothing_is_told(
    service: Service, worlds: Worlds, folder: Path
) -> None:
    for name in SLOW_WALKERS if SLOW.match(service.name) else PEOPLE:
        world, targets = worlds.beyond(name)
        for target in [worlds.inside, *targets[: 1 if SLOW.match(service.name) else None]]:
            for ledger in ledgers_of(service):
                if target is not worlds.inside and ledger not in target.ids:
                    continue
                found = _both(service, worlds, world, target, name, folder, ledger)
                for ours, theirs in found:
                    _compare(service, name, target, ledger, ours, theirs)


def _both(
    service: Service,
    worlds: Worlds,
    world: World,
    target: Planted,
    name: str,
    folder: Path,
    ledger: str,
) -> list[tuple[tuple[str, Any, bool], tuple[str, Any, bool]]]:
    """The same call where only the actor's own is there, and where all the rest is too."""
    guide = world.store
    grounds = [
        (Ground(one.store, guide, target, worlds.actors[name], folder, ledger), one)
        for one in (worlds.ours, world)
    ]
    walked.count(KIND, service.name)
    first, second = (list(called(service, ground, one)) for ground, one in grounds)
    return list(zip(first, second, strict=True))


def _compare(
    service: Service,
    name: str,
    target: Planted,
    ledger: str,
    ours: tuple[str, Any, bool],
    theirs: tuple[str, Any, bool],
) -> None:
    where = f"{service.name} of {ledger} by {name} at {target.code}"
    # What a successful write returns (ids, versions) is not compared: numbers count up for all.
    same = ours[0] == theirs[0] and ours[2] == theirs[2]
    if same and not (ours[0] == "ok" and ours[2]):
        same = ours[1] == theirs[1]
    if not same:
        walked.leak(KIND, where)
        pytest.fail(f"{where}:\n  without the others: {ours}\n  with them: {theirs}")
    if SECRET in repr(theirs[1]) and SECRET not in repr(ours[1]):
        walked.leak(KIND, where)
        pytest.fail(f"{where}: tells {theirs[1]}")


NAMING_AREAS = {"area_code", "scope_code", "village_code", "values", "rows"}
BY_AREA = [one for one in SERVICES if NAMING_AREAS & set(one.parameters)]


@pytest.mark.parametrize("service", BY_AREA, ids=lambda one: one.name)
def test_an_area_elsewhere_is_answered_like_one_that_is_nowhere(
    service: Service, worlds: Worlds, folder: Path
) -> None:
    store = worlds.theirs.store
    for name in PEOPLE:
        for ledger in ledgers_of(service):
            said = []
            for code in (worlds.outside["sibling"].code, ABSENT_CODE):
                target = Planted(code, {}, dict(worlds.inside.numbers), {})
                target.ids = dict(worlds.inside.ids)
                ground = Ground(store, store, target, worlds.actors[name], folder, ledger)
                given = arguments(service, ground)
                said.append(_without(code, outcome(service, store, ground.actor, given)))
                worlds.theirs.restore()
            walked.count(KIND, service.name)
            if said[0] != said[1]:
                walked.leak(KIND, f"{service.name} {name} area")
                pytest.fail(f"{service.name} of {ledger} by {name}:\n{said[0]}\n{said[1]}")


def _without(code: str | None, found: tuple[str, Any]) -> str:
    return re.sub(str(code)[:12], "CODE", repr(found))


def test_the_walk_refuses_and_lets_through() -> None:
    """It would see a leak if there were one: the comparison is not blind."""
    ours, theirs = ("Refused", "a", False), ("Invalid", "b", False)
    with pytest.raises(pytest.fail.Exception):
        _compare(SERVICES[0], "x", Planted(None), "leads", ours, theirs)
    walked.leaks(KIND).pop()
    assert issubclass(Refused, LedgerError)
    assert issubclass(Invalid, LedgerError)
