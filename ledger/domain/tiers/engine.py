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

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import chain
from typing import Any, NamedTuple

from ledger.domain.tiers.rules import RuleSet

MOST_OUTCOMES = 50_000


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
        The known facts on which the matched rules and the clashes rest, with their values as they
        were given.
    grounds : mapping
        Per rule: the known facts that a matched rule rests on; the unknown facts that leave
        open a rule of a higher tier. Per clash: the facts that contradict each other.
    clashes : tuple of str
        Definitions under which known facts of the record contradict each other. While no rule
        holds they are why it is undetermined.
    """

    tier: int | None
    at_most: int | None
    matched: tuple[str, ...]
    possible: tuple[str, ...]
    unknown: tuple[str, ...]
    facts_used: Mapping[str, object] = field(hash=False)
    grounds: Mapping[str, tuple[str, ...]] = field(hash=False, repr=False)
    clashes: tuple[str, ...] = ()


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
    pattern = rules.program.pattern(values)
    outcome: _Outcome | None = rules.outcomes.get(pattern)
    if outcome is None:
        outcome = _find_outcome(values, rules)
        if len(rules.outcomes) >= MOST_OUTCOMES:
            rules.outcomes.clear()
        rules.outcomes[pattern] = outcome
    return Judgement(
        outcome.tier,
        outcome.at_most,
        outcome.matched,
        outcome.possible,
        outcome.unknown,
        {key: facts[key] for key in outcome.used},
        outcome.grounds,
        outcome.clashes,
    )


class _Outcome(NamedTuple):
    """A judgement without the values of one record."""

    tier: int | None
    at_most: int | None
    matched: tuple[str, ...]
    possible: tuple[str, ...]
    unknown: tuple[str, ...]
    used: tuple[str, ...]
    grounds: Mapping[str, tuple[str, ...]]
    clashes: tuple[str, ...]


def _find_outcome(values: dict[str, Any], rules: RuleSet) -> _Outcome:
    program = rules.program
    program.run(values)
    holds = {rule.id for rule in rules.rules if values[rule.where] is True}
    listed = [rule for rule in rules.rules if rule.unless not in holds]
    matched = [rule for rule in listed if values[rule.where] is True]
    possible = [rule for rule in listed if values[rule.where] is None]
    tier = matched[0].tier if matched else None
    higher = [rule for rule in possible if rule.tier > (tier or 0)]
    clashes = tuple(name for name in rules.clashes if values[name] is True)
    grounds = {rule.id: program.grounds(rule.where, values) for rule in (*matched, *higher)}
    grounds |= {name: program.grounds(name, values) for name in clashes}
    return _Outcome(
        tier=tier,
        at_most=higher[0].tier if higher else tier,
        matched=tuple(rule.id for rule in matched),
        possible=tuple(rule.id for rule in possible),
        unknown=_joined(grounds[rule.id] for rule in higher),
        used=_joined(grounds[name] for name in (*(rule.id for rule in matched), *clashes)),
        grounds=grounds,
        clashes=clashes,
    )


def _joined(names: Iterable[tuple[str, ...]]) -> tuple[str, ...]:
    """All names in order, each once."""
    return tuple(dict.fromkeys(chain.from_iterable(names)))
