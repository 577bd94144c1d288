"""Tiers: judge records again, preview moves, override a tier with a reason, read the history."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from uuid import uuid4

from sqlalchemy import Connection, Row, select

from ledger.domain.access import Action, Actor
from ledger.domain.columns import Ledger
from ledger.domain.errors import Conflict, Invalid
from ledger.domain.ledgers import INSTITUTIONS
from ledger.domain.tiers import Judgement, Move, RuleError, RuleSet, explain, moves
from ledger.domain.tiers.advice import Advice
from ledger.domain.tiers.counted_facts import COUNTED_FACTS
from ledger.records import reckoning, rulebook, saving
from ledger.records.counting import counts_for, hidden_from
from ledger.records.drafting import Draft
from ledger.records.judging import facts_of, judge_record
from ledger.records.person_names import name_in
from ledger.records.places.areas import current_atlas, require_reach
from ledger.records.rule_words import fact_units, tier_conditions
from ledger.records.service import owned
from ledger.records.surroundings import Surroundings, surroundings_of
from ledger.storage import Store
from ledger.storage.again import tried_again
from ledger.storage.tables import LEDGER_TABLES, assessments

COUNTED_LABELS = {key: one.label for key, one in COUNTED_FACTS.items()}
NOT_TOLD = "（部分记录不在您可查看的范围，数目不显示）"


@dataclass(frozen=True)
class Result:
    """One record's judgement, as the command line prints it; ``tier`` None is 待研判."""

    number: str
    tier: int | None
    at_most: int | None
    matched: tuple[str, ...]
    unknown: tuple[str, ...]


@dataclass(frozen=True)
class Assessed:
    """The rules' version, the result of every record, and the records whose tier changes."""

    rules: str
    results: tuple[Result, ...]
    moves: tuple[Move, ...]


