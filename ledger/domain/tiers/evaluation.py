"""Evaluating bound trees, and naming the facts an answer rests on.

Every tree is turned into closures once; judging a record then walks no tree. One closure answers,
the other says *why*, and is asked only of answers that need explaining.

The values of one record are a plain dict: a number fact is an interval, a text a ``str`` or
``None``, a yes/no fact a :data:`~ledger.domain.tiers.kleene.Truth`; a :class:`Reference` finds the
value of a definition or rule evaluated before under its name.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from operator import itemgetter
from typing import Any, NamedTuple, TypeAlias

from ledger.domain.tiers import kleene
from ledger.domain.tiers.kleene import Interval, Truth
from ledger.domain.tiers.syntax import (
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
    Test,
    TextAmong,
    TriFact,
    fact_names,
    walk,
)

Values: TypeAlias = Mapping[str, Any]
Judge: TypeAlias = Callable[[Values], Truth]
Measure: TypeAlias = Callable[[Values], Interval]
Found: TypeAlias = dict[str, None]
Collect: TypeAlias = Callable[[Values, Truth, Found], None]


class _Part(NamedTuple):
    """A compiled tree: its answer, and what collects the facts that answer rests on."""

    answer: Judge
    collect: Collect


class Program:
    """Named trees in order of evaluation, compiled once; each may refer to those before it."""

    def __init__(self, trees: Mapping[str, Node]) -> None:
        every = [part for tree in trees.values() for part in walk(tree)]
        tests = dict.fromkeys(part for part in every if isinstance(part, Test))
        self._tests = [_compile_answer(test) for test in tests]
        self._tri = list(dict.fromkeys(part.name for part in every if isinstance(part, TriFact)))
        self._tested = list(dict.fromkeys(name for test in tests for name in fact_names(test)))
        self._parts: dict[str, _Part] = {}
        for name, tree in trees.items():
            self._parts[name] = self._compile(tree)
        self._answers = [(name, part.answer) for name, part in self._parts.items()]

    def pattern(self, values: Values) -> tuple[object, ...]:
        """All that answers and grounds depend on: what each test says, and what is known.

        Records with the same pattern get the same answers for the same reasons.
        """
        return (
            *[values[name] for name in self._tri],
            *[is_known(values[name]) for name in self._tested],
            *[test(values) for test in self._tests],
        )

    def run(self, values: dict[str, Any]) -> None:
        """Add the answer of every tree to the record's ``values`` under its name."""
        for name, answer in self._answers:
            values[name] = answer(values)

    def grounds(self, name: str, values: Values) -> tuple[str, ...]:
        """Facts on which the answer of one tree rests, each once, in the order of the text.

        ``values`` have been through :meth:`run`. Of a yes or a no: the known facts that decide it.
        Of an unknown: the unknown facts that leave it open; one that a deciding operand makes
        irrelevant is not among them.
        """
        found: dict[str, None] = {}
        self._parts[name].collect(values, values[name], found)
        return tuple(found)

    def _compile(self, node: Node) -> _Part:
        match node:
            case Reference(name):
                return _Part(itemgetter(name), self._parts[name].collect)
            case Constant(value):
                return _Part(lambda values: value, lambda values, answer, found: None)
            case Not(operand):
                return _negate(self._compile(operand))
            case All(operands):
                return _join(False, tuple(map(self._compile, operands)))
            case Either(operands):
                return _join(True, tuple(map(self._compile, operands)))
            case _:
                return _compile_test(node)


def _negate(part: _Part) -> _Part:
    inner, collect_inner = part

    def answer(values: Values) -> Truth:
        value = inner(values)
        return None if value is None else not value

    def collect(values: Values, answered: Truth, found: Found) -> None:
        collect_inner(values, None if answered is None else not answered, found)

    return _Part(answer, collect)


def _join(deciding: bool, parts: tuple[_Part, ...]) -> _Part:
    """An "and" (no decides) or an "or" (yes decides), as in :mod:`ledger.domain.tiers.kleene`.

    It rests on the operands that answer as the whole does. Written out here because it is the
    innermost loop of judging.
    """
    answers = tuple(part.answer for part in parts)

    def answer(values: Values) -> Truth:
        result: Truth = not deciding
        for one in answers:
            value = one(values)
            if value is deciding:
                return deciding
            if value is None:
                result = None
        return result

    def collect(values: Values, answered: Truth, found: Found) -> None:
        for part in parts:
            if part.answer(values) is answered:
                part.collect(values, answered, found)

    return _Part(answer, collect)


def _compile_test(node: Node) -> _Part:
    names = fact_names(node)

    def collect(values: Values, answered: Truth, found: Found) -> None:
        decided = answered is not None
        for name in names:
            if is_known(values[name]) is decided:
                found[name] = None

    return _Part(_compile_answer(node), collect)


def is_known(value: object) -> bool:
    """Whether a fact's value in the record is known; an unknown number is no point."""
    if isinstance(value, tuple):
        return bool(value[0] == value[1])
    return value is not None


def _compile_answer(node: Node) -> Judge:
    match node:
        case TriFact(name):
            return itemgetter(name)
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
            return itemgetter(name)
        case Sum(terms):
            signed = tuple((sign, compile_number(term)) for sign, term in terms)
            return lambda values: _add(signed, values)
        case Product(factors):
            parts = tuple(map(compile_number, factors))
            return lambda values: _multiply(parts, values)
        case _:
            raise TypeError(f"limits are bound before compiling: {node!r}")


def _add(terms: tuple[tuple[int, Measure], ...], values: Values) -> Interval:
    total = kleene.point(0)
    for sign, term in terms:
        interval = term(values)
        total = kleene.plus(total, interval if sign > 0 else kleene.minus(interval))
    return total


def _multiply(factors: tuple[Measure, ...], values: Values) -> Interval:
    result = factors[0](values)
    for factor in factors[1:]:
        result = kleene.times(result, factor(values))
    return result
