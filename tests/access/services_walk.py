"""The walk through the services: inside, outside, and to areas that are elsewhere or nowhere.

Each call is made in two databases that differ only in what is not the actor's. Whatever comes back
has to be the same in both: records, counts, suggestions, errors. So "not yours" and "not there" are
one answer, whatever the service.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator, Sequence
from typing import Any

from ledger.domain.access import Actor
from ledger.domain.errors import LedgerError
from ledger.storage import Store
from tests.access.arguments import Ground, arguments, ledgers_of, variants
from tests.access.canonical import canonical
from tests.access.discovery import Service
from tests.access.walking import Walk, asked
from tests.access.who import PERSON_OF, WHO
from tests.access.world import ABSENT_CODE, PEOPLE, SECRET, WHOLE, Planted, World

KIND = "services"
# What is everybody's own: no right is asked for, and nothing of others is touched.
OWN = {
    "records.history.drafts.keep",
    "records.history.drafts.find",
    "records.history.drafts.names",
    "records.history.drafts.discard",
    "people.sessions.end_own_session",
    "people.sessions.end_all_of_user",
    "people.sessions.list_sessions",
    "people.signin.change_password",
    "people.saved_views.drop_view",
    # Their own last visit; what stands in an empty form, which tells of no record.
    "casework.todo.last_visit",
    "casework.fresh_values.fresh_values",
    "casework.fresh_values.fresh_visit",
    # Nothing for whoever has no list of things to do.
    "casework.todo.todo",
}
# A wrong password is counted and put on the record: that is what its refusal is for.
COUNTS_REFUSALS = {"people.signin.change_password"}
# The key of a cache of the server, never shown: it grows with whatever is saved anywhere.
NEVER_SHOWN = {"reporting.statistics.hotspots.asked"}
# What takes long is asked by few.
SLOW_PLACES = (
    "reporting.figures",
    "reporting.rating",
    "reporting.statistics",
    "reporting.bulletins.making",
    "casework.todo",
)
SLOW = re.compile(rf"^({'|'.join(map(re.escape, SLOW_PLACES))})\.")
SLOW_WALKERS = ("wangge", "jingban", "guanli")
NAMING_AREAS = {"area_code", "scope_code", "village_code", "values", "rows"}

# ``ok`` or the kind of error; what came back; whether the database changed.
Outcome = tuple[str, Any, bool]


def outcome(service: Service, store: Store, actor: Actor, given: dict[str, Any]) -> tuple[str, Any]:
    """What came of a call: ``ok`` (or ``unasked``, if no right was asked for) and the result, or
    the kind of error and its text."""
    who = {service.store: store, service.actor: actor}
    with asked() as questions:
        try:
            found = service.call(**who, **given)
        except LedgerError as error:
            return type(error).__name__, str(error)
    return "ok" if questions.times or service.name in OWN else "unasked", canonical(found)


def called(service: Service, ground: Ground, world: World) -> Iterator[Outcome]:
    """The outcome of every variant of a call in one database, and whether it changed it."""
    for given in variants(service, arguments(service, ground)):
        before, others = world.stamp, world.untouched(ground.actor)
        kind, found = outcome(service, ground.store, ground.actor, given)
        changed = world.stamp != before
        if changed:
            if world.outside(ground.actor) != others:
                kind = "changed what is not theirs"
            world.restore()
        yield kind, found, changed


def inside(walk: Walk, service: Service, name: str, ledger: str) -> list[Outcome]:
    """What somebody gets for what is theirs, where nothing else is there; asked once."""
    key = (service.name, name, ledger)
    if key not in walk.kept:
        worlds = walk.worlds
        store = worlds.ours.store
        ground = Ground(store, store, worlds.inside, worlds.actors[name], walk.folder, ledger)
        walk.kept[key] = list(called(service, ground, worlds.ours))
    return walk.kept[key]


def walk_inside(walk: Walk, service: Service) -> tuple[list[str], list[str]]:
    """For whom it worked, and what it did that it must not: answered unasked, changed refused."""
    worked, leaks = list[str](), []
    for name in _walkers(walk, service):
        for ledger in _ledgers(walk, service):
            for kind, said, changed in inside(walk, service, name, ledger):
                walk.tally.count(KIND, service.name, name, walk.worlds.inside.where)
                if kind == "ok":
                    worked.append(name)
                elif kind == "changed what is not theirs":
                    leaks.append(f"{service.name} {name} {ledger}: {kind}")
                elif kind == "unasked":
                    leaks.append(f"{service.name} answered {name} without asking the table")
                elif changed and service.name not in COUNTS_REFUSALS:
                    leaks.append(f"{service.name} {name} {ledger}: {kind} {said}, but changed")
    return worked, [walk.tally.leak(KIND, leak) for leak in leaks]


def _walkers(walk: Walk, service: Service) -> Iterator[str]:
    """Everybody; for what takes long some, and the others until it worked for somebody."""
    everybody = (*PEOPLE, *WHOLE)
    if walk.whole or not SLOW.match(service.name):
        yield from everybody
        return
    yield from SLOW_WALKERS
    for name in everybody:
        answers = [found for key, found in walk.kept.items() if key[0] == service.name]
        if any(kind == "ok" for found in answers for kind, _, _ in found):
            return
        if name not in SLOW_WALKERS:
            yield name


def _ledgers(walk: Walk, service: Service) -> Sequence[str]:
    """All in which a service is walked; without ``whole`` the first and another, which hangs on the
    service's name, so that all services together are walked in every ledger."""
    every = ledgers_of(service)
    if walk.whole or len(every) < 3:
        return every
    return every[0], every[1 + zlib.crc32(service.name.encode()) % (len(every) - 1)]


