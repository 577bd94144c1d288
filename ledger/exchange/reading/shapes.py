"""Bring a file into one table: turned tables, cards, tables side by side, below each other, on
several sheets. A file that is one table already stays as it is."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from ledger.domain.columns import Ledger
from ledger.domain.errors import Invalid
from ledger.exchange.reading.header_rows import HeaderRows, Label, find_header
from ledger.exchange.reading.headers import column_words, recognised
from ledger.exchange.reading.put_together import AreaOf, Part, part_of, put_together
from ledger.exchange.reading.sheet import Origin, Sheet
from ledger.exchange.reading.side_by_side import below_each_other
from ledger.exchange.reading.turned import KeyOf, as_cards, turned_round
from ledger.exchange.reading.understanding import Note

# A sheet that sums up the others holds their records once more.
_SUMMARY = re.compile(r"汇总|总表|合计|总台账|说明|示例|样表|字典|选项")
_LONGEST_NAME = 40
_FEWEST = 2
# What stands between the parts of a file's name: 东村_养老机构 (2).
_PARTS = re.compile(r"[_\-—－\s()（）]+")
# What may stand behind a name: a bracket, a mark for "required", blanks.
_CLOSING = ")）*＊:： \u3000\xa0"


def in_one_table(sheet: Sheet, ledger: Ledger) -> Sheet:
    """The sheet as one table with its names in the rows above its records."""
    key_of = _key_of(ledger)
    header, found = find_header(sheet, lambda label: recognised(label, ledger), lambda _: False)
    beside = below_each_other(sheet, header, ledger, key_of) if found else None
    if beside is not None:
        return beside
    if not _is_whole(found, sheet, header, ledger, key_of):
        turned = turned_round(sheet, ledger, key_of) or as_cards(sheet, ledger, key_of)
        if turned is not None:
            return turned
    parts = _below_each_other(sheet, ledger, key_of)
    if len(parts) < 2:
        return sheet
    try:
        read = [part_of(part, ledger) for part in parts]
        whole = put_together(read, ledger)
    except Invalid:
        return sheet  # whatever is wrong is said where the sheet is read as it is
    said = Note(None, None, f"一张工作表里有{len(parts)}张表，依次读入")
    return replace(whole, notes=(said, *whole.notes))


def of_all_sheets(
    sheets: Sequence[Sheet], ledger: Ledger, area_of: AreaOf, what: str = "工作表"
) -> Sheet:
    """The tables of several sheets, or files, as one. Raises `Invalid` when they cannot be put
    together."""
    parts: list[Part] = [part_of(sheet, ledger) for sheet in sheets]
    whole = put_together(parts, ledger, area_of, what)
    names = "、".join(f"“{sheet.name}”" for sheet in sheets[:10])
    more = f"等{len(sheets)}张" if len(sheets) > 10 else ""
    said = Note(None, None, f"{what}{names}{more}一并读入")
    return replace(
        whole,
        name=sheets[0].name,
        notes=(said, *whole.notes),
        together=tuple(sheet.name for sheet in sheets),
    )


def of_file(sheet: Sheet, file: str, area_of: AreaOf) -> Sheet:
    """The table of one of several files: called as its file, or as the area that this names, every
    row with where it stands."""
    stem = Path(file).stem
    said = (one for one in (stem, *_PARTS.split(stem)) if one and area_of(one) is not None)
    there = sheet.origins or [Origin(sheet.own_name, row + 1) for row in range(len(sheet.rows))]
    origins = [replace(one, file=file) for one in there]
    return replace(sheet, name=next(said, stem), origins=origins)


def sums_up(name: str) -> bool:
    """Whether the name of a sheet says that it holds no records of its own."""
    return _SUMMARY.search(name) is not None


def _key_of(ledger: Ledger) -> KeyOf:
    seen: dict[str, str | None] = {}

    def key_of(cell: Any) -> str | None:
        if cell.__class__ is not str or not cell or len(cell) > _LONGEST_NAME:
            return None
        if cell not in seen:
            seen[cell] = recognised(Label((cell.strip(),)), ledger) if cell.strip() else None
        return seen[cell]

    return key_of


def _is_whole(found: int, sheet: Sheet, header: HeaderRows, ledger: Ledger, key_of: KeyOf) -> bool:
    """Whether the header names as much as is needed, and what stands below are no names."""
    keys = {recognised(label, ledger) for label in header.labels}
    if found < _FEWEST or ledger.title not in keys:
        return False
    below = sheet.rows[header.last + 1 : header.last + 6]
    named = [sum(key_of(cell) is not None for cell in row) for row in below]
    return not any(named)


def _below_each_other(sheet: Sheet, ledger: Ledger, key_of: KeyOf) -> list[Sheet]:
    """The tables that stand below each other on one sheet, each with a header of its own."""
    starts: list[int] = []
    last: list[str] = []
    # One look at the last sign of a cell spares reading every text of a large file as a name.
    ends_so = {word[-1] for word, key in column_words(ledger).items() if key == ledger.title}
    ends_so |= set(_CLOSING)
    for at, row in enumerate(sheet.rows):
        if not any(
            cell.__class__ is str and cell[-1:] in ends_so and key_of(cell) == ledger.title
            for cell in row
        ):
            continue
        cells = [cell for cell in row if cell is not None and cell != ""]
        if not all(cell.__class__ is str for cell in cells):
            continue
        keys = [key for cell in cells if (key := key_of(cell))]
        if len(set(keys)) < _FEWEST or len(keys) * 2 <= len(cells):
            continue
        said = [str(cell).strip() for cell in cells]
        if said == last:
            continue  # the same header again, on the next page
        last = said
        starts.append(at)
    if len(starts) < 2:
        return []
    starts[0] = 0  # titles stand above the first
    ends = [*starts[1:], len(sheet.rows)]
    return [_cut(sheet, start, end) for start, end in zip(starts, ends, strict=True)]


def _cut(sheet: Sheet, start: int, end: int) -> Sheet:
    merged = [
        ((top - start, left), (bottom - start, right))
        for (top, left), (bottom, right) in sheet.merged
        if start <= top and bottom < end
    ]
    return replace(
        sheet,
        rows=sheet.rows[start:end],
        merged=tuple(merged),
        notes=sheet.notes if start == 0 else (),
        origins=[Origin(sheet.own_name, at + 1) for at in range(start, end)],
    )
