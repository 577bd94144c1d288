"""Rows that go on with the record above: a second telephone, a second person, a longer remark.

Such a row has no name, no number and no serial number, and nothing but texts and telephones. What
it holds is joined to the record above, and told.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from ledger.domain.columns import ColumnType, Ledger
from ledger.exchange.reading.header_rows import Label, fold
from ledger.exchange.reading.loose_values import as_written
from ledger.exchange.reading.understanding import LeftOut, Note, shown

T = ColumnType
_JOINED = {T.TEXT: "、", T.PHONE: "、", T.LONG_TEXT: "；"}
# What a record has of its own: a row that holds one is a record whose name is missing.
_OWN = frozenset({"number", "address", "kind", "operator", "name"})
_SERIALS = frozenset({"序号", "序", "编号", "no", "no."})


@dataclass
class Joined:
    """The records without the rows that went on with others, and what is told of these."""

    numbers: list[int] = field(default_factory=list)
    rows: list[Sequence[Any]] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)


def join_continued(
    numbers: Sequence[int],
    rows: Sequence[Sequence[Any]],
    columns: dict[str, int],
    labels: Sequence[Label],
    ledger: Ledger,
) -> Joined:
    """Join the rows that go on with the one above to it; ``columns`` are positions by key."""
    title = columns.get(ledger.title)
    joined = Joined()
    if title is None or len(columns) < 2:
        return Joined([*numbers], [*rows])
    keys = {at: key for key, at in columns.items()}
    serials = [at for at, label in enumerate(labels) if fold(label.leaf) in _SERIALS]
    for number, row in zip(numbers, rows, strict=True):
        goes_on = bool(joined.rows) and _goes_on(row, title, serials, keys, ledger)
        if not goes_on or number != _last(joined) + 1:
            joined.numbers.append(number)
            joined.rows.append(row)
            continue
        above = [*joined.rows[-1], *[""] * (len(row) - len(joined.rows[-1]))]
        said = []
        for at, cell in enumerate(row):
            key = keys.get(at)
            if key is None or not _filled(cell):
                continue
            text, there = str(as_written(_whole(cell))), above[at]
            mark = _JOINED[ledger.by_key[key].type]
            same = _filled(there) and text in str(as_written(_whole(there)))
            above[at] = (
                there if same else f"{_whole(there)}{mark}{text}" if _filled(there) else text
            )
            said.append(f"{labels[at].name}“{shown(text)}”")
        joined.rows[-1] = above
        first = joined.numbers[-1]
        joined.left_out.append(LeftOut(number, f"续行，并入第{first}行", "、".join(said)[:40]))
        message = f"第{number}行没有名称，当作这一行的续行并入：{'、'.join(said)}，请核对"
        joined.notes.append(Note(first, labels[title].name, message, False, ledger.title))
    return joined


def _last(joined: Joined) -> int:
    """The last row that belongs to the last record."""
    after = [item.row for item in joined.left_out if item.row > joined.numbers[-1]]
    return max([joined.numbers[-1], *after])


def _goes_on(
    row: Sequence[Any], title: int, serials: Sequence[int], keys: dict[int, str], ledger: Ledger
) -> bool:
    if title < len(row) and _filled(row[title]):
        return False  # nearly every row of a large file
    filled = [at for at, cell in enumerate(row) if _filled(cell)]
    if any(at in filled for at in serials):
        return False
    known = [keys.get(at) for at in filled]
    types = [ledger.by_key[key].type if key else None for key in known]
    return bool(filled) and all(kind in _JOINED for kind in types) and not _OWN & set(known)


def _whole(cell: Any) -> Any:
    return int(cell) if isinstance(cell, float) and cell.is_integer() else cell


def _filled(cell: Any) -> bool:
    return cell is not None and not (cell.__class__ is str and not cell.strip())