_Found = tuple[Mapping[str, Any], Judgement]


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

    With ``preview`` nothing is written. Rules apply to everybody, so ``rules_text`` requires the
    right to manage rules for all areas, with ``preview`` too.

    Raises
    ------
    Refused
        If the actor may not assess, or not manage rules.
    RuleError
        If ``rules_text`` is no valid rule file.
    """
    require_reach(store, actor, Action.MANAGE_RULES if rules_text is not None else Action.ASSESS)
    if preview:
        with store.reading() as connection:
            rules = _rules(connection, rules_text)
            return _assessed(rules, _judge_all(connection, actor, ledger, rules))
    atlas = current_atlas(store)
    with store.writing() as connection:
        if rules_text is not None:
            version = rulebook.fair_rules(rules_text).version
            rulebook.put_in_force(connection, actor, rulebook.TIERS, version, rules_text)
        surroundings = surroundings_of(store, connection, atlas)
        judged = _judge_anew(connection, actor, ledger, surroundings)
        if rules_text is not None:
            reckoning.note(connection, surroundings)
        return _assessed(surroundings.rules, judged)


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
    """Set another tier (1 to 4) for a record; the computed tier is kept beside it.

    Raises
    ------
    Refused
        If the actor may not override tiers.
    Invalid
        For another tier, or a reason that is blank or longer than 500 characters.
    NotFound
        For a missing or an out-of-scope record.
    Conflict
        If the record's version is not ``version``.
    """
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
    """Return to the computed tier. Raises as `override`."""
    _set_override(store, actor, ledger, record_id, version, None, reason, "withdraw")


@dataclass(frozen=True)
class Why:
    """Why a record has its tier: its judgement, and the explanation as lines of Chinese text."""

    judgement: Judgement
    rules_version: str
    lines: tuple[str, ...]


def why(
    store: Store, actor: Actor, record: Mapping[str, Any], *, ledger: Ledger = INSTITUTIONS
) -> Why:
    """Explain the computed tier of a record that the actor has read. Raises `Refused`."""
    actor.require(Action.READ, ledger.key)
    with store.reading() as connection:
        rules = rulebook.rules_in_force(connection)
        number = str(record["number"])
        counts = counts_for(connection, ledger, rules, [number]).get(number, {})
        judgement = judge_record(ledger, record, rules, counts)
        hidden = hidden_from(connection, actor, number, counts)
    labels = {column.key: column.label for column in ledger.columns} | COUNTED_LABELS
    # A count of rows that somebody may not open is not told by the reason either.
    judgement = replace(
        judgement,
        facts_used={k: NOT_TOLD if k in hidden else v for k, v in judgement.facts_used.items()},
    )
    words = tier_conditions(rules)
    choices = rulebook.choices_of(ledger)
    lines = explain(judgement, rules, labels, choices, words, fact_units())
    return Why(judgement, rules.version, tuple(lines))


def advice(
    store: Store, actor: Actor, record: Mapping[str, Any], *, ledger: Ledger = INSTITUTIONS
) -> Advice | None:
    """What would lower the tier of a record that the actor has read, and what to ask first.

    None under rules of an earlier time whose settings cannot be gone through. Raises `Refused`.
    """
    actor.require(Action.READ, ledger.key)
    with store.reading() as connection:
        rules = rulebook.rules_in_force(connection)
        number = str(record["number"])
        counts = counts_for(connection, ledger, rules, [number]).get(number, {})
        hidden = hidden_from(connection, actor, number, counts)
    try:
        settings = rulebook.settings_of(rules)
    except RuleError:
        return None
    labels = {column.key: column.label for column in ledger.columns} | COUNTED_LABELS
    facts = facts_of(ledger, record, counts)
    choices = rulebook.choices_of(ledger)
    return Advice(settings, facts, labels, choices, hidden, fact_units())


def past_assessments(
    store: Store, actor: Actor, record_id: int, *, ledger: Ledger = INSTITUTIONS
) -> list[Row[Any]]:
    """Every assessment of one record, newest first. Raises `Refused`, `NotFound`."""
    actor.require(Action.READ, ledger.key)
    with store.reading() as connection:
        owned(connection, actor, ledger, [record_id])
        query = (
            select(assessments)
            .where(assessments.c.ledger == ledger.key, assessments.c.record_id == record_id)
            .order_by(assessments.c.id.desc())
        )
        return list(connection.execute(query))


def _rules(connection: Connection, text: str | None) -> RuleSet:
    return rulebook.rules_in_force(connection) if text is None else rulebook.fair_rules(text)


def _rows(connection: Connection, actor: Actor, ledger: Ledger) -> list[dict[str, Any]]:
    table = LEDGER_TABLES[ledger.key]
    query = (
        select(table)
        .where(table.c.deleted.is_(False), actor.scope_condition(table.c.area_path))
        .order_by(table.c.number)
    )
    return [dict(row) for row in connection.execute(query).mappings()]


def _judge_all(
    connection: Connection, actor: Actor, ledger: Ledger, rules: RuleSet
) -> list[_Found]:
    rows = _rows(connection, actor, ledger)
    counts = counts_for(connection, ledger, rules, [str(row["number"]) for row in rows])
    return [(row, judge_record(ledger, row, rules, counts.get(row["number"], {}))) for row in rows]


def _judge_anew(
    connection: Connection, actor: Actor, ledger: Ledger, surroundings: Surroundings
) -> list[_Found]:
    """As `_judge_all`, and write the tiers and the deadlines that depend on them."""
    drafts = [Draft.unmoved(row) for row in _rows(connection, actor, ledger)]
    saving.write(
        connection,
        actor,
        ledger,
        drafts,
        surroundings,
        batch=uuid4().hex,
        action="assess",
        judged_anew=True,
    )
    return [(one.current, one.judgement) for one in drafts if one.current and one.judgement]


def _assessed(rules: RuleSet, judged: list[_Found]) -> Assessed:
    results = tuple(
        Result(row["number"], found.tier, found.at_most, found.matched, found.unknown)
        for row, found in judged
    )
    before = {row["number"]: _as_int(row["tier_computed"]) for row, _ in judged}
    after = {row["number"]: found.tier for row, found in judged}
    return Assessed(rules.version, results, moves(before, after))


def _as_int(tier: str | None) -> int | None:
    return None if tier is None else int(tier)


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
    given = reason.strip()
    atlas = current_atlas(store)
    with store.writing() as connection:
        row = owned(connection, actor, ledger, [record_id], lock=True)[record_id]
        if row["version"] != version:
            raise Conflict(row["number"], name_in(connection, row["updated_by"]))
        draft = Draft.unmoved(row, tier_override=tier, override_reason=given if tier else None)
        saving.write(
            connection,
            actor,
            ledger,
            [draft],
            surroundings_of(store, connection, atlas),
            batch=uuid4().hex,
            reason=given,
            action=occasion,
            judged_anew=True,
        )
