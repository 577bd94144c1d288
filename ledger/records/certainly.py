"""Conditions of rules and canonical values as SQL: a condition holds only where it certainly does.

Unknown stays unknown, as in the tier rules: a blank amount is at least what its column allows (0),
so known parts alone may exceed a limit.
"""

from __future__ import annotations

from functools import reduce
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    FromClause,
    Text,
    and_,
    case,
    cast,
    func,
    literal,
    or_,
)

from ledger.domain.columns import NUMERIC, ColumnType, Ledger
from ledger.domain.contradictions import (
    is_text,
)
from ledger.domain.tiers.syntax import (
    All,
    Comparison,
    Either,
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
)
from ledger.domain.timing.daycount import office_date

_OPPOSITE = {">": "<=", ">=": "<", "<": ">=", "<=": ">", "==": "!=", "!=": "=="}


_PLACES = 10_000


_PLACES_OF_DEGREES = 10_000_000


_DEGREES = frozenset({ColumnType.LONGITUDE, ColumnType.LATITUDE})


def is_blank(ledger: Ledger, table: FromClause, key: str) -> ColumnElement[bool]:
    """Whether nothing stands in a column; of a text, not even an empty one."""
    column = table.c[key]
    empty = column.is_(None)
    return or_(empty, column == "") if is_text(ledger.by_key[key]) else empty


def day_of(ledger: Ledger, table: FromClause, key: str) -> ColumnElement[Any]:
    """A day, or the day of a moment at the office."""
    moment = ledger.by_key[key].type is ColumnType.MOMENT
    return office_date(table.c[key]) if moment else table.c[key]


def canonical(ledger: Ledger, table: FromClause, key: str) -> ColumnElement[str]:
    """A value as a text that both databases write alike; empty for a blank."""
    column: ColumnElement[Any] = table.c[key]
    declared = ledger.by_key[key]
    if declared.type is ColumnType.TRI:
        return case((column.is_(True), "1"), (column.is_(False), "0"), else_="")
    if declared.type in NUMERIC or declared.type in _DEGREES:
        places = _PLACES_OF_DEGREES if declared.type in _DEGREES else _PLACES
        column = cast(cast(func.round(column * places), BigInteger), Text)
    elif declared.type in (ColumnType.DATE, ColumnType.MOMENT):
        column = cast(day_of(ledger, table, key), Text)
    return func.coalesce(column, "")


def holds(ledger: Ledger, table: FromClause, node: Node, wanted: bool) -> ColumnElement[bool]:
    """A condition is certainly true (``wanted``), or certainly false."""
    match node:
        case Not(operand):
            return holds(ledger, table, operand, not wanted)
        case All(operands) | Either(operands):
            parts = [holds(ledger, table, one, wanted) for one in operands]
            return and_(*parts) if isinstance(node, All) is wanted else or_(*parts)
        case TriFact(name):
            return table.c[name].is_(wanted)
        case TextAmong(name, values):
            column = table.c[name]
            return column.in_(values) if wanted else column.not_in(values)
        case NumberAmong(operand, values):
            number, listed = _number(ledger, table, operand), [float(one) for one in values]
            return number.in_(listed) if wanted else number.not_in(listed)
        case Comparison(sign, left, right):
            return _compared(ledger, table, sign if wanted else _OPPOSITE[sign], left, right)
    raise AssertionError(f"{type(node).__name__} is refused when the file is read")


def _compared(
    ledger: Ledger, table: FromClause, sign: str, left: NumberNode, right: NumberNode
) -> ColumnElement[bool]:
    if sign in ("<", "<="):
        left, right, sign = right, left, {"<": ">", "<=": ">="}[sign]
    high = _number(ledger, table, right)
    if sign in ("==", "!="):
        number = _number(ledger, table, left)
        return number == high if sign == "==" else number != high
    low = _number(ledger, table, left, at_least=True)
    return low > high if sign == ">" else low >= high


def _number(
    ledger: Ledger, table: FromClause, node: NumberNode, *, at_least: bool = False
) -> ColumnElement[Any]:
    """A number, NULL where a part of it is unknown; ``at_least``: what it cannot fall below."""
    match node:
        case Number(value):
            return literal(float(value))
        case NumberFact(name):
            column, least = table.c[name], ledger.by_key[name].minimum
            return column if least is None or not at_least else func.coalesce(column, least)
        case Sum(terms):
            parts = [
                sign * _number(ledger, table, term, at_least=at_least and sign > 0)
                for sign, term in terms
            ]
            return reduce(lambda one, other: one + other, parts)
        case Product(factors):
            return reduce(
                lambda one, other: one * other,
                [_number(ledger, table, factor) for factor in factors],
            )
    raise AssertionError(f"{type(node).__name__} is refused when the file is read")
