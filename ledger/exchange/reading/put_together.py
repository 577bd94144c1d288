"""Several tables of one file put together: one sheet per village, two tables on one sheet.

Each is read with its own header, its own unit rows and its own sums; what is a record goes into one
table with the columns of all. Where two of them give a column different units, or speak of
different years, they are not put together: a number or a day would change its meaning.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from ledger.domain.columns import Ledger
from ledger.domain.errors import Invalid
from ledger.exchange.reading.header_rows import fold
from ledger.exchange.reading.headers import Layout, find_layout, recognised
from ledger.exchange.reading.mapping import FileMapping
from ledger.exchange.reading.sheet import Origin, Sheet
from ledger.exchange.reading.table_rows import TableRows, table_rows
from ledger.exchange.reading.understanding import Note

VILLAGE = "村(社区)"
"""What the column is called that gets the village from the name of a sheet."""
_AREA_IDS = frozenset({"area_code", "area_0", "area_1"})
# The name of a sheet → the area that it means, None for none.
AreaOf = Callable[[str], str | None]


@dataclass(frozen=True)
class Part:
    """One table with where things stand in it, and its records."""

    sheet: Sheet
    layout: Layout
    found: TableRows
    ids: tuple[str, ...]

    @property
    def speaks_of(self) -> tuple[int | None, object]:
        """The year that it speaks of, and day 0 of its serial numbers."""
        return self.layout.context.year, self.sheet.epoch


def part_of(sheet: Sheet, ledger: Ledger) -> Part:
    """Read one table by itself. Raises `Invalid` when no header is found in it."""
    layout = find_layout(sheet, ledger, FileMapping())
    by_position = {at: key for key, at in layout.columns.items() if key != "area_code"}
    ids = []
    for at, label in enumerate(layout.labels):
        key = by_position.get(at) or recognised(label, ledger) or fold(label.name)
        ids.append(key if key not in ids or not key else f"{key}#{at}")
    return Part(sheet, layout, table_rows(sheet, layout, ledger), tuple(ids))


def put_together(
    parts: Sequence[Part], ledger: Ledger, area_of: AreaOf | None = None, what: str = "工作表"
) -> Sheet:
    """One sheet with the records of all parts.

    With ``area_of`` parts that name no area get one from the name of their sheet, or of ``what``
    they are.

    Raises
    ------
    Invalid
        When the parts disagree about units or years.
    """
    _require_agreement(parts, ledger)
    named = [_village(part, ledger, area_of) for part in parts]
    header = _header(parts)
    by_name = any(named)
    columns = [*header.values(), *([VILLAGE] if by_name else [])]
    first = parts[0]
    titles = [list(row) for row in first.sheet.rows[: first.layout.first]]
    rows: list[list[Any]] = [*titles, columns]
    origins = [Origin(first.sheet.own_name, at + 1) for at in range(len(rows))]
    notes: list[Note] = []
    for part, village in zip(parts, named, strict=True):
        places = {one: at for at, one in enumerate(part.ids) if one}
        numbers: dict[int, int] = {}
        for number, cells in zip(part.found.numbers, part.found.rows, strict=True):
            line = [_at(cells, places.get(one)) for one in header]
            rows.append([*line, village] if by_name else line)
            origins.append(part.sheet.origin(number) if part.sheet.origins else _here(part, number))
            numbers[number] = len(rows)
        notes += _notes(part, numbers)
        if village:
            said = f"{what}名称是“{part.sheet.name}”，其中各行按它归入"
            notes.append(Note(None, None, said))
        elif by_name:
            said = f"{what}“{part.sheet.name}”的名称不是区域，其中各行没有归入区域，请核对"
            notes.append(Note(None, None, said, sure=False))
    return replace(first.sheet, rows=rows, merged=(), notes=_once(notes), origins=origins)


def _here(part: Part, number: int) -> Origin:
    return Origin(part.sheet.own_name, number)


def _require_agreement(parts: Sequence[Part], ledger: Ledger) -> None:
    for part in parts[1:]:
        for key in set(part.ids) & set(parts[0].ids) & set(ledger.by_key):
            one, other = (p.found.factors.get(key, 1.0) for p in (parts[0], part))
            if one != other:
                raise Invalid(f"“{ledger.label_of(key)}”的单位前后不一致，请分开导入")
        if part.speaks_of != parts[0].speaks_of:
            raise Invalid("说的不是同一年，请分开导入")


def _village(part: Part, ledger: Ledger, area_of: AreaOf | None) -> str:
    if area_of is None or "area_code" not in ledger.by_key or _AREA_IDS & set(part.ids):
        return ""
    return part.sheet.name if area_of(part.sheet.name) is not None else ""


def _header(parts: Sequence[Part]) -> dict[str, str]:
    """The columns of all parts by what they are, with the name that the first of them gives.

    Its unit is taken along where a row of units gave it.
    """
    header: dict[str, str] = {}
    for part in parts:
        for one, label in zip(part.ids, part.layout.labels, strict=True):
            if one and label.parts:
                header.setdefault(one, label.name)
    return header


def _notes(part: Part, numbers: dict[int, int]) -> list[Note]:
    """What was to be said of a part, with the rows where its records stand now."""
    notes = []
    for note in (*part.sheet.notes, *part.layout.notes, *part.found.notes):
        if note.row in numbers:
            notes.append(replace(note, row=numbers[note.row]))
        elif note.row is not None:
            place = part.sheet.origin(note.row) if part.sheet.origins else _here(part, note.row)
            notes.append(replace(note, row=None, message=f"{place}：{note.message}"))
        else:
            notes.append(note)
    return notes


def _once(notes: Sequence[Note]) -> tuple[Note, ...]:
    return tuple(dict.fromkeys(notes))


def _at(cells: Sequence[Any], position: int | None) -> Any:
    return "" if position is None or position >= len(cells) else cells[position]
