"""Evaluating bound trees, and naming the facts an answer rests on.

Every tree is turned into closures once; judging a record then walks no tree. One closure answers,
the other says *why*, and is asked only of answers that need explaining.

The values of one record are a plain dict: a number fact is an interval, a text a ``str`` or
``None``, a yes/no fact a :data:`~ledger.tiers.kleene.Truth`; a :class:`Reference` finds the value
of a definition or rule evaluated before under its name.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, NamedTuple, TypeAlias

from ledger.tiers import kleene
from ledger.tiers.kleene import Interval, Truth
from ledger.tiers.syntax import (
    All,
    Comparison,
    Constant,
    Either,
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
    fact_names,
)

Values: TypeAlias = Mapping[str, Any]
Judge: TypeAlias = Callable[[Values], Truth]
Measure: TypeAlias = Callable[[Values], Interval]
Grounds: TypeAlias = Callable[[Values], Iterator[str]]


class _Part(NamedTuple):
    """A compiled tree: what it answers, and the facts that answer rests on."""

    answer: Judge
    grounds: Grounds


class Program:
    """Named trees in order of evaluation, compiled once; each may refer to those before it."""

    def __init__(self, trees: Mapping[str, Node]) -> None:
        self._parts: dict[str, _Part] = {}
        for name, tree in trees.items():
            self._parts[name] = self._compile(tree)

    def run(self, values: dict[str, Any]) -> None:
        """Add the answer of every tree to the record's ``values`` under its name."""
        for name, part in self._parts.items():
            values[name] = part.answer(values)

    def grounds(self, name: str, values: Values) -> tuple[str, ...]:
        """Facts on which the answer of one tree rests, each once, in the order of the text.

        Of a yes or a no: the known facts that decide it. Of an unknown: the unknown facts that
        leave it open; one that a deciding operand makes irrelevant is not among them.
        """
        return tuple(dict.fromkeys(self._parts[name].grounds(values)))

    def _compile(self, node: Node) -> _Part:
        match node:
            case Reference(name):
                return _Part(lambda values: values[name], self._parts[name].grounds)
            case Constant(value):
                return _Part(lambda values: value, lambda values: iter(()))
            case Not(operand):
                answer, grounds = self._compile(operand)
                return _Part(lambda values: kleene.negation(answer(values)), grounds)
            case All(operands):
                return _join(kleene.conjunction, tuple(map(self._compile, operands)))
            case Either(operands):
                return _join(kleene.disjunction, tuple(map(self._compile, operands)))
            case _:
                return _compile_test(node)


def _join(join: Callable[[Iterable[Truth]], Truth], parts: tuple[_Part, ...]) -> _Part:
    """An "and" or "or": it rests on the operands that answer as the whole does."""
    answers = tuple(part.answer for part in parts)

    def answer(values: Values) -> Truth:
        return join([one(values) for one in answers])

    def grounds(values: Values) -> Iterator[str]:
        whole = answer(values)
        for part in parts:
            if part.answer(values) is whole:
                yield from part.grounds(values)

    return _Part(answer, grounds)


def _compile_test(node: Node) -> _Part:
    answer = _compile_answer(node)
    names = fact_names(node)

    def grounds(values: Values) -> Iterator[str]:
        decided = answer(values) is not None
        return (name for name in names if is_known(values[name]) is decided)

    return _Part(answer, grounds)


def is_known(value: object) -> bool:
    """Whether a fact's value in the record is known; an unknown number is no point."""
    if isinstance(value, tuple):
        return bool(value[0] == value[1])
    return value is not None


def _compile_answer(node: Node) -> Judge:
    match node:
        case TriFact(name):
            return lambda values: values[name]  # type: ignore[no-any-return]
        case TextAmong(name, texts):
            allowed = frozenset(texts)
            return lambda values: kleene.text_among(values[name], allowed)
        case NumberAmong(number, numbers):
            measured = compile_number(number)
            return lambda values: kleene.among(measured(values), numbers)
        case Comparison(operator, left, right):
            return _compile_comparison(operator, compile_number(left), compile_number(right))
        case _:
            raise TypeError(f"limits are bound before compiling: {node!r}")


def _compile_comparison(operator: str, left: Measure, right: Measure) -> Judge:
    match operator:
        case ">":
            return lambda values: kleene.greater(left(values), right(values))
        case "<":
            return lambda values: kleene.greater(right(values), left(values))
        case ">=":
            return lambda values: kleene.at_least(left(values), right(values))
        case "<=":
            return lambda values: kleene.at_least(right(values), left(values))
        case "==":
            return lambda values: kleene.equal(left(values), right(values))
        case _:
            return lambda values: kleene.negation(kleene.equal(left(values), right(values)))


def compile_number(node: NumberNode) -> Measure:
    """The closure that gives the interval a number lies in."""
    match node:
        case Number(value):
            fixed = kleene.point(value)
            return lambda values: fixed
        case NumberFact(name):
            return lambda values: values[name]  # type: ignore[no-any-return]
        case Sum(terms):
            signed = tuple((sign, compile_number(term)) for sign, term in terms)
            return lambda values: _add(signed, values)
        case Product(factors):
            parts = tuple(map(compile_number, factors))
            return lambda values: _multiply(parts, values)
        case _:
            raise TypeError(f"limits are bound before compiling: {node!r}")


def _add(terms: tuple[tuple[int, Measure], ...], values: Values) -> Interval:
    total = kleene.point(kleene.ZERO)
    for sign, term in terms:
        interval = term(values)
        total = kleene.plus(total, interval if sign > 0 else kleene.minus(interval))
    return total


def _multiply(factors: tuple[Measure, ...], values: Values) -> Interval:
    result = factors[0](values)
    for factor in factors[1:]:
        result = kleene.times(result, factor(values))
    return result
