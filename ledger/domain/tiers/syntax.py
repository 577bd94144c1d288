"""The tree of a rule: immutable nodes and what can be asked of them without any facts.

Sums, products, "and" and "or" hold all their operands side by side, so that a long chain is not a
deep tree.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeAlias

from ledger.domain.tiers.facts import FactType


@dataclass(frozen=True, slots=True)
class Number:
    """A number written in the rule, or a limit already filled in."""

    value: Decimal
    position: int = 0


@dataclass(frozen=True, slots=True)
class Limit:
    """``limits.name`` as a number."""

    name: str
    position: int = 0


@dataclass(frozen=True, slots=True)
class NumberFact:
    """A fact that is a number."""

    name: str
    position: int = 0


@dataclass(frozen=True, slots=True)
class Sum:
    """``terms`` added up; a negative sign subtracts."""

    terms: tuple[tuple[int, NumberNode], ...]


@dataclass(frozen=True, slots=True)
class Product:
    """``factors`` multiplied."""

    factors: tuple[NumberNode, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two numbers compared by one of ``> >= < <= == !=``."""

    operator: str
    left: NumberNode
    right: NumberNode


@dataclass(frozen=True, slots=True)
class NumberAmong:
    """A number is one of a list."""

    operand: NumberNode
    values: tuple[Decimal, ...]


@dataclass(frozen=True, slots=True)
class TextAmong:
    """A text or choice is one of a list; ``==`` is a list of one."""

    name: str
    values: tuple[str, ...]
    position: int = 0


@dataclass(frozen=True, slots=True)
class LimitIsSet:
    """``limits.name is set``."""

    name: str
    position: int = 0


@dataclass(frozen=True, slots=True)
class TriFact:
    """A name standing alone: a yes/no/unknown fact, or a definition until names are resolved."""

    name: str
    position: int = 0


@dataclass(frozen=True, slots=True)
class Reference:
    """The value of a definition, or of another rule, judged before."""

    name: str


@dataclass(frozen=True, slots=True)
class Constant:
    """A yes or no that no fact can change: what is left of ``limits.x is set``."""

    value: bool


@dataclass(frozen=True, slots=True)
class Not:
    """The opposite of its operand."""

    operand: Node


@dataclass(frozen=True, slots=True)
class All:
    """Operands joined by ``and``."""

    operands: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Either:
    """Operands joined by ``or``."""

    operands: tuple[Node, ...]


NumberNode: TypeAlias = Number | Limit | NumberFact | Sum | Product
Test: TypeAlias = Comparison | NumberAmong | TextAmong
Node: TypeAlias = Test | LimitIsSet | TriFact | Reference | Constant | Not | All | Either


def children(node: Node | NumberNode) -> tuple[Node | NumberNode, ...]:
    """The nodes directly below."""
    match node:
        case Sum(terms):
            return tuple(term for _, term in terms)
        case Product(factors):
            return factors
        case Comparison(_, left, right):
            return (left, right)
        case NumberAmong(operand, _) | Not(operand):
            return (operand,)
        case All(operands) | Either(operands):
            return operands
        case _:
            return ()


def walk(node: Node | NumberNode) -> Iterator[Node | NumberNode]:
    """The node and everything below it, in the order of the text."""
    yield node
    for child in children(node):
        yield from walk(child)


@dataclass(frozen=True, slots=True)
class Use:
    """One mention of a fact: which, as what type, where in the text, against which texts."""

    name: str
    type: FactType
    position: int
    texts: tuple[str, ...] = ()


def uses(node: Node | NumberNode) -> Iterator[Use]:
    """Every mention of a fact in the tree, in the order of the text."""
    for part in walk(node):
        match part:
            case NumberFact(name, position):
                yield Use(name, FactType.NUMBER, position)
            case TriFact(name, position):
                yield Use(name, FactType.TRI, position)
            case TextAmong(name, values, position):
                yield Use(name, FactType.TEXT, position, values)


def fact_names(node: Node | NumberNode) -> tuple[str, ...]:
    """Names of the facts used, each once, in the order of the text."""
    return tuple(dict.fromkeys(use.name for use in uses(node)))


def depth(node: Node | NumberNode, referenced: Mapping[str, int]) -> int:
    """Levels of the tree, with each definition counted as deep as ``referenced`` says."""
    if isinstance(node, Reference):
        return 1 + referenced[node.name]
    return 1 + max((depth(child, referenced) for child in children(node)), default=0)