def strangers(walk: Walk, service: Service, worked: list[str]) -> list[str]:
    """For whom a service worked that is not said to be theirs in who.py."""
    theirs = {PERSON_OF[letter] for letter in WHO.get(service.name, "")}
    found = [f"{service.name} worked for {name}" for name in sorted(set(worked) - theirs)]
    return [walk.tally.leak(KIND, leak) for leak in found]


def walk_outside(walk: Walk, service: Service) -> list[str]:
    """What a service told or changed of what is not the caller's."""
    if service.name in NEVER_SHOWN:
        return []
    leaks, slow = [], bool(SLOW.match(service.name))
    for ledger in _ledgers(walk, service):
        seen: set[Any] = set()
        for name in SLOW_WALKERS if slow and not walk.whole else PEOPLE:
            answer = [
                (kind, None if changed or kind == "Refused" else said)
                for kind, said, changed in inside(walk, service, name, ledger)
            ]
            world, targets = walk.beyond(name, service.name)
            if walk.stands_for(seen, name, answer):
                targets = []
            for target in [walk.worlds.inside, *targets]:
                if target is walk.worlds.inside or ledger in target.ids:
                    leaks += _both(walk, service, world, target, name, ledger)
    return [walk.tally.leak(KIND, leak) for leak in leaks]


def _both(
    walk: Walk, service: Service, world: World, target: Planted, name: str, ledger: str
) -> Iterator[str]:
    """The same call where only the actor's own is there, and where all the rest is too."""
    worlds, actor = walk.worlds, walk.worlds.actors[name]
    walk.tally.count(KIND, service.name, name, target.where)
    if target is worlds.inside:
        ours = inside(walk, service, name, ledger)
    else:
        ground = Ground(worlds.ours.store, world.store, target, actor, walk.folder, ledger)
        ours = list(called(service, ground, worlds.ours))
    ground = Ground(world.store, world.store, target, actor, walk.folder, ledger)
    for first, second in zip(ours, called(service, ground, world), strict=True):
        yield from compare(f"{service.name} of {ledger} by {name} at {target.where}", first, second)


def compare(where: str, ours: Outcome, theirs: Outcome) -> Iterator[str]:
    """What the second answer says beyond the first."""
    # What a successful write returns (ids, versions) is not compared: numbers count up for all.
    same = ours[0] == theirs[0] and ours[2] == theirs[2]
    if same and not (ours[0] == "ok" and ours[2]):
        same = ours[1] == theirs[1]
    if not same or theirs[0] == "changed what is not theirs":
        yield f"{where}:\n  without the others: {ours}\n  with them: {theirs}"
    elif SECRET in repr(theirs[1]) and SECRET not in repr(ours[1]):
        yield f"{where}: tells {theirs[1]}"


def walk_elsewhere(walk: Walk, service: Service) -> list[str]:
    """Where an area elsewhere is answered otherwise than one that is nowhere."""
    leaks, worlds = [], walk.worlds
    for ledger in _ledgers(walk, service):
        seen: set[Any] = set()
        for name in PEOPLE:
            answer = [one[0] for one in inside(walk, service, name, ledger)]
            if walk.stands_for(seen, name, answer):
                continue
            said = []
            for code in (worlds.outside["sibling"].code, ABSENT_CODE):
                target = Planted(code, "sibling", dict(worlds.inside.ids))
                target.numbers = dict(worlds.inside.numbers)
                store, actor = worlds.theirs.store, worlds.actors[name]
                ground = Ground(store, store, target, actor, walk.folder, ledger)
                given, before = arguments(service, ground), worlds.theirs.stamp
                said.append(_without(code, outcome(service, store, actor, given)))
                if worlds.theirs.stamp != before:
                    worlds.theirs.restore()
            walk.tally.count(KIND, service.name, name, "nowhere")
            if said[0] != said[1]:
                leaks.append(f"{service.name} of {ledger} by {name}:\n{said[0]}\n{said[1]}")
    return [walk.tally.leak(KIND, leak) for leak in leaks]


def names_areas(service: Service) -> bool:
    """Whether a service is told an area."""
    return bool(NAMING_AREAS & set(service.parameters))


def _without(code: str | None, found: tuple[str, Any]) -> str:
    return re.sub(str(code)[:12], "CODE", repr(found))
