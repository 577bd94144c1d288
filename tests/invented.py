"""Records made up from a ledger's declaration: for ledgers that no test knows by name."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from ledger.domain.columns import Column, ColumnType, Ledger
from ledger.domain.timing import clock


def invented(ledger: Ledger, mark: str, *, full: bool = False) -> dict[str, Any]:
    """Values of what must be filled in, or with ``full`` of all that may be; no area, no position
    and nothing that refers to another record. Texts begin with ``mark``."""
    return {
        column.key: value_of(column, mark)
        for column in ledger.editable
        if (column.required or full) and column.type not in _ELSEWHERE and column.key != "number"
    }


_ELSEWHERE = frozenset(
    {ColumnType.AREA, ColumnType.LONGITUDE, ColumnType.LATITUDE, ColumnType.REFERENCE}
)


def value_of(column: Column, mark: str) -> Any:
    """One value that the column takes."""
    if column.choices:
        return column.choices[-1].key
    moment = clock.now() - timedelta(days=2)
    return {
        ColumnType.INTEGER: int(column.minimum or 0) + 3,
        ColumnType.NUMBER: (column.minimum or 0) + 2.5,
        ColumnType.MONEY: (column.minimum or 0) + 1200.5,
        ColumnType.DATE: moment.date(),
        ColumnType.MOMENT: moment.replace(microsecond=0),
        ColumnType.TRI: True,
        ColumnType.CREDIT_CODE: "91350100M000100Y43",
        ColumnType.PHONE: "13800001234",
    }.get(column.type, f"{mark}{column.label}"[: column.length])
