"""A judgement in words, for the leader who asks why."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from ledger.domain.tiers.engine import Judgement
from ledger.domain.tiers.model import TIER_NAMES, UNDETERMINED, Rule
from ledger.domain.tiers.rules import RuleSet

Choices = Mapping[str, Mapping[str, str]]


def tier_name(tier: int | None, rules: RuleSet) -> str:
    """The tier's name by these rules, ``待研判`` for none."""
    if tier is None:
        return UNDETERMINED
    return rules.tiers[tier].name if tier in rules.tiers else TIER_NAMES[tier]


def explain(
    judgement: Judgement,
    rules: RuleSet,
    labels: Mapping[str, str],
    choices: Choices | None = None,
) -> list[str]:
    """Why this tier, and what could still raise it: Chinese lines, plain text.

    Parameters
    ----------
    judgement : Judgement
        Made by the same ``rules``.
    labels : mapping
        Chinese label of each fact; the rule file's own label, then the key, stand in.
    choices : mapping, optional
        Per choice fact, the Chinese label of each key.
    """
    words = _Words(rules, labels, choices or {})
    tier = judgement.tier or 0
    matched = [rules.rule(rule_id) for rule_id in judgement.matched]
    possible = [rules.rule(rule_id) for rule_id in judgement.possible]
    lines = [words.reason(rule, judgement) for rule in matched] or [_undecided(judgement, rules)]
    lines += [words.question(rule, judgement) for rule in possible if rule.tier > tier]
    return lines


def _undecided(judgement: Judgement, rules: RuleSet) -> str:
    if judgement.at_most is None:
        return f"{UNDETERMINED}：现有规则没有涵盖这种情况，请人工研判。"
    highest = tier_name(judgement.at_most, rules)
    return f"{UNDETERMINED}：已知事实不足以定级，最高可能为{highest}，请先查明下列事实。"


class _Words:
    """Names of facts, values and rules as people read them."""

    def __init__(self, rules: RuleSet, labels: Mapping[str, str], choices: Choices) -> None:
        self._rules = rules
        self._labels = labels
        self._choices = choices

    def reason(self, rule: Rule, judgement: Judgement) -> str:
        facts = "、".join(
            f"{self._label(key)}为{self._value(key, judgement.facts_used[key])}"
            for key in judgement.grounds[rule.id]
        )
        known = f"事实：{facts}。" if facts else ""
        name = tier_name(rule.tier, self._rules)
        return f"{name}：{rule.label}（规则 {rule.id}）。{known}依据：{rule.source}。"

    def question(self, rule: Rule, judgement: Judgement) -> str:
        facts = "、".join(self._label(key) for key in judgement.grounds[rule.id])
        name = tier_name(rule.tier, self._rules)
        verb = "可能为" if judgement.tier is None else "可能升至"
        return f"{verb}{name}：{rule.label}（规则 {rule.id}），尚不详：{facts}。"

    def _label(self, key: str) -> str:
        declared = self._rules.facts.get(key)
        return self._labels.get(key) or (declared.label if declared else "") or key

    def _value(self, key: str, value: object) -> str:
        if value is True or value is False:
            return "是" if value else "否"
        if isinstance(value, str):
            declared = self._rules.facts.get(key)
            known = self._choices.get(key) or (declared.choices if declared else {})
            return known.get(value.strip(), value.strip())
        if isinstance(value, (float, Decimal)) and value == int(value):
            return str(int(value))
        return str(value)
