"""All settings of the facts of a rule set, and the tier that the rules give to each.

A setting says something of every fact. Of a yes/no fact there are two answers, of a choice its
keys, of numbers the regions that the conditions tell apart (:mod:`ledger.domain.tiers.regions`).
The tier of every setting at once is a decision diagram.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

from ledger.domain.tiers.diagram import Diagram
from ledger.domain.tiers.facts import Fact, FactType
from ledger.domain.tiers.forms import Question, questions
from ledger.domain.tiers.regions import Group, groups
from ledger.domain.tiers.rules import RuleSet
from ledger.domain.tiers.syntax import (
    All,
    Comparison,
    Constant,
    Either,
    Node,
    Not,
    NumberAmong,
    Reference,
    Test,
    TextAmong,
    TriFact,
    walk,
)
from ledger.domain.tiers.worse import direction, steps

CLASH = "clash"  # no rule holds, and facts contradict each other
UNCOVERED = "uncovered"  # no rule holds although nothing is unknown and nothing contradicts
OTHER = "\x00"  # a text that no condition names


@dataclass(frozen=True)
class Dimension:
    """One thing that settings differ in: a fact with its answers, or a group of numbers."""

    names: tuple[str, ...]
    values: tuple[object, ...]
    group: Group | None = None

    def facts(self, value: int) -> dict[str, object]:
        """The facts of one of its values; of a region, numbers that lie in it."""
        if self.group is not None:
            return dict(self.group.regions[value].witness)
        return {self.names[0]: self.values[value]}


class Settings:
    """The settings of a rule set.

    Parameters
    ----------
    rules : RuleSet
    declared : mapping
        What the ledger declares of its facts; the rule file's ``[facts]`` add to it.

    Attributes
    ----------
    facts : mapping
        What is declared of each fact, by both.
    dimensions : tuple of Dimension
    diagram, root : Diagram, int
        The tier of every setting: 1 to 4, `CLASH` or `UNCOVERED`.
    clash : int
        Where facts contradict each other, whether or not a rule holds.

    Raises
    ------
    RuleError
        Where settings cannot be gone through: facts multiplied, or too many comparisons.
    """

    def __init__(self, rules: RuleSet, declared: Mapping[str, Fact]) -> None:
        self.rules = rules
        self.facts = _both(rules.facts, declared)
        asked = {
            (where, part): questions(part, where if " " in where else f"定义 {where}")
            for where, tree in rules.trees.items()
            for part in walk(tree)
            if isinstance(part, (Comparison, NumberAmong))
        }
        self._questions: dict[Comparison | NumberAmong, tuple[Question, ...]] = {
            part: found for (_, part), found in asked.items()
        }
        every = [one for found in self._questions.values() for one in found]
        self._groups = groups(every, self.facts)
        self.dimensions = tuple(self._dimensions())
        self.of = {name: n for n, one in enumerate(self.dimensions) for name in one.names}
        self.diagram = Diagram([len(one.values) for one in self.dimensions])
        self.root, self.clash = self._tiers()

    def _dimensions(self) -> Iterator[Dimension]:
        """In the order in which rules, high tiers first, speak of them."""
        seen: set[str] = set()
        texts: dict[str, dict[str, None]] = {}
        for tree in self.rules.trees.values():
            for part in walk(tree):
                if isinstance(part, TextAmong):
                    texts.setdefault(part.name, {}).update(dict.fromkeys(part.values))
        for name in (*self.rules.fact_types, *texts):
            if name in seen or not self._used(name):
                continue
            group = next((one for one in self._groups if name in one.names), None)
            fact = self.facts.get(name)
            if group is not None:
                seen.update(group.names)
                yield Dimension(group.names, tuple(range(len(group.regions))), group)
                continue
            seen.add(name)
            if self.rules.fact_types[name] is FactType.NUMBER:
                continue  # it cancels out
            if name not in texts:
                good = direction(fact) == -1
                yield Dimension((name,), (good, not good))
            else:
                order = steps(fact)
                keys: list[str] = (
                    [*fact.choices] if fact and fact.choices else [*texts[name], OTHER]
                )
                yield Dimension(
                    (name,), tuple(sorted(keys, key=lambda key: order.get(str(key), 0)))
                )

    def _used(self, name: str) -> bool:
        return name in {one for one, _ in self.rules.readers}

    def _tiers(self) -> tuple[int, int]:
        nodes: dict[str, int] = {}
        for name, tree in self.rules.trees.items():
            nodes[name] = self._node(tree, nodes)
        diagram = self.diagram
        clash = diagram.any_of(nodes[name] for name in self.rules.clashes)
        root = diagram.where(clash, CLASH, diagram.answer(UNCOVERED))
        for rule in reversed(self.rules.rules):
            root = diagram.where(nodes[rule.where], rule.tier, root)
        return root, clash

    def _node(self, tree: Node, nodes: Mapping[str, int]) -> int:
        match tree:
            case Reference(name):
                return nodes[name]
            case Constant(value):
                return self.diagram.answer(value)
            case Not(operand):
                return self.diagram.opposite(self._node(operand, nodes))
            case All(operands):
                return self.diagram.all_of(self._node(one, nodes) for one in operands)
            case Either(operands):
                return self.diagram.any_of(self._node(one, nodes) for one in operands)
            case _:
                return self._test(tree)

    def _test(self, test: TriFact | Test | Any) -> int:
        if isinstance(test, (Comparison, NumberAmong)):
            return self.diagram.any_of(self._asked(one) for one in self._questions[test])
        at = self.of[test.name]
        values = self.dimensions[at].values
        if isinstance(test, TriFact):
            return self.diagram.literal(at, [value is True for value in values])
        return self.diagram.literal(at, [value in test.values for value in values])

    def _asked(self, question: Question) -> int:
        if not question.form.terms:
            constant = question.form.constant
            sign = (constant > 0) - (constant < 0)
            return self.diagram.answer(sign in question.signs)
        at = self.of[question.form.names[0]]
        (group,) = (one for one in self._groups if question.form in one.forms)
        return self.diagram.literal(at, group.says(question))


def _both(own: Mapping[str, Fact], declared: Mapping[str, Fact]) -> dict[str, Fact]:
    """What rule file and ledger declare of each fact: the file's bounds, either's words.

    The most that a ledger lets people type in is left out: it is no property of the fact.
    """
    found = {key: replace(fact, maximum=None) for key, fact in declared.items()}
    for key, fact in own.items():
        other = declared.get(key)
        found[key] = Fact(
            key,
            other.type if other else fact.type,
            fact.label or (other.label if other else ""),
            fact.minimum if fact.minimum is not None or other is None else other.minimum,
            fact.maximum,
            fact.choices or (other.choices if other else {}),
            fact.worse or (other.worse if other else ""),
            fact.whole or (other is not None and other.whole),
        )
    return found


def as_given(value: object) -> object:
    """A value of a setting as a record holds it: whole numbers as int, others as Decimal."""
    if not isinstance(value, Fraction):
        return value
    if value.denominator == 1:
        return int(value)
    return Decimal(value.numerator) / Decimal(value.denominator)
