"""What stands in an untouched field of a form."""

from __future__ import annotations

from typing import Any

from ledger.domain.columns import NUMERIC, TRI_LABELS, Column, ColumnType


def shown_value(column: Column, value: Any) -> Any:
    """What stands in an untouched field for a stored value."""
    if column.rule.masked:
        return ""
    if column.type is ColumnType.TRI:
        return TRI_LABELS[value]
    if column.type is ColumnType.CHOICE:
        return column.format(value) or None
    if column.type is ColumnType.AREA:
        return value
    if column.type in NUMERIC:
        return "" if value is None else _digits(value)
    return value if column.type is ColumnType.DATE else column.format(value)


def _digits(value: float) -> str:
    """A number as one types it: no separators, no trailing zeros."""
    return str(value) if isinstance(value, int) else f"{value:.6f}".rstrip("0").rstrip(".")
