"""Which facts of institutions are asked about: proposed by cases, or no longer borne out.

Two kinds of questions:

1. A case holds (`Proposal.holds`) and its institution does not say yes: set it?
2. The institution has a fact by a case or a visit that bears it out no longer: the case was sent
   back, corrected or deleted, the visit deleted or corrected. Nothing else bears it out, neither
   another case nor a visit of that day or later: is it still so?

A question rests once somebody kept the fact with a reason (`ledger.casework.kept_facts`); a case
whose fact was kept does not bear it out either. All of it is read from the records and their
history; nothing is stored for it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from sqlalchemy import Connection, select

from ledger.casework.case_claims import PROPOSED_FACTS, PROPOSING, Supposed, claims
from ledger.casework.kept_facts import kept, key_of
from ledger.casework.visit_claims import no_longer_stated, stated_since, states, visits_by_id
from ledger.domain.access import Action, Actor
from ledger.domain.columns import Ledger
from ledger.domain.ledgers import INSPECTIONS, LEDGERS
from ledger.domain.proposals import Asked
from ledger.domain.timing.clock import OFFICE
from ledger.records.fact_origins import Origin, origins
from ledger.storage import Store
from ledger.storage.tables import LEDGER_TABLES, institutions

Row = Mapping[str, Any]
Fact = tuple[str, str]
_AT_ONCE = 400
_AFTER_STEP = "办理这一步以后，原来依据的结论不再作数"
_CASES = frozenset(ledger.key for ledger in PROPOSING)


def asked_of(store: Store, actor: Actor, institution: str) -> tuple[Asked, ...]:
    """The open questions about one institution, as far as the actor may open the cases."""
    with store.reading() as connection:
        return tuple(asked(connection, actor, [institution]))


def asked_by_step(
    store: Store, actor: Actor, ledger: Ledger, record: Row, after: Row
) -> tuple[Asked, ...]:
    """What a step asks that leads a case from ``record`` to ``after``: the questions about the
    case that would be open then. Without an institution in the actor's scope nothing is asked.
    """
    actor.require(Action.READ, ledger.key)
    supposed = Supposed(ledger.key, record, after)
    if not supposed.institutions:
        return ()
    with store.reading() as connection:
        every = asked(connection, actor, supposed.institutions, supposed)
    own = about_case(every, supposed.case).values()
    return tuple(one if one.value else replace(one, said=_AFTER_STEP) for one in own)


def about_case(questions: Iterable[Asked], case: tuple[str, int]) -> dict[str, Asked]:
    """The questions of one case by fact. Where it now speaks for another institution, that one's
    stands; the one it spoke for before is asked about in the institution's record."""
    own = [one for one in questions if one.case == case]
    return {one.fact: one for one in sorted(own, key=lambda one: one.value is True)}


def asked(
    connection: Connection,
    actor: Actor,
    numbers: Sequence[str] | None = None,
    supposed: Supposed | None = None,
) -> list[Asked]:
    """Every open question within the actor's scope, in the order of institutions and cases.

    ``numbers`` are the institutions (None: all); the ``supposed`` case counts as its step would
    leave it.
    """
    homes = homes_in(connection, actor, numbers)
    speaking = [one for one in claims(connection, numbers, supposed) if one.institution in homes]
    resting = kept(connection, speaking, supposed)
    speaking = [one for one in speaking if key_of(one) not in resting]
    missing = [one for one in speaking if homes[one.institution][one.fact] is not True]
    borne_out = {(one.institution, one.fact) for one in speaking}
    doubts = list(_doubts(connection, homes, borne_out))
    open_ones = _openable(connection, actor, [*missing, *doubts])
    resting = kept(connection, [one for one in open_ones if one.value is None], supposed)
    found = [one for one in open_ones if key_of(one) not in resting]
    return sorted(found, key=lambda one: (one.institution, one.fact, one.ledger, one.number))


