"""Which facts of institutions cases speak for that the institutions do not say, or no longer may.

Two kinds of questions:

1. A record holds (`Proposal.holds`) and its institution does not say yes: set it?
2. The institution says yes by a case that holds no longer, and no other case does: take it back?

A question rests once somebody kept the fact with a reason, until the case changes in what it
proposes by. All of it is read from the records and their history; nothing is stored for it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, and_, select

from ledger.domain.access import SYSTEM, Action, Actor
from ledger.domain.columns import Ledger
from ledger.domain.ledgers import INSTITUTIONS, LEDGERS
from ledger.domain.proposals import Proposal
from ledger.domain.tiers import Judgement
from ledger.records import rulebook
from ledger.records.counting import clause, counts_for
from ledger.records.fact_origins import origins
from ledger.records.history.fact_entries import FACT_ACTIONS
from ledger.records.judging import judge_record
from ledger.storage import Store
from ledger.storage.tables import LEDGER_TABLES, changes, institutions

PROPOSING: tuple[Ledger, ...] = tuple(one for one in LEDGERS.values() if one.proposes)
PROPOSED_FACTS = tuple(dict.fromkeys(p.fact for ledger in PROPOSING for p in ledger.proposes))
_AT_ONCE = 400
WITHDRAWN = "原来依据的结论已经退回、重新办理或移入回收站"


@dataclass(frozen=True)
class Asked:
    """One question about one fact of one institution (its 编号).

    ``value`` is what the case proposes: True, or None where what it was set by holds no longer.
    ``ledger``, ``record_id`` and ``number`` name the case, ``said`` what it says in words.
    """

    institution: str
    fact: str
    value: bool | None
    ledger: str
    record_id: int
    number: str
    said: str


@dataclass(frozen=True)
class Would:
    """An institution with open questions, its tier now, and with every proposal carried out."""

    number: str
    name: str
    record_id: int
    asked: tuple[Asked, ...]
    before: int | None
    after: int | None

    @property
    def moves(self) -> bool:
        """Whether the computed tier would differ."""
        return self.before != self.after


def asked_of(store: Store, actor: Actor, institution: str) -> tuple[Asked, ...]:
    """The open questions about one institution, as far as the actor may open the cases."""
    with store.reading() as connection:
        return tuple(asked(connection, actor, [institution]))


def asked_by_step(
    store: Store,
    actor: Actor,
    ledger: Ledger,
    record: Mapping[str, Any],
    after: Mapping[str, Any],
) -> tuple[Asked, ...]:
    """What a step would ask that leads a case from ``record`` to ``after``.

    Without an institution in the actor's scope nothing is asked.
    """
    actor.require(Action.READ, ledger.key)
    found: list[Asked] = []
    with store.reading() as connection:
        for proposal in ledger.proposes:
            if proposal.holds(after):
                number = str(after["institution"])
                found += _proposed(connection, actor, ledger, proposal, record, number)
            elif proposal.holds(record):
                number = str(record["institution"])
                found += _doubted(connection, actor, ledger, proposal, record, number)
    return tuple(found)


def _proposed(
    connection: Connection,
    actor: Actor,
    ledger: Ledger,
    proposal: Proposal,
    record: Mapping[str, Any],
    number: str,
) -> list[Asked]:
    """Asked while the institution does not say yes; not again where that was decided before."""
    home = _homes(connection, actor, [number]).get(number)
    if home is None or home[proposal.fact] is True:
        return []
    case = (ledger.key, int(record["id"]))
    if proposal.holds(record) and case in _kept(connection, [(case, proposal, number)]):
        return []
    return [Asked(number, proposal.fact, True, *case, str(record["number"]), proposal.said)]


def _doubted(
    connection: Connection,
    actor: Actor,
    ledger: Ledger,
    proposal: Proposal,
    record: Mapping[str, Any],
    number: str,
) -> list[Asked]:
    """Asked where the institution says yes by this case, and no other case speaks for it."""
    home = _homes(connection, actor, [number]).get(number)
    if home is None or home[proposal.fact] is not True:
        return []
    case = (ledger.key, int(record["id"]))
    speaking = [one for one in _speaking(connection, [number]) if one.fact == proposal.fact]
    if any((one.ledger, one.record_id) != case for one in speaking):
        return []
    origin = origins(connection, [home["id"]], [proposal.fact]).get((home["id"], proposal.fact))
    if origin is None or (origin.ledger, origin.record_id) != case:
        return []
    return [Asked(number, proposal.fact, None, *case, str(record["number"]), WITHDRAWN)]


def asked(
    connection: Connection, actor: Actor, numbers: Sequence[str] | None = None
) -> list[Asked]:
    """Every open question within the actor's scope, in the order of institutions and cases."""
    homes = _homes(connection, actor, numbers)
    speaking = [one for one in _speaking(connection, numbers) if one.institution in homes]
    missing = [one for one in speaking if homes[one.institution][one.fact] is not True]
    backed = {(one.institution, one.fact) for one in speaking}
    doubtful = [
        (home, fact)
        for home in homes.values()
        for fact in PROPOSED_FACTS
        if home[fact] is True and (home["number"], fact) not in backed
    ]
    unsupported = list(_unsupported(connection, doubtful))
    wanted = _openable(connection, actor, [*missing, *unsupported])
    kept = _kept(
        connection,
        [((o.ledger, o.record_id), _proposal(o), o.institution) for o in wanted],
    )
    open_ones = [one for one in wanted if (one.ledger, one.record_id) not in kept]
    return sorted(open_ones, key=lambda one: (one.institution, one.fact, one.ledger, one.number))


