"""Refusing unfair rules, with a counter-example that people can follow."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ledger.domain.tiers.engine import judge
from ledger.domain.tiers.errors import RuleError
from ledger.domain.tiers.fairness import Fairness, Fall
from ledger.domain.tiers.model import TIER_NAMES
from ledger.domain.tiers.settings import OTHER, Settings, as_given
from ledger.domain.tiers.value_words import ValueWords
from ledger.domain.tiers.worse_numbers import Facts


def refuse_unfair(settings: Settings) -> Fairness:
    """The properties of rules that are total and monotone.

    Raises
    ------
    RuleError
        Naming a setting that no rule covers, or two of which the worse has the milder tier.
    """
    fairness = Fairness(settings)
    gap = fairness.gap()
    if gap is not None:
        raise RuleError(_uncovered(settings, gap.facts), where="规则不全")
    fall = fairness.fall()
    if fall is not None:
        raise RuleError(_falling(settings, fall), where="规则不公平")
    return fairness


def _uncovered(settings: Settings, facts: Facts) -> str:
    return (
        f"有的机构事实都已查明，却没有一条规则成立。例如：{_shown(settings, facts, facts)}。"
        "请补一条规则，或放宽一条规则的条件；没有发现风险的，可写一条 none_above = true 的一类规则"
    )


def _falling(settings: Settings, fall: Fall) -> str:
    words = _words(settings)
    moves = "，".join(
        f"{words.label(name)}由“{_value(words, name, fall.before[name])}”"
        f"变为“{_value(words, name, fall.after[name])}”"
        for name in fall.changed
    )
    tiers = f"由{TIER_NAMES[fall.tier_before]}降为{TIER_NAMES[fall.tier_after]}"
    beside = [name for name in _decisive(settings, fall) if name not in fall.changed]
    same = f"其余事实不变（例如{_shown(settings, fall.before, beside)}）时，" if beside else ""
    ids = "、".join(_matched(settings, fall))
    if fall.undeclared:
        return (
            f"{same}{moves}，等级{tiers}，反过来变也有变轻的情形，说不清哪一边更坏。"
            f"请在 [facts] 里用 worse 写明（分不出好坏的写 neither），或改写规则 {ids}"
        )
    return (
        f"{same}{moves}，事实更坏，等级却{tiers}。请改写规则 {ids} 的条件，使更坏的事实等级不更轻"
    )


def _decisive(settings: Settings, fall: Fall) -> list[str]:
    """The facts on which both tiers rest, without the many in order that a tier one rests on."""
    before = judge(_given(fall.before), settings.rules).facts_used
    after = judge(_given(fall.after), settings.rules).facts_used
    return list(dict.fromkeys([*before, *(() if fall.tier_after == 1 else after)]))


def _matched(settings: Settings, fall: Fall) -> list[str]:
    return [
        rule
        for facts in (fall.before, fall.after)
        for rule in judge(_given(facts), settings.rules).matched[:1]
    ]


def _given(facts: Mapping[str, object]) -> dict[str, object]:
    return {key: as_given(value) for key, value in facts.items()}


def _shown(settings: Settings, facts: Facts, names: Iterable[str]) -> str:
    words = _words(settings)
    return "、".join(f"{words.label(name)}为{_value(words, name, facts[name])}" for name in names)


def _value(words: ValueWords, name: str, value: object) -> str:
    return "别的内容" if value == OTHER else words.value(name, value)


def _words(settings: Settings) -> ValueWords:
    labels = {key: fact.label for key, fact in settings.facts.items()}
    choices = {key: fact.choices for key, fact in settings.facts.items() if fact.choices}
    return ValueWords(settings.facts, labels, choices)
