"""The comparisons of numbers in rules, as linear forms that are below, at or above nothing.

``max_deposit > 12 * monthly_bed_fee`` asks whether the form ``max_deposit - 12 monthly_bed_fee`` is
above 0. Conditions over the same form are questions about one number; forms that share facts belong
together (:mod:`ledger.domain.tiers.regions`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import NamedTuple

from ledger.domain.tiers.errors import RuleError
from ledger.domain.tiers.syntax import (
    Comparison,
    Number,
    NumberAmong,
    NumberFact,
    NumberNode,
    Product,
    Sum,
)

# Signs of a form for which each comparison says yes.
_YES = {">": {1}, ">=": {0, 1}, "<": {-1}, "<=": {-1, 0}, "==": {0}, "!=": {-1, 1}}


class Form(NamedTuple):
    """``terms`` added up, and ``constant``; the first factor is 1, so that equal forms are one."""

    terms: tuple[tuple[str, Fraction], ...]
    constant: Fraction

    @property
    def names(self) -> tuple[str, ...]:
        """The facts it is made of."""
        return tuple(name for name, _ in self.terms)


class Question(NamedTuple):
    """Whether the sign of a form is one of ``signs``; a form of no facts has its sign already."""

    form: Form
    signs: frozenset[int]


def questions(test: Comparison | NumberAmong, where: str) -> tuple[Question, ...]:
    """What a comparison asks: it says yes if the answer to one of the questions is yes.

    Raises
    ------
    RuleError
        Where two facts are multiplied: settings of such a rule cannot be gone through.
    """
    if isinstance(test, Comparison):
        left, right = _linear(test.left, where), _linear(test.right, where)
        return (_question(_added(left, right, -1), _YES[test.operator]),)
    number = _linear(test.operand, where)
    return tuple(
        _question(_added(number, ({}, Fraction(value)), -1), _YES["=="]) for value in test.values
    )


_Linear = tuple[dict[str, Fraction], Fraction]


def _linear(node: NumberNode, where: str) -> _Linear:
    match node:
        case Number(value):
            return {}, Fraction(value)
        case NumberFact(name):
            return {name: Fraction(1)}, Fraction(0)
        case Sum(terms):
            total: _Linear = ({}, Fraction(0))
            for sign, term in terms:
                total = _added(total, _linear(term, where), sign)
            return total
        case Product(factors):
            return _multiplied([_linear(factor, where) for factor in factors], where)
        case _:
            raise TypeError(f"limits are bound before: {node!r}")


def _added(left: _Linear, right: _Linear, sign: int) -> _Linear:
    parts = dict(left[0])
    for name, factor in right[0].items():
        parts[name] = parts.get(name, Fraction(0)) + sign * factor
    kept = {name: factor for name, factor in parts.items() if factor}
    return kept, left[1] + sign * right[1]


def _multiplied(factors: list[_Linear], where: str) -> _Linear:
    result: _Linear = ({}, Fraction(1))
    for factor in factors:
        if result[0] and factor[0]:
            facts = "、".join((*result[0], *factor[0]))
            message = (
                f"{facts} 是两个事实相乘，这样的条件无法逐一核对是否公平，"
                "请改写成事实乘数字或限额，例如 a > 12 * b"
            )
            raise RuleError(message, where=where)
        scale, other = (factor[1], result) if result[0] else (result[1], factor)
        parts = {name: value * scale for name, value in other[0].items() if value * scale}
        result = (parts, other[1] * scale)
    return result


def _question(linear: _Linear, signs: Iterable[int]) -> Question:
    parts, constant = linear
    terms = tuple(sorted(parts.items()))
    if not terms:
        return Question(Form((), constant), frozenset(signs))
    scale = terms[0][1]
    form = Form(tuple((name, factor / scale) for name, factor in terms), constant / scale)
    turned = -1 if scale < 0 else 1
    return Question(form, frozenset(sign * turned for sign in signs))


def sign_of(form: Form, values: Mapping[str, Fraction]) -> int:
    """-1, 0 or 1 as the form lies below, at or above nothing."""
    total = sum((factor * values[name] for name, factor in form.terms), form.constant)
    return (total > 0) - (total < 0)
