"""Marks of exported rows, by which they are recognised when the workbook is imported again.

Every row has a mark: the record's id, its version and a fingerprint of what stood in it. Marks lie
twice in a workbook: in hidden columns beside the row (they move with it when rows are sorted) and,
by 编号, packed into a sheet that Excel does not offer to unhide (so they survive when the hidden
columns are deleted or pasted over).

The fingerprint is BLAKE2b over the values of the typed-in columns. It is not secret and protects
against accidents, not against forgery: users who may import may write anyway. Protected texts enter
it by their keyed hash, so that the file cannot be used to test guessed phone numbers.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from hashlib import blake2b
from typing import Any

from ledger.domain.columns import NUMERIC, Column, Ledger
from ledger.domain.masks import is_sealed

HEADERS = ("记录标识", "导出版本", "行指纹")
SHEET = "往返信息"
_FORMAT = 1
_SIZE = 9
# Excel holds 32,767 characters in a cell; a mark is some forty.
_CELL = 32_000


@dataclass(frozen=True)
class Mark:
    """Which record a row is, at which version, and what stood in it then."""

    record_id: int
    version: int
    fingerprint: str


@dataclass(frozen=True)
class Manifest:
    """What the hidden sheet tells: the ledger, the rows' sheet, keys by header, marks by 编号.

    ``area`` is the code of the area that the workbook was made for, if it was made for one.
    """

    ledger: str
    sheet: str
    columns: Mapping[str, str]
    marks: Mapping[str, Mark]
    area: str = ""


def fingerprints_of(ledger: Ledger) -> Callable[[Mapping[str, Any]], str]:
    """The function from a record of the ledger to its fingerprint.

    Blank values do not enter it: a column that is declared later changes no fingerprint.
    """
    parts = [(column.key, _canonical(column)) for column in ledger.editable]

    def fingerprint(record: Mapping[str, Any]) -> str:
        texts = [ledger.key, str(record["id"])]
        for key, canonical in parts:
            value = record[key]
            if value is not None and value != "":
                texts.append(f"{key}={canonical(value)}")
        return blake2b("\x1f".join(texts).encode(), digest_size=_SIZE).hexdigest()

    return fingerprint


def _canonical(column: Column) -> Callable[[Any], str]:
    """The one way to write a value of this column, whether from the table or from the log."""
    if column.rule.masked:
        return lambda value: str(json.loads(value)["h"]) if is_sealed(value) else str(value)
    if column.type in NUMERIC:
        return lambda value: repr(float(value))
    return _plain


def _plain(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    return value.isoformat() if isinstance(value, date) else str(value)


def packed(
    ledger: Ledger,
    sheet: str,
    columns: Mapping[str, str],
    marks: Iterable[tuple[str, Mark]],
    area: str = "",
) -> list[str]:
    """The cells of the hidden sheet: a head, then marks as JSON, as many as a cell can hold."""
    head = {"format": _FORMAT, "ledger": ledger.key, "sheet": sheet, "columns": dict(columns)}
    head |= {"area": area} if area else {}
    cells = [json.dumps(head, ensure_ascii=False)]
    lines: list[str] = []
    room = _CELL
    for number, mark in marks:
        line = json.dumps(
            [number, mark.record_id, mark.version, mark.fingerprint], ensure_ascii=False
        )
        if len(line) + 2 > room:
            cells.append(f"[{','.join(lines)}]")
            lines, room = [], _CELL
        lines.append(line)
        room -= len(line) + 1
    return [*cells, f"[{','.join(lines)}]"] if lines else cells


def unpacked(cells: Sequence[object]) -> Manifest | None:
    """The manifest again; None when the cells are not (any more) what `packed` wrote."""
    try:
        head = json.loads(str(cells[0]))
        if head["format"] != _FORMAT:
            return None
        marks = {
            str(number): Mark(int(record_id), int(version), str(fingerprint))
            for cell in cells[1:]
            if cell not in (None, "")
            for number, record_id, version, fingerprint in json.loads(str(cell))
        }
        columns = {str(header): str(key) for header, key in head["columns"].items()}
        area = str(head.get("area") or "")
        return Manifest(str(head["ledger"]), str(head["sheet"]), columns, marks, area)
    except (ValueError, TypeError, KeyError, IndexError, AttributeError, RecursionError):
        return None


def mark_in(cells: Sequence[object]) -> Mark | None:
    """The mark that three hidden cells hold; None if somebody emptied or overwrote one."""
    record_id, version, fingerprint = cells
    try:
        mark = Mark(_whole(record_id), _whole(version), str(fingerprint).strip())
    except (ValueError, TypeError, OverflowError):
        return None
    is_ours = len(mark.fingerprint) == 2 * _SIZE and mark.record_id > 0 and mark.version > 0
    return mark if is_ours else None


def _whole(cell: object) -> int:
    number = float(str(cell))
    if not number.is_integer():
        raise ValueError
    return int(number)
