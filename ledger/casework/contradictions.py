"""What contradicts itself, listed within an actor's scope, one statement a rule.

The statements are those of `ledger.records.contradicted`; findings are settled by
`ledger.casework.settling`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, Select, func, select

from geo.atlas import Atlas
from ledger.casework.map_overview import area_path
from ledger.domain.access import Action, Actor, under
from ledger.domain.contradictions import Contradiction
from ledger.domain.errors import NotFound
from ledger.domain.ledgers import LEDGERS
from ledger.records.contradicted import (
    contradiction_named,
    contradictions_in_force,
    facts_of,
    found,
    naming_rows,
    readable,
)
from ledger.records.person_names import names_in
from ledger.storage import Store
from ledger.storage.own_tables import settled_findings as table
from ledger.storage.tables import LEDGER_TABLES


@dataclass(frozen=True)
class Naming:
    """A record of another ledger that a finding rests on."""

    ledger: str
    record_id: int
    number: str
    said: str


@dataclass(frozen=True)
class Settled:
    """Why a finding was settled, as of which day, by whom."""

    reason: str
    on: date
    by: str


@dataclass(frozen=True)
class Finding:
    """One record that a rule finds: what it says, and the records of other ledgers beside it.

    ``said`` is what the record itself holds, ``token`` stands for all facts that the finding rests
    on: a settlement names it, so that nobody settles what they did not see.
    """

    rule: Contradiction
    record_id: int
    number: str
    title: str
    area_code: str | None
    said: str
    naming: tuple[Naming, ...]
    token: str
    settled: Settled | None = None

    @property
    def message(self) -> str:
        """The finding in one sentence."""
        beside = (
            f"{LEDGERS[one.ledger].label}{one.number}" + (f"（{one.said}）" if one.said else "")
            for one in self.naming
        )
        facts = "；".join(part for part in (self.said, *beside) if part)
        return f"{self.rule.label}：{facts}。{self.rule.advice}" if facts else self.rule.label


def rules_for(store: Store, actor: Actor) -> tuple[Contradiction, ...]:
    """The rules whose every ledger the actor may see. Raises `RuleError` for a file at fault."""
    with store.reading() as connection:
        return readable_rules(connection, actor)


def readable_rules(connection: Connection, actor: Actor) -> tuple[Contradiction, ...]:
    """As `rules_for`, within a transaction."""
    actor.require(Action.READ)
    return tuple(rule for rule in contradictions_in_force(connection) if readable(rule, actor))


def findings(
    store: Store,
    actor: Actor,
    atlas: Atlas,
    rule_id: str,
    area_code: str | None = None,
    *,
    settled: bool = False,
    limit: int | None = None,
) -> list[Finding]:
    """What one rule finds under an area, by 编号; with ``settled`` those that were settled.

    Raises `Invalid` for a rule that there is not, `NotFound` for an area out of scope.
    """
    actor.require(Action.READ)
    path = area_path(actor, atlas, area_code)
    with store.reading() as connection:
        rule = contradiction_named(connection, rule_id)
        if not readable(rule, actor):
            raise NotFound()
        return _found(connection, rule, actor, path, settled=settled, limit=limit)


def all_findings(store: Store, actor: Actor) -> list[Finding]:
    """Every open finding in scope, rule by rule; for the command line."""
    with store.reading() as connection:
        rules, path = readable_rules(connection, actor), actor.scope_path
        return [one for rule in rules for one in _found(connection, rule, actor, path)]


def _found(
    connection: Connection,
    rule: Contradiction,
    actor: Actor,
    path: str,
    *,
    settled: bool = False,
    limit: int | None = None,
) -> list[Finding]:
    """The findings of a rule under a path: one statement, and one for each ledger linked."""
    those = lying_under(found(rule, actor), path).subquery()
    chosen = (
        select(those)
        .where(those.c.settled if settled else ~those.c.settled)
        .order_by(those.c.number)
        .limit(limit)
        .cte("chosen")
    )
    facts = facts_of(rule, actor, select(chosen.c.id)).subquery()
    records, ledger = LEDGER_TABLES[rule.ledger], LEDGERS[rule.ledger]
    query = (
        select(
            facts,
            records.c.number,
            records.c[ledger.title].label("title_"),
            records.c.area_code,
            *(records.c[key].label(f"own_{key}") for key in rule.columns),
        )
        .join(records, records.c.id == facts.c.id)
        .order_by(records.c.number)
    )
    rows = connection.execute(query).mappings().all()
    if not rows:
        return []
    naming = _naming(connection, rule, actor, select(chosen.c.number))
    reasons = _reasons(connection, rule, [row["id"] for row in rows]) if settled else {}
    return [
        Finding(
            rule,
            row["id"],
            row["number"],
            str(row["title_"] or ""),
            row["area_code"],
            _said(rule, row),
            tuple(naming.get(row["number"], ())),
            token_of(row["facts"]),
            reasons.get((row["id"], row["facts"])),
        )
        for row in rows
    ]


def _naming(
    connection: Connection, rule: Contradiction, actor: Actor, numbers: Select[Any]
) -> dict[str, list[Naming]]:
    """The records of other ledgers that name those with the numbers, by number."""
    by_number: dict[str, list[Naming]] = {}
    for linked in rule.linked:
        those = naming_rows(linked, actor).subquery()
        query = select(those).where(those.c.named.in_(numbers)).order_by(those.c.id)
        for row in connection.execute(query).mappings():
            said = _words(linked.ledger, linked.shown, row)
            one = Naming(linked.ledger, row["id"], row["number"], said)
            by_number.setdefault(row["named"], []).append(one)
    return by_number


def _reasons(
    connection: Connection, rule: Contradiction, ids: Sequence[int]
) -> dict[tuple[int, str], Settled]:
    """Why the records' findings were settled, by record and facts."""
    newest = (
        select(func.max(table.c.id))
        .where(
            table.c.rule == rule.id, table.c.ledger == rule.ledger, table.c.withdrawn_at.is_(None)
        )
        .group_by(table.c.record_id, table.c.facts)
    )
    query = select(table).where(table.c.id.in_(newest))
    wanted = set(ids)
    kept = [row for row in connection.execute(query) if row.record_id in wanted]
    names = names_in(connection, [row.settled_by for row in kept])
    return {
        (row.record_id, row.facts): Settled(row.reason, row.settled_on, names[row.settled_by])
        for row in kept
    }


def _said(rule: Contradiction, row: Mapping[Any, Any]) -> str:
    own = {key: row[f"own_{key}"] for key in rule.columns}
    said = _words(rule.ledger, rule.columns, own)
    others = [one for one in (row["twins"] or "").split(";") if one and one != row["number"]]
    return f"{said}，与{'、'.join(others)}相同" if others else said


def _words(ledger_key: str, keys: Iterable[str], row: Mapping[Any, Any]) -> str:
    """Columns of a record with what they hold: 入住老人数 60人，床位数 50张."""
    ledger = LEDGERS[ledger_key]
    parts = []
    for key in keys:
        column, value = ledger.by_key[key], row[key]
        blank = value is None or value == ""
        parts.append(f"{column.label} {'空白' if blank else column.format(value) + column.unit}")
    return "，".join(parts)


def lying_under(query: Select[Any], path: str) -> Select[Any]:
    """The found records whose ``area_path`` lies at or below a path."""
    those = query.subquery()
    placed: Any = those.c.area_path
    return select(those).where(under(placed, path))


def token_of(facts: str) -> str:
    """What stands for the facts of a finding in a form."""
    return hashlib.sha256(facts.encode()).hexdigest()
