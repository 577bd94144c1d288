"""Tables that stand beside each other with the same columns, as a long list printed on one page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from ledger.domain.columns import Ledger
from ledger.exchange.reading.archives import Span
from ledger.exchange.reading.header_rows import HeaderRows, fold
from ledger.exchange.reading.sheet import Origin, Sheet
from ledger.exchange.reading.turned import KeyOf
from ledger.exchange.reading.understanding import Note


def below_each_other(
    sheet: Sheet, header: HeaderRows, ledger: Ledger, key_of: KeyOf
) -> Sheet | None:
    """The sheet with the tables below each other, if several with one header stand side by side."""
    names = [fold(label.name) for label in header.labels]
    begins = [at for at, label in enumerate(header.labels) if key_of(label.leaf) == ledger.title]
    if len(begins) < 2:
        return None
    width = begins[1] - begins[0]
    start = begins[0]
    while start > 0 and names[start - 1] and names[start - 1] == _name(names, start - 1 + width):
        start -= 1
    block = names[start : start + width]
    count = 0
    while _alike(block, names[start + count * width : start + (count + 1) * width]):
        count += 1
    filled = sum(map(bool, block))
    outside = any(names[:start]) or any(names[start + count * width :])
    if count < 2 or count < len(begins) or filled < 2 or outside:
        return None
    top = [list(row) for row in sheet.rows[: header.first]]
    head = [_cut(row, start, width) for row in sheet.rows[header.first : header.last + 1]]
    rows: list[list[Any]] = [*top, *head]
    origins = [Origin(sheet.own_name, at + 1) for at in range(header.last + 1)]
    merged: list[Span] = []
    for at in range(count):
        left = start + at * width
        shift = len(rows) - header.last - 1
        merged += _moved(sheet.merged, left, width, header.last if at else -1, shift)
        for number, row in enumerate(sheet.rows[header.last + 1 :], start=header.last + 2):
            rows.append(_cut(row, left, width))
            origins.append(Origin(sheet.own_name, number))
    said = Note(None, None, f"{count}张列名相同的表并排放着，从左到右依次读入")
    return replace(
        sheet, rows=rows, merged=tuple(merged), notes=(*sheet.told, said), origins=origins
    )


def _name(names: Sequence[str], at: int) -> str:
    return names[at] if at < len(names) else ""


def _alike(block: Sequence[str], other: Sequence[str]) -> bool:
    """Whether a block has the same names; blank columns at its end may be missing."""
    padded = [*other, *[""] * (len(block) - len(other))]
    return any(other) and padded == list(block)


def _cut(row: Sequence[Any], left: int, width: int) -> list[Any]:
    cells = list(row[left : left + width])
    return cells + [""] * (width - len(cells))


def _moved(spans: Sequence[Span], left: int, width: int, above: int, shift: int) -> list[Span]:
    """The merged cells of a block below the row ``above``, where the block comes to stand."""
    return [
        ((top + shift, first - left), (bottom + shift, last - left))
        for (top, first), (bottom, last) in spans
        if top > above and left <= first and last < left + width
    ]
