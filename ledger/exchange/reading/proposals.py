"""Recognise columns by their content: codes, positions, phone numbers.

Only columns without a matching header are recognised in this way, and only by content that can
hardly be anything else; a note always says so.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ledger.domain.columns import ColumnType, Ledger

_SAMPLE = 200
_MOST = 0.8
_LEAST = 3
_CODE = re.compile(r"\s*[0-9A-HJ-NP-RT-UW-Ya-hj-np-rt-uw-y]{2}\d{6}[0-9A-Za-z]{10}\s*")
_MOBILE = re.compile(r"\s*1[3-9]\d{9}(?:\.0)?\s*")
_FINE = re.compile(r"\d{1,3}\.\d{3,}")


def by_content(
    rows: Sequence[Sequence[Any]],
    free: Sequence[int],
    columns: Mapping[str, int],
    ledger: Ledger,
) -> dict[str, int]:
    """Ledger key → position, for columns that are free and keys that have none yet."""
    found: dict[str, int] = {}
    cells = {at: _sample(rows, at) for at in free}
    for key, holds in _TESTS.items():
        wanted = ledger.by_key.get(key)
        if wanted is None or wanted.computed or key in columns:
            continue
        alike = [at for at in free if at not in found.values() and _mostly(cells[at], holds)]
        if len(alike) == 1:
            found[key] = alike[0]
    # Half a position says nothing.
    if ("lon" in found) != ("lat" in found) and not {"lon", "lat"} & set(columns):
        found.pop("lon", None)
        found.pop("lat", None)
    return found


def candidates(rows: Sequence[Sequence[Any]], position: int, ledger: Ledger) -> tuple[str, ...]:
    """The ledger keys whose columns could take nearly all that stands at a position.

    For a wizard to offer: narrow types first, texts (which take anything) left out.
    """
    cells = _sample(rows, position)
    if len(cells) < _LEAST:
        return ()
    fitting = []
    for column in ledger.incoming:
        if column.type in (ColumnType.TEXT, ColumnType.LONG_TEXT, ColumnType.AREA):
            continue
        if column.type is not ColumnType.REFERENCE and _mostly(cells, _takes(column.parse)):
            fitting.append(column.key)
    return tuple(fitting)


def _takes(parse: Callable[[Any], Any]) -> Callable[[Any], bool]:
    def takes(cell: Any) -> bool:
        try:
            parse(cell)
        except ValueError:
            return False
        return True

    return takes


def _sample(rows: Sequence[Sequence[Any]], position: int) -> list[Any]:
    cells = [row[position] for row in rows[:_SAMPLE] if position < len(row)]
    return [cell for cell in cells if cell not in (None, "")]


def _mostly(cells: Sequence[Any], holds: Callable[[Any], bool]) -> bool:
    return len(cells) >= _LEAST and sum(map(holds, cells)) >= _MOST * len(cells)


def _between(low: float, high: float) -> Callable[[Any], bool]:
    def holds(cell: Any) -> bool:
        text = str(cell).strip()
        return bool(_FINE.fullmatch(text)) and low <= float(text) <= high

    return holds


def _matches(pattern: re.Pattern[str]) -> Callable[[Any], bool]:
    return lambda cell: bool(pattern.fullmatch(str(cell)))


_TESTS: Mapping[str, Callable[[Any], bool]] = {
    "credit_code": _matches(_CODE),
    "phone": _matches(_MOBILE),
    # China's mainland and its islands; the two ranges do not overlap.
    "lon": _between(73.0, 136.0),
    "lat": _between(3.0, 54.0),
}