def homes_in(
    connection: Connection, actor: Actor, numbers: Sequence[str] | None
) -> dict[str, dict[str, Any]]:
    """The institutions of these numbers (None: all) in the actor's scope, by 编号."""
    query = select(institutions).where(
        institutions.c.deleted.is_(False), actor.scope_condition(institutions.c.area_path)
    )
    if numbers is not None:
        query = query.where(institutions.c.number.in_(list(numbers)))
    found = connection.execute(query)
    keys = tuple(found.keys())  # a to-do list reads every home: mappings would take twice as long
    homes = (dict(zip(keys, row, strict=True)) for row in found)
    return {home["number"]: home for home in homes}


def _doubts(
    connection: Connection, homes: Mapping[str, Row], borne_out: set[Fact]
) -> Iterator[Asked]:
    """Facts that were set by a case or a visit and that nothing bears out any more."""
    doubtful = {
        (home["number"], fact): home
        for home in homes.values()
        for fact in PROPOSED_FACTS
        if home[fact] is True
    }
    doubtful |= {(h["number"], fact): h for h, fact in no_longer_stated(connection, homes.values())}
    sources = _sources(
        connection,
        {
            key: home
            for key, home in doubtful.items()
            if home[key[1]] is not True or key not in borne_out
        },
    )
    visited = [one.record_id for one in sources.values() if one.kind == "visit" and one.record_id]
    visits = visits_by_id(connection, visited)
    unsure: list[tuple[Row, str, date]] = []
    for (number, fact), origin in sources.items():
        home, day = homes[number], origin.at.astimezone(OFFICE).date()
        if origin.kind == "visit":
            visit = visits.get(int(origin.record_id or 0))
            if visit is None or states(visit, home, fact):
                continue
            day = visit["inspected_on"]
        unsure.append((home, fact, day))
    stated = stated_since(connection, unsure)
    for home, fact, _ in unsure:
        key = (home["number"], fact)
        if key not in stated:
            origin = sources[key]
            case = (str(origin.ledger), int(origin.record_id or 0))
            yield Asked(*key, None, *case, origin.number or "", "")


def _sources(connection: Connection, doubtful: Mapping[Fact, Row]) -> dict[Fact, Origin]:
    """The origins of those facts that a case had set to yes, or a visit to anything."""
    known = origins(
        connection, [home["id"] for home in doubtful.values()], {fact for _, fact in doubtful}
    )
    found: dict[Fact, Origin] = {}
    for key, home in doubtful.items():
        origin = known.get((home["id"], key[1]))
        if origin is None or origin.record_id is None:
            continue
        by_case = origin.kind == "case" and origin.ledger in _CASES and home[key[1]] is True
        if by_case or origin.kind == "visit":
            found[key] = origin
    return found


def _openable(connection: Connection, actor: Actor, found: Sequence[Asked]) -> list[Asked]:
    """Those whose case or visit the actor may open: of others nothing is told."""
    in_bin: dict[tuple[str, int], bool] = {}
    for key in {one.ledger for one in found}:
        if not actor.may(Action.READ, key):
            continue
        table = LEDGER_TABLES[key]
        ids = sorted({one.record_id for one in found if one.ledger == key})
        for start in range(0, len(ids), _AT_ONCE):
            query = select(table.c.id, table.c.deleted).where(
                table.c.id.in_(ids[start : start + _AT_ONCE]),
                actor.scope_condition(table.c.area_path),
            )
            in_bin |= {(key, row.id): row.deleted for row in connection.execute(query)}
    return [
        one if one.value else replace(one, said=_why_doubted(one, in_bin[one.case]))
        for one in found
        if one.case in in_bin
    ]


def _why_doubted(one: Asked, in_bin: bool) -> str:
    label = LEDGERS[one.ledger].label
    if in_bin:
        return f"原来依据的{label}已移入回收站"
    if one.ledger == INSPECTIONS.key:
        return f"原来依据的{label}已经更正，不再写明这一项"
    return "原来依据的结论已经退回、更正或重新办理"
