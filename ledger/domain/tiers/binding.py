"""Filling limits and definitions into parsed trees, so that only facts remain open.

A limit that is not set has no value: ``limits.x is set`` becomes a plain no, the "and" it stands in
falls away with everything beside it, and what compares with the limit elsewhere is refused. A rule
whose facts are all known is therefore always decided.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from ledger.domain.tiers.errors import RuleError, nearest
from ledger.domain.tiers.syntax import (
    All,
    Comparison,
    Constant,
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
    Reference,
    Sum,
    TextAmong,
    TriFact,
    depth,
    walk,
)

DEEPEST_TREE = 100


@dataclass(frozen=True)
class Scope:
    """What names may mean inside one rule: the limits that are set and all definitions."""

    limits: Mapping[str, Decimal]
    definitions: frozenset[str]
    where: str


def bind(node: Node, scope: Scope) -> Node:
    """The tree with limits filled in, definitions referred to and constants folded away.

    Raises
    ------
    RuleError
        When a comparison needs a limit that is not set, or a definition is compared.
    """
    for part in walk(node):
        if isinstance(part, (NumberFact, TextAmong)) and part.name in scope.definitions:
            message = f"定义 {part.name} 只答是或否，不能当数字或文字比较，请用 and、or、not 连接"
            raise RuleError(message, where=scope.where, position=part.position)
    folded = _fold(node, scope)
    for part in walk(folded):
        if isinstance(part, Limit):
            raise _unset(part, scope)
    return folded


def _unset(limit: Limit, scope: Scope) -> RuleError:
    message = (
        f"限额 {limit.name} 没有设定，请在 [limits] 里填写，"
        f"或先判断 limits.{limit.name} is set。{nearest(limit.name, scope.limits)}"
    )
    return RuleError(message, where=scope.where, position=limit.position)


def _fold(node: Node, scope: Scope) -> Node:
    match node:
        case LimitIsSet(name):
            return Constant(name in scope.limits)
        case TriFact(name) if name in scope.definitions:
            return Reference(name)
        case Not(operand):
            inner = _fold(operand, scope)
            return Constant(not inner.value) if isinstance(inner, Constant) else Not(inner)
        case All(operands):
            return _fold_joined(All, False, operands, scope)
        case Either(operands):
            return _fold_joined(Either, True, operands, scope)
        case Comparison(operator, left, right):
            return Comparison(operator, _fill(left, scope), _fill(right, scope))
        case NumberAmong(number, values):
            return NumberAmong(_fill(number, scope), values)
        case _:
            return node


def _fold_joined(
    join: type[All] | type[Either], deciding: bool, operands: tuple[Node, ...], scope: Scope
) -> Node:
    """Drop constant operands that change nothing; one that decides replaces the whole."""
    kept: list[Node] = []
    for operand in (_fold(operand, scope) for operand in operands):
        if not isinstance(operand, Constant):
            kept.append(operand)
        elif operand.value is deciding:
            return operand
    if not kept:
        return Constant(not deciding)
    return kept[0] if len(kept) == 1 else join(tuple(kept))


def _fill(node: NumberNode, scope: Scope) -> NumberNode:
    match node:
        case Limit(name, position) if name in scope.limits:
            return Number(scope.limits[name], position)
        case Sum(terms):
            return Sum(tuple((sign, _fill(term, scope)) for sign, term in terms))
        case Product(factors):
            return Product(tuple(_fill(factor, scope) for factor in factors))
        case _:
            return node


def in_order(trees: Mapping[str, Node]) -> dict[str, Node]:
    """Bound trees by name, each placed after those it refers to.

    Rules stand among them as ``规则 ID``; a definition's name holds no blank.

    Raises
    ------
    RuleError
        When definitions refer to each other in a circle, or are nested too deep.
    """
    ordered: dict[str, Node] = {}
    depths: dict[str, int] = {}
    for name in trees:
        _place(name, trees, ordered, depths, ())
    return ordered


def _place(
    name: str,
    trees: Mapping[str, Node],
    ordered: dict[str, Node],
    depths: dict[str, int],
    path: tuple[str, ...],
) -> None:
    if name in ordered:
        return
    if name in path:
        circle = " → ".join((*path[path.index(name) :], name))
        raise RuleError(f"定义互相引用成圈：{circle}，请改掉其中一处", where=_where(name))
    if len(path) > DEEPEST_TREE:
        raise _too_deep(_where(name))
    for referred in references(trees[name]):
        _place(referred, trees, ordered, depths, (*path, name))
    depths[name] = depth(trees[name], depths)
    if depths[name] > DEEPEST_TREE:
        raise _too_deep(_where(name))
    ordered[name] = trees[name]


def _where(name: str) -> str:
    return name if " " in name else f"定义 {name}"


def references(node: Node) -> tuple[str, ...]:
    """Names of the definitions a bound tree refers to."""
    return tuple(dict.fromkeys(part.name for part in walk(node) if isinstance(part, Reference)))


def _too_deep(where: str) -> RuleError:
    return RuleError(f"条件连同引用的定义，总深度超过 {DEEPEST_TREE}，请减少层次", where=where)
