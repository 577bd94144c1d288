"""The parts of a rule set."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from ledger.domain.tiers.facts import Fact
from ledger.domain.tiers.syntax import Node

TIER_NAMES = {1: "一类", 2: "二类", 3: "三类", 4: "四类"}
UNDETERMINED = "待研判"
# Offices speak of 绿黄橙红; rule files before 2026.12 called the first one blue.
FORMER_COLOURS = {"blue": "green"}
COLOURS = ("green", "yellow", "orange", "red")


@dataclass(frozen=True)
class Definition:
    """A condition with a name, used in several rules."""

    name: str
    label: str
    when: str
    source: str
    tree: Node = field(repr=False)

    @property
    def where(self) -> str:
        """How errors call it."""
        return f"定义 {self.name}"


@dataclass(frozen=True)
class Rule:
    """One reason for a tier.

    ``label`` is what a leader reads as the reason. With ``none_above`` the rule holds only if
    every rule of a higher tier definitely does not. ``unless`` names a rule of the same tier beside
    which this one is not listed: it says the same of more cases.
    """

    id: str
    tier: int
    label: str
    when: str
    source: str
    note: str
    none_above: bool
    unless: str
    tree: Node = field(repr=False)

    @property
    def where(self) -> str:
        """How errors call it; also its name among the compiled trees."""
        return f"规则 {self.id}"


@dataclass(frozen=True)
class Measure:
    """What a tier demands; ``days`` until it is due, None where no deadline is set."""

    name: str
    days: int | None = None


@dataclass(frozen=True)
class Tier:
    """A tier: its number, Chinese name, colour name, measures and consequences."""

    number: int
    name: str
    colour: str
    measures: tuple[Measure, ...]
    consequences: tuple[str, ...]


@dataclass(frozen=True)
class RuleFile:
    """Everything a rule file says.

    Two are equal when their texts are. ``rules`` stand highest tier first, within a tier in the
    order of the file. ``trees`` are definitions and rules ready to compile, each after those it
    refers to: limits filled in, definitions named as they are and rules by ``Rule.where``.
    ``limit_labels`` may also name limits that are not set. ``clashes`` are the definitions under
    which facts contradict each other.
    """

    fingerprint: str
    version: str = field(compare=False)
    effective: date = field(compare=False)
    title: str = field(compare=False)
    source: str = field(compare=False)
    limits: Mapping[str, Decimal] = field(compare=False)
    limit_labels: Mapping[str, str] = field(compare=False)
    facts: Mapping[str, Fact] = field(compare=False)
    definitions: Mapping[str, Definition] = field(compare=False)
    clashes: tuple[str, ...] = field(compare=False)
    rules: tuple[Rule, ...] = field(compare=False)
    tiers: Mapping[int, Tier] = field(compare=False)
    text: str = field(compare=False, repr=False)
    trees: Mapping[str, Node] = field(compare=False, repr=False)