def would_move(store: Store, actor: Actor, *, rules_text: str | None = None) -> list[Would]:
    """Institutions with open questions, and their tier once every proposal is carried out.

    A fact that is only doubted counts as not known. Nothing is written.
    """
    with store.reading() as connection:
        rules = (
            rulebook.rules_in_force(connection)
            if rules_text is None
            else rulebook.parse_rules(rules_text)
        )
        by_home: dict[str, list[Asked]] = {}
        for one in asked(connection, actor):
            by_home.setdefault(one.institution, []).append(one)
        homes = _homes(connection, actor, None)
        counts = counts_for(connection, INSTITUTIONS, rules, sorted(by_home))
    found = []
    for number, questions in by_home.items():
        home, own = homes[number], counts.get(number, {})
        then = {**home, **{one.fact: one.value for one in questions}}
        now, after = (judge_record(INSTITUTIONS, row, rules, own) for row in (home, then))
        found.append(
            Would(
                number,
                str(home["name"]),
                int(home["id"]),
                tuple(questions),
                now.tier,
                after.tier,
            )
        )
    return sorted(found, key=lambda one: (-(one.after or 0), -(one.before or 0), one.number))


def how_many_move(store: Store, actor: Actor, rules_text: str) -> int:
    """How many institutions of the whole ledger would move by these rules once every proposal is
    carried out; told to who manages rules, as a number alone. Raises `Refused`."""
    actor.require(Action.MANAGE_RULES)
    return sum(one.moves for one in would_move(store, SYSTEM, rules_text=rules_text))


def tier_with(
    store: Store, institution: Mapping[str, Any], values: Mapping[str, bool | None]
) -> Judgement:
    """How an institution that was read would be judged with other facts."""
    with store.reading() as connection:
        rules = rulebook.rules_in_force(connection)
        number = str(institution["number"])
        counts = counts_for(connection, INSTITUTIONS, rules, [number]).get(number, {})
    return judge_record(INSTITUTIONS, {**institution, **values}, rules, counts)


