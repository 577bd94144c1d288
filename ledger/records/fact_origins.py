"""Where a fact of an institution comes from, and since when: read from the history.

The newest entry that gave the fact another value tells it. What else was written in the same save
tells by what: a case whose step proposed it, a visit that stated it, a file that was imported;
otherwise somebody wrote it by hand.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from ledger.domain.access import Action, Actor
from ledger.domain.ledgers import INSPECTIONS, INSTITUTIONS
from ledger.records.history.fact_entries import FACT_ACTIONS
from ledger.records.person_names import names_in
from ledger.records.service import owned
from ledger.storage import Store
from ledger.storage.tables import LEDGER_TABLES, changes

_AT_ONCE = 400


@dataclass(frozen=True)
class Origin:
    """Where a fact comes from. ``kind``: ``case``, ``visit``, ``import`` or ``hand``.

    ``ledger``, ``record_id`` and ``number`` name the case or visit; ``number`` alone the file.
    """

    kind: str
    at: datetime
    actor: str
    ledger: str | None = None
    record_id: int | None = None
    number: str | None = None


Key = tuple[int, str]


def fact_origins(store: Store, actor: Actor, record_id: int) -> dict[str, Origin]:
    """The origins of all facts of one institution that the actor may read, by fact.

    The case or visit is named only to those who may open it.
    """
    actor.require(Action.READ, INSTITUTIONS.key)
    with store.reading() as connection:
        owned(connection, actor, INSTITUTIONS, [record_id])
        facts = [column.key for column in INSTITUTIONS.facts]
        found = origins(connection, [record_id], facts)
        names = names_in(connection, [origin.actor for origin in found.values()])
        return {
            fact: replace(_as_seen(connection, actor, one), actor=names[str(one.actor)])
            for (_, fact), one in found.items()
        }


def origins(
    connection: Connection, record_ids: Sequence[int], facts: Iterable[str]
) -> dict[Key, Origin]:
    """The origin of each of these facts, by institution's id and fact; blank facts have none."""
    wanted = frozenset(facts)
    newest: dict[Key, Mapping[str, Any]] = {}
    for some in _portions(sorted(set(record_ids))):
        query = (
            select(changes)
            .where(changes.c.ledger == INSTITUTIONS.key, changes.c.record_id.in_(some))
            .order_by(changes.c.id)
        )
        for row in connection.execute(query).mappings():
            before, after = json.loads(row["before"] or "{}"), json.loads(row["after"] or "{}")
            for fact in wanted & set(after):
                if before.get(fact) != after[fact]:
                    newest[row["record_id"], fact] = dict(row)
    sources = _sources(connection, {row["batch"] for row in newest.values() if row["batch"]})
    return {key: _origin(key[1], row, sources) for key, row in newest.items()}


def _sources(connection: Connection, batches: Iterable[str]) -> dict[str, list[dict[str, Any]]]:
    """What else the saves wrote that says where facts come from, by batch.

    An entry of a visit holds as ``after`` the whole visit after it: one that comes out of the bin
    or gets another day states its facts anew without any of them in its entry.
    """
    found: dict[str, list[dict[str, Any]]] = {}
    for some in _portions(sorted(batches)):
        query = (
            select(
                changes.c.id,
                changes.c.batch,
                changes.c.action,
                changes.c.ledger,
                changes.c.record_id,
                changes.c.number,
                changes.c.after,
            )
            .where(changes.c.batch.in_(some))
            .where(
                (changes.c.action.in_(("adopt_fact", "import")))
                | (changes.c.ledger == INSPECTIONS.key)
            )
        )
        for row in connection.execute(query).mappings():
            entry = {**row, "after": json.loads(row["after"] or "{}")}
            found.setdefault(row["batch"], []).append(entry)
    every = [one for beside in found.values() for one in beside]
    _make_whole(connection, [one for one in every if _of_visit(one)])
    return found


def _of_visit(entry: Mapping[str, Any]) -> bool:
    return entry["ledger"] == INSPECTIONS.key and entry["action"] not in FACT_ACTIONS


def _make_whole(connection: Connection, entries: Sequence[dict[str, Any]]) -> None:
    """Give each of these entries of visits the visit as it stood after it."""
    later = [one for one in entries if one["action"] != "create" and one["record_id"] is not None]
    stood = {one["id"]: one for one in later}
    visits: dict[int, dict[str, Any]] = {}
    for some in _portions(sorted({one["record_id"] for one in later})):
        query = (
            select(changes.c.id, changes.c.record_id, changes.c.after)
            .where(changes.c.ledger == INSPECTIONS.key, changes.c.record_id.in_(some))
            .where(changes.c.action.not_in(FACT_ACTIONS))
            .order_by(changes.c.id)
        )
        for entry_id, record_id, after in connection.execute(query):
            visit = visits.setdefault(record_id, {})
            visit |= json.loads(after or "{}")
            if entry_id in stood:
                stood[entry_id]["after"] = dict(visit)


def _origin(
    fact: str, row: Mapping[str, Any], sources: Mapping[str, Sequence[Mapping[str, Any]]]
) -> Origin:
    at, actor = datetime.fromisoformat(row["at"]), str(row["actor"])
    beside = sources.get(row["batch"], ())
    for one in beside:
        if one["action"] == "adopt_fact":
            told = one["after"]
            if told.get("fact") == fact and told.get("institution") == row["number"]:
                return Origin("case", at, actor, one["ledger"], one["record_id"], one["number"])
    value = json.loads(row["after"])[fact]
    for one in beside:
        if _of_visit(one) and one["record_id"] is not None and not one["after"].get("deleted"):
            told = one["after"]
            if told.get("institution") == row["number"] and fact in told and told[fact] == value:
                return Origin("visit", at, actor, one["ledger"], one["record_id"], one["number"])
    for one in beside:
        if one["action"] == "import" and one["ledger"] == INSTITUTIONS.key:
            return Origin("import", at, actor, number=one["number"])
    return Origin("hand", at, actor)


def _as_seen(connection: Connection, actor: Actor, origin: Origin) -> Origin:
    if origin.ledger is None or origin.record_id is None:
        return origin
    if actor.may(Action.READ, origin.ledger):
        table = LEDGER_TABLES[origin.ledger]
        query = select(table.c.id).where(
            table.c.id == origin.record_id, actor.scope_condition(table.c.area_path)
        )
        if connection.execute(query).one_or_none() is not None:
            return origin
    return Origin(origin.kind, origin.at, origin.actor, origin.ledger)


def _portions(values: Sequence[Any]) -> Iterator[Sequence[Any]]:
    for start in range(0, len(values), _AT_ONCE):
        yield values[start : start + _AT_ONCE]
