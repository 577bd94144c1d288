"""The span of days by which a selection filters one column, and the selection with another span."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from ledger.domain.columns import Column
from ledger.domain.errors import Invalid
from ledger.domain.timing.periods import Period
from ledger.records.query import Condition, Selection

_BOUNDS = ("ge", "le")


def span_of(selection: Selection, column: Column) -> str | None:
    """The span as an address has it; None if the column is not filtered by two days."""
    for one in selection.conditions:
        if one.key == f"{column.key}_within":
            return str(one.value)
    found = {c.operator: c.value for c in selection.conditions if c.key == column.key}
    return _text(found.get("ge"), found.get("le"))


def with_span(selection: Selection, column: Column, span: str | None) -> Selection:
    """The selection with that span in place of all it says of the column's days."""
    kept = tuple(one for one in selection.conditions if not _of(one, column))
    if span is not None:
        kept = (*kept, Condition(f"{column.key}_within", "set", span))
    return replace(selection, conditions=kept)


def pair_of(conditions: Iterable[Condition], one: Condition) -> tuple[Condition, str] | None:
    """The bound behind that a condition begins, and the span of both; None if there is none."""
    for other in conditions:
        if other.key == one.key and (one.operator, other.operator) == _BOUNDS:
            span = _text(one.value, other.value)
            return None if span is None else (other, span)
    return None


def _of(condition: Condition, column: Column) -> bool:
    bound = condition.key == column.key and condition.operator in _BOUNDS
    return bound or condition.key == f"{column.key}_within"


def _text(first: object, last: object) -> str | None:
    # A moment is a date too, but is filtered by the minute.
    if type(first) is not date or type(last) is not date:
        return None
    try:
        return Period(first, last).text
    except Invalid:
        return None