def _homes(
    connection: Connection, actor: Actor, numbers: Sequence[str] | None
) -> dict[str, dict[str, Any]]:
    query = select(institutions).where(
        institutions.c.deleted.is_(False), actor.scope_condition(institutions.c.area_path)
    )
    if numbers is not None:
        query = query.where(institutions.c.number.in_(list(numbers)))
    return {row["number"]: dict(row) for row in connection.execute(query).mappings()}


def _speaking(connection: Connection, numbers: Sequence[str] | None) -> list[Asked]:
    """Every record that holds, with the fact it speaks for."""
    found: list[Asked] = []
    for ledger in PROPOSING:
        table = LEDGER_TABLES[ledger.key]
        for proposal in ledger.proposes:
            query = select(table.c.institution, table.c.id, table.c.number).where(
                table.c.deleted.is_(False),
                table.c.institution.is_not(None),
                clause(table, proposal.signs),
            )
            if numbers is not None:
                query = query.where(table.c.institution.in_(list(numbers)))
            found += [
                Asked(
                    row.institution,
                    proposal.fact,
                    True,
                    ledger.key,
                    row.id,
                    row.number,
                    proposal.said,
                )
                for row in connection.execute(query)
            ]
    return found


def _unsupported(
    connection: Connection, doubtful: Sequence[tuple[Mapping[str, Any], str]]
) -> Iterator[Asked]:
    """Of facts that no case speaks for: those that a case had set, which holds no longer."""
    known = origins(
        connection, [home["id"] for home, _ in doubtful], [fact for _, fact in doubtful]
    )
    for home, fact in doubtful:
        origin = known.get((home["id"], fact))
        if origin is None or origin.ledger is None or origin.record_id is None:
            continue
        ledger = LEDGERS[origin.ledger]
        if not any(proposal.fact == fact for proposal in ledger.proposes):
            continue
        yield Asked(
            home["number"],
            fact,
            None,
            ledger.key,
            origin.record_id,
            origin.number or "",
            WITHDRAWN,
        )


def _openable(connection: Connection, actor: Actor, found: Sequence[Asked]) -> list[Asked]:
    """Those whose case the actor may open: of others nothing is told."""
    seen: set[tuple[str, int]] = set()
    for key in {one.ledger for one in found}:
        if not actor.may(Action.READ, key):
            continue
        table = LEDGER_TABLES[key]
        ids = sorted({one.record_id for one in found if one.ledger == key})
        for some in _portions(ids):
            query = select(table.c.id).where(
                table.c.id.in_(some), actor.scope_condition(table.c.area_path)
            )
            seen |= {(key, row.id) for row in connection.execute(query)}
    return [one for one in found if (one.ledger, one.record_id) in seen]


def _kept(
    connection: Connection,
    cases: Iterable[tuple[tuple[str, int], Proposal, str]],
) -> set[tuple[str, int]]:
    """The cases about whose fact somebody decided to keep it, since they last changed in it."""
    wanted = {case: (proposal, number) for case, proposal, number in cases}
    kept: set[tuple[str, int]] = set()
    for key in {ledger for ledger, _ in wanted}:
        ids = sorted(record_id for ledger, record_id in wanted if ledger == key)
        for some in _portions(ids):
            query = (
                select(changes.c.record_id, changes.c.action, changes.c.after)
                .where(and_(changes.c.ledger == key, changes.c.record_id.in_(some)))
                .order_by(changes.c.id)
            )
            for record_id, action, text in connection.execute(query):
                case = (key, int(record_id))
                proposal, number = wanted[case]
                after = json.loads(text or "{}")
                if action in FACT_ACTIONS:
                    if after.get("fact") == proposal.fact and after.get("institution") == number:
                        (kept.add if action == "keep_fact" else kept.discard)(case)
                elif proposal.keys & set(after):
                    kept.discard(case)
    return kept


def _proposal(one: Asked) -> Proposal:
    return next(p for p in LEDGERS[one.ledger].proposes if p.fact == one.fact)


def _portions(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(ids), _AT_ONCE):
        yield ids[start : start + _AT_ONCE]
