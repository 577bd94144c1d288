"""Tiers: judge records anew, preview who would move, override with a reason, look back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, bindparam, select, update

from ledger import rulebook
from ledger.access import Action, Actor
from ledger.columns import Ledger
from ledger.errors import Conflict, Invalid, NotFound
from ledger.history import audit
from ledger.judging import (
    TIER_KEYS,
    Judged,
    judge_record,
    remember,
    tier_fields,
)
from ledger.ledgers import INSTITUTIONS
from ledger.places.areas import require_reach
from ledger.storage import Store
from ledger.storage.again import tried_again
from ledger.storage.tables import LEDGER_TABLES, assessments
from ledger.tiers import Judgement, Move, RuleSet, explain, moves
from ledger.timing import clock


@dataclass(frozen=True)
class Result:
    """One record's judgement, as the command line prints it."""

    number: str
    tier: int | None
    at_most: int | None
    matched: tuple[str, ...]
    unknown: tuple[str, ...]


@dataclass(frozen=True)
class Assessed:
    """What an assessment found: the rules' version, every result and every move."""

    rules: str
    results: tuple[Result, ...]
    moves: tuple[Move, ...]


@tried_again
def assess(
    store: Store,
    actor: Actor,
    *,
    rules_text: str | None = None,
    preview: bool = False,
    ledger: Ledger = INSTITUTIONS,
) -> Assessed:
    """Judge every record in the actor's scope; ``rules_text`` are rules to put in force first.

    With ``preview`` nothing is written. Rules come into force for everybody, so adopting them
    asks for the right to manage rules and judges the whole ledger.
    """
    require_reach(store, actor, Action.MANAGE_RULES if rules_text is not None else Action.ASSESS)
    if preview:
        with store.reading() as connection:
            rules = _rules(connection, rules_text)
            return _assessed(rules, _judge_all(connection, actor, ledger, rules))
    with store.writing() as connection:
        if rules_text is not None:
            rulebook.adopt(connection, actor, rules_text)
        rules = rulebook.rules_in_force(connection)
        judged = _judge_all(connection, actor, ledger, rules)
        _write(connection, actor, ledger, rules, judged)
        return _assessed(rules, judged)


def override(
    store: Store,
    actor: Actor,
    record_id: int,
    version: int,
    tier: int,
    reason: str,
    *,
    ledger: Ledger = INSTITUTIONS,
) -> None:
    """A leader sets another tier, with a reason; the computed tier stays beside it."""
    if tier not in (1, 2, 3, 4):
        raise Invalid("风险等级只能是一类至四类")
    _set_override(store, actor, ledger, record_id, version, str(tier), reason, "override")


def withdraw_override(
    store: Store,
    actor: Actor,
    record_id: int,
    version: int,
    reason: str,
    *,
    ledger: Ledger = INSTITUTIONS,
) -> None:
    """Go back to the computed tier, with a reason."""
    _set_override(store, actor, ledger, record_id, version, None, reason, "withdraw")


@dataclass(frozen=True)
class Why:
    """Why a record has its tier: lines to read, and what is still unknown."""

    judgement: Judgement
    rules_version: str
    lines: tuple[str, ...]


def why(
    store: Store, actor: Actor, record: Mapping[str, Any], *, ledger: Ledger = INSTITUTIONS
) -> Why:
    """Explain the tier of a record that the actor has read."""
    actor.require(Action.READ)
    with store.reading() as connection:
        rules = rulebook.rules_in_force(connection)
    judgement = judge_record(ledger, record, rules)
    labels = {column.key: column.label for column in ledger.columns}
    lines = explain(judgement, rules, labels, rulebook.choices_of(ledger))
    return Why(judgement, rules.version, tuple(lines))


def past_assessments(
    store: Store, actor: Actor, record_id: int, *, ledger: Ledger = INSTITUTIONS
) -> list[Row[Any]]:
    """Every assessment of one record, newest first."""
    actor.require(Action.READ)
    with store.reading() as connection:
        _record(connection, actor, ledger, record_id)
        query = (
            select(assessments)
            .where(assessments.c.ledger == ledger.key, assessments.c.record_id == record_id)
            .order_by(assessments.c.id.desc())
        )
        return list(connection.execute(query))


def _rules(connection: Connection, text: str | None) -> RuleSet:
    return rulebook.rules_in_force(connection) if text is None else rulebook.parse_rules(text)


