"""A judgement in words, for the leader who asks why."""

from __future__ import annotations

from collections.abc import Mapping

from ledger.domain.tiers.condition_words import ConditionWords
from ledger.domain.tiers.engine import Judgement
from ledger.domain.tiers.model import TIER_NAMES, UNDETERMINED, Rule
from ledger.domain.tiers.rules import RuleSet
from ledger.domain.tiers.value_words import Choices, ValueWords


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
    conditions: ConditionWords | None = None,
    units: Mapping[str, str] | None = None,
) -> list[str]:
    """Why this tier, what could still raise it, what contradicts: Chinese lines, plain text.

    Parameters
    ----------
    judgement : Judgement
        Made by the same ``rules``.
    labels : mapping
        Chinese label of each fact; the rule file's own label, then the key, stand in.
    choices : mapping, optional
        Per choice fact, the Chinese label of each key.
    conditions : ConditionWords, optional
        Says when each matched rule holds; left out without.
    units : mapping, optional
        Unit of each number fact that has one.
    """
    words = _Words(rules, labels, choices or {}, conditions, units)
    tier = judgement.tier or 0
    matched = [rules.rule(rule_id) for rule_id in judgement.matched]
    possible = [rules.rule(rule_id) for rule_id in judgement.possible]
    clashes = [words.clash(name, judgement) for name in judgement.clashes]
    lines = [words.reason(rule, judgement) for rule in matched]
    if not lines:
        lines = [f"{UNDETERMINED}：{clashes.pop(0)}" if clashes else _undecided(judgement, rules)]
    lines += [words.question(rule, judgement) for rule in possible if rule.tier > tier]
    return lines + clashes


def _undecided(judgement: Judgement, rules: RuleSet) -> str:
    if judgement.at_most is None:
        return f"{UNDETERMINED}：现有规则没有涵盖这种情况，请人工研判。"
    highest = tier_name(judgement.at_most, rules)
    return f"{UNDETERMINED}：已知事实不足以定级，最高可能为{highest}，请先查明下列事实。"


class _Words(ValueWords):
    """Names of facts, values and rules as people read them."""

    def __init__(
        self,
        rules: RuleSet,
        labels: Mapping[str, str],
        choices: Choices,
        conditions: ConditionWords | None,
        units: Mapping[str, str] | None,
    ) -> None:
        super().__init__(rules.facts, labels, choices, units)
        self._rules = rules
        self._conditions = conditions

    def reason(self, rule: Rule, judgement: Judgement) -> str:
        facts = self._facts_of(rule.id, judgement)
        known = f"事实：{facts}。" if facts else ""
        name = tier_name(rule.tier, self._rules)
        when = f"条件：{self._conditions.of_rule(rule)}。" if self._conditions else ""
        return f"{name}：{rule.label}（规则 {rule.id}）。{when}{known}依据：{rule.source}。"

    def question(self, rule: Rule, judgement: Judgement) -> str:
        facts = "、".join(self.label(key) for key in judgement.grounds[rule.id])
        name = tier_name(rule.tier, self._rules)
        verb = "可能为" if judgement.tier is None else "可能升至"
        return f"{verb}{name}：{rule.label}（规则 {rule.id}），尚不详：{facts}。"

    def clash(self, name: str, judgement: Judgement) -> str:
        label = self._rules.definitions[name].label
        return f"{label}（{self._facts_of(name, judgement)}）。请先核实，改正不实的一处。"

    def _facts_of(self, name: str, judgement: Judgement) -> str:
        used = judgement.facts_used
        return "、".join(self.stated(key, used[key]) for key in judgement.grounds[name])
