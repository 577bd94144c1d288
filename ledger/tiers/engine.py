"""Judging one record by the tier rules.

The rules of judging (campaign plan, DESIGN "Tier rules"):

1. Every rule answers yes, no or unknown; an unknown fact never counts as "no".
2. The highest tier with a rule that answers yes wins.
3. A rule that answers yes is certain: every fact it rests on is known. For tier one that means
   all facts that could still speak against it, since its rule needs a clear no from all others.
4. Where no rule answers yes the record is undetermined (待研判), never tier one.
5. What is still unknown and could raise the tier is part of the result.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ledger.tiers.model import Rule
from ledger.tiers.rules import RuleSet


@dataclass(frozen=True)
class Judgement:
    """What the rules say of one record.

    Attributes
    ----------
    tier : int or None
        1 to 4; None while undetermined (待研判).
    at_most : int or None
        Highest tier that unknown facts still allow, the present one included; None when nothing
        holds and nothing can.
    matched, possible : tuple of str
        Ids of rules that hold, and of rules that unknown facts leave open; high tiers first.
    unknown : tuple of str
        Unknown facts that could raise the tier, or decide it while there is none; those of the
        highest rules first.
    facts_used : mapping
        The known facts on which the matched rules rest, with their values as they were given.
    """

    tier: int | None
    at_most: int | None
    matched: tuple[str, ...]
    possible: tuple[str, ...]
    unknown: tuple[str, ...]
    facts_used: Mapping[str, object] = field(hash=False)


def judge(facts: Mapping[str, object], rules: RuleSet) -> Judgement:
    """Judge one record.

    Parameters
    ----------
    facts : mapping
        ``True``/``False`` for yes/no facts, numbers, texts; ``None``, NaN or a missing key means
        unknown, and so does a value of the wrong kind or outside its declared bounds.
    rules : RuleSet
        The rules in force.
    """
    values: dict[str, Any] = {name: read(facts.get(name)) for name, read in rules.readers}
    program = rules.program
    program.run(values)
    matched = [rule for rule in rules.rules if values[rule.where] is True]
    possible = [rule for rule in rules.rules if values[rule.where] is None]
    tier = matched[0].tier if matched else None
    unknown = _grounds([rule for rule in possible if rule.tier > (tier or 0)], rules, values)
    used = _grounds(matched, rules, values)
    return Judgement(
        tier=tier,
        at_most=max((rule.tier for rule in (*matched[:1], *possible[:1])), default=None),
        matched=tuple(rule.id for rule in matched),
        possible=tuple(rule.id for rule in possible),
        unknown=unknown,
        facts_used={name: facts[name] for name in used},
    )


def _grounds(chosen: list[Rule], rules: RuleSet, values: Mapping[str, Any]) -> tuple[str, ...]:
    """Facts the answers of these rules rest on, each once."""
    found: dict[str, None] = {}
    for rule in chosen:
        found.update(dict.fromkeys(rules.program.grounds(rule.where, values)))
    return tuple(found)


def open_questions(facts: Mapping[str, object], rules: RuleSet) -> dict[str, tuple[str, ...]]:
    """For every rule that is left open, the unknown facts that leave it open."""
    values: dict[str, Any] = {name: read(facts.get(name)) for name, read in rules.readers}
    rules.program.run(values)
    return {
        rule.id: rules.program.grounds(rule.where, values)
        for rule in rules.rules
        if values[rule.where] is None
    }