def _judge_all(
    connection: Connection, actor: Actor, ledger: Ledger, rules: RuleSet
) -> list[tuple[dict[str, Any], Judgement]]:
    table = LEDGER_TABLES[ledger.key]
    query = (
        select(table)
        .where(table.c.deleted.is_(False), actor.scope_condition(table.c.area_path))
        .order_by(table.c.number)
    )
    rows = [dict(row) for row in connection.execute(query).mappings()]
    return [(row, judge_record(ledger, row, rules)) for row in rows]


def _assessed(rules: RuleSet, judged: list[tuple[dict[str, Any], Judgement]]) -> Assessed:
    results = tuple(
        Result(row["number"], found.tier, found.at_most, found.matched, found.unknown)
        for row, found in judged
    )
    before = {row["number"]: _as_int(row["tier_computed"]) for row, _ in judged}
    after = {row["number"]: found.tier for row, found in judged}
    return Assessed(rules.version, results, moves(before, after))


def _as_int(tier: str | None) -> int | None:
    return None if tier is None else int(tier)


def _write(
    connection: Connection,
    actor: Actor,
    ledger: Ledger,
    rules: RuleSet,
    judged: list[tuple[dict[str, Any], Judgement]],
) -> None:
    table = LEDGER_TABLES[ledger.key]
    changed, log = [], []
    for row, found in judged:
        fields = tier_fields(found, rules, row["tier_override"])
        if all(row[key] == fields[key] for key in TIER_KEYS):
            continue
        changed.append({"b_id": row["id"], **{f"b_{key}": fields[key] for key in TIER_KEYS}})
        before = {key: row[key] for key in TIER_KEYS}
        log.append(
            audit.Change(
                "assess",
                ledger.key,
                row["id"],
                row["number"],
                before,
                fields,
                version=row["version"] + 1,
            )
        )
    if changed:
        connection.execute(
            update(table)
            .where(table.c.id == bindparam("b_id"))
            .values(
                {key: bindparam(f"b_{key}") for key in TIER_KEYS}
                | {
                    "version": table.c.version + 1,
                    "updated_at": clock.now(),
                    "updated_by": actor.name,
                }
            ),
            changed,
        )
    audit.append(connection, actor, log)
    remember(
        connection,
        actor,
        ledger,
        rules,
        [Judged(row["id"], found, row["tier_override"]) for row, found in judged],
        occasion="assess",
    )


@tried_again
def _set_override(
    store: Store,
    actor: Actor,
    ledger: Ledger,
    record_id: int,
    version: int,
    tier: str | None,
    reason: str,
    occasion: str,
) -> None:
    actor.require(Action.OVERRIDE)
    if not reason.strip():
        raise Invalid("请填写调整理由")
    if len(reason) > 500:
        raise Invalid("调整理由过长，最多500字")
    table = LEDGER_TABLES[ledger.key]
    with store.writing() as connection:
        row = _record(connection, actor, ledger, record_id)
        if row["version"] != version:
            raise Conflict(row["number"], row["updated_by"])
        rules = rulebook.rules_in_force(connection)
        found = judge_record(ledger, row, rules)
        fields = {
            **tier_fields(found, rules, tier),
            "tier_override": tier,
            "override_reason": reason.strip() if tier else None,
        }
        connection.execute(
            update(table)
            .where(table.c.id == record_id)
            .values(**fields, version=version + 1, updated_at=clock.now(), updated_by=actor.name)
        )
        before = {key: row[key] for key in fields}
        audit.append(
            connection,
            actor,
            [
                audit.Change(
                    occasion,
                    ledger.key,
                    record_id,
                    row["number"],
                    before,
                    fields,
                    reason.strip(),
                    version + 1,
                )
            ],
        )
        remember(
            connection,
            actor,
            ledger,
            rules,
            [Judged(record_id, found, tier)],
            occasion=occasion,
            reason=reason.strip(),
        )


def _record(connection: Connection, actor: Actor, ledger: Ledger, record_id: int) -> dict[str, Any]:
    table = LEDGER_TABLES[ledger.key]
    row = (
        connection.execute(
            select(table).where(table.c.id == record_id, actor.scope_condition(table.c.area_path))
        )
        .mappings()
        .one_or_none()
    )
    if row is None:
        raise NotFound()
    return dict(row)
