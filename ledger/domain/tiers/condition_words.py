"""A condition of a rule file in Chinese words, from its tree (`ledger.domain.tiers.syntax`).

``large and not assets_cover_debts`` reads 符合“预收费数额较大”，且资可抵债为“否”.
Facts and choices are called by their labels, numbers carry the unit of the fact they are compared
with, limits stand with their value and label.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from ledger.domain.tiers.model import Rule
from ledger.domain.tiers.syntax import (
    All,
    Comparison,
    Either,
    Limit,
    LimitIsSet,
    Node,
    Not,
    Number,
    NumberAmong,
    NumberFact,
    NumberNode,
    Product,
    Sum,
    TextAmong,
    TriFact,
    walk,
)
from ledger.domain.tiers.value_words import Choices, counted_unit

_SIGNS = {
    ">": "超过", ">=": "不少于", "<": "少于", "<=": "不超过", "==": "等于", "!=": "不等于",
}  # fmt: skip
_OPPOSITE = {">": "<=", ">=": "<", "<": ">=", "<=": ">", "==": "!=", "!=": "=="}


@dataclass(frozen=True)
class ConditionWords:
    """What names in conditions are called.

    Parameters
    ----------
    labels : mapping
        Chinese label of each fact; the key stands in.
    choices : mapping
        Per choice fact, the Chinese label of each key.
    units : mapping
        Unit of each number fact, if it has one.
    definitions : mapping
        Label of each definition.
    limits : mapping
        Values of the limits that are set.
    limit_labels : mapping
        Label of each limit that has one, set or not.
    """

    labels: Mapping[str, str]
    choices: Choices = field(default_factory=dict)
    units: Mapping[str, str] = field(default_factory=dict)
    definitions: Mapping[str, str] = field(default_factory=dict)
    limits: Mapping[str, Decimal] = field(default_factory=dict)
    limit_labels: Mapping[str, str] = field(default_factory=dict)

    def said(self, node: Node) -> str:
        """The condition in words, without a full stop."""
        return self._said(node, True)

    def of_rule(self, rule: Rule) -> str:
        """When a rule holds, in words."""
        said = self.said(rule.tree)
        return f"更高各类的规则都确定不成立，且{said}" if rule.none_above else said

    def _said(self, node: Node, wanted: bool) -> str:
        match node:
            case Not(operand):
                return self._said(operand, not wanted)
            case All(operands) | Either(operands):
                # Not both is either not: the opposite of a whole is the other join of opposites.
                every = isinstance(node, All) is wanted
                parts = [self._part(one, wanted, every) for one in operands]
                return ("，且" if every else "，或").join(parts)
            case TriFact(name) if name in self.definitions:
                return f"{'' if wanted else '不'}符合“{self.definitions[name]}”"
            case TriFact(name):
                return f"{self._label(name)}为“{'是' if wanted else '否'}”"
            case TextAmong(name, values):
                known = self.choices.get(name, {})
                listed = "或".join(f"“{known.get(value, value)}”" for value in values)
                return f"{self._label(name)}{'为' if wanted else '不是'}{listed}"
            case NumberAmong(operand, values):
                unit = self._unit(operand)
                listed = "或".join(f"{_plain(value, unit)}{unit}" for value in values)
                return f"{self._number(operand, '')}{'为' if wanted else '不是'}{listed}"
            case Comparison(operator, left, right):
                unit = self._unit(left) or self._unit(right)
                sign = _SIGNS[operator if wanted else _OPPOSITE[operator]]
                return f"{self._number(left, unit)}{sign}{self._number(right, unit)}"
            case LimitIsSet(name):
                there = "（已设定）" if name in self.limits else "（现未设定）"
                return f"{'' if wanted else '没有'}设定{self._limit(name)}{there}"
        raise TypeError(f"conditions in words are not bound: {node!r}")

    def _part(self, node: Node, wanted: bool, every: bool) -> str:
        """One operand; one that joins otherwise stands in brackets."""
        inner, sign = node, wanted
        while isinstance(inner, Not):
            inner, sign = inner.operand, not sign
        said = self._said(inner, sign)
        joins = isinstance(inner, (All, Either))
        return f"（{said}）" if joins and (isinstance(inner, All) is sign) is not every else said

    def _number(self, node: NumberNode, unit: str) -> str:
        match node:
            case Number(value):
                return f"{_plain(value, unit)}{unit}"
            case Limit(name):
                set_to = self.limits.get(name)
                if set_to is None:
                    return self._limit(name)
                return f"{_plain(set_to, unit)}{unit}{self._mark(name)}"
            case NumberFact(name):
                return self._label(name)
            case Sum(terms) if all(sign > 0 for sign, _ in terms):
                return "、".join(self._number(term, unit) for _, term in terms) + "之和"
            case Sum(terms):
                parts = [
                    f"{'加' if sign > 0 else '减'}{self._number(term, unit)}"
                    for sign, term in terms
                ]
                return "".join(parts).removeprefix("加")
            case Product(factors):
                return self._times(factors)
        raise TypeError(f"not a number: {node!r}")

    def _times(self, factors: tuple[NumberNode, ...]) -> str:
        """``12 * fee`` as 月床位费的12倍."""
        facts = [one for one in factors if any(isinstance(p, NumberFact) for p in walk(one))]
        others = [one for one in factors if one not in facts]
        told = "乘".join(self._number(one, "") for one in facts)
        if not facts or not others:
            return told or "乘".join(self._number(one, "") for one in others)
        limits = [one.name for one in others if isinstance(one, Limit) and one.name in self.limits]
        times = "乘".join(
            _plain(self.limits[one.name], "")
            if isinstance(one, Limit) and one.name in limits
            else self._number(one, "")
            for one in others
        )
        return f"{told}的{times}倍{''.join(self._mark(name) for name in limits)}"

    def _limit(self, name: str) -> str:
        label = self.limit_labels.get(name)
        return f"限额“{label}”" if label else f"限额 {name}"

    def _mark(self, name: str) -> str:
        label = self.limit_labels.get(name)
        return f"（限额：{label}）" if label else "（限额）"

    def _label(self, name: str) -> str:
        return self.labels.get(name) or name

    def _unit(self, node: NumberNode) -> str:
        """The unit of the first fact that has one."""
        names = (part.name for part in walk(node) if isinstance(part, NumberFact))
        unit = next((self.units[name] for name in names if self.units.get(name)), "")
        return counted_unit(unit)


def _plain(value: Decimal, unit: str) -> str:
    return f"{value:,f}" if unit else f"{value:f}"
