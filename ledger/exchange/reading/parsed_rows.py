"""Parse raw cells into rows, one column at a time; each distinct cell is parsed once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from geo.atlas import Atlas
from ledger.domain.access import Actor
from ledger.domain.columns import Column, ColumnType, Ledger, ValueRefused
from ledger.domain.errors import Problem
from ledger.domain.progress import Progress, counted, silent
from ledger.exchange.reading.area_names import AreaNames, area_cells
from ledger.exchange.reading.cell_pictures import ATTACHED, pictures_of
from ledger.exchange.reading.corrections import NONE, Corrections
from ledger.exchange.reading.headers import Layout
from ledger.exchange.reading.loose_values import (
    Reader,
    as_written,
    loose_reader,
)
from ledger.exchange.reading.loose_words import is_none, tidy_text
from ledger.exchange.reading.mapping import FileMapping
from ledger.exchange.reading.position_words import proposed_position
from ledger.exchange.reading.positions_in import require_positions, to_degrees
from ledger.exchange.reading.raw_cells import guarded
from ledger.exchange.reading.table_rows import TableRows, table_rows
from ledger.exchange.reading.tables_in import Sheet
from ledger.exchange.reading.titles import AreaSaid, area_said, not_placed_by, rows_above
from ledger.exchange.reading.understanding import BLANK, LeftOut, Note, Understood, shown
from ledger.exchange.reading.worded_values import state_reader, worded_reader
from ledger.exchange.reading.words import meant_by


@dataclass(frozen=True)
class Incoming:
    """One row of the file: its number in Excel, and the parsed cells that are not blank."""

    row: int
    values: dict[str, Any]
    extra: dict[str, Any]


@dataclass(frozen=True)
class Rows:
    """Every row that is a record, what is wrong with cells of them, what had to be understood.

    ``refused`` names the cells (row, ledger key) that could not be taken; ``left_out`` the rows
    below the header that are no records. ``said`` is an area that is named around the table, and by
    which nothing is placed yet.
    """

    rows: list[Incoming]
    problems: list[Problem]
    refused: set[tuple[int, str]]
    left_out: tuple[LeftOut, ...] = ()
    notes: tuple[Note, ...] = ()
    said: AreaSaid | None = None
    pictures: Mapping[int, tuple[bytes, ...]] = field(default_factory=dict)


def read_rows(
    sheet: Sheet,
    layout: Layout,
    ledger: Ledger,
    mapping: FileMapping,
    atlas: Atlas,
    actor: Actor,
    progress: Progress | None = None,
    corrections: Corrections = NONE,
) -> Rows:
    """Parse every record below the header. Positions come out as WGS84, areas as codes."""
    found = table_rows(sheet, layout, ledger)
    numbers = found.numbers
    table = _Table(found, sheet.is_text, ledger, layout, mapping, corrections)
    columns = {
        key: table.read(key, _reader(ledger, key, layout, found, mapping, atlas, actor))
        for key in counted(
            _keys(layout, ledger, corrections), "识别内容", progress or silent, every=1
        )
    }
    extra = {item.name: table.read(item.name, _extra_reader(item.column)) for item in mapping.extra}
    if {"lon", "lat"} & set(columns):
        require_positions(columns, table.numbers, table.refused, table.complain)
        to_degrees(columns, mapping.crs, table.complain)
    if {"lon", "lat"} <= set(layout.columns) and table.refused:
        table.propose_positions()
    for key, constant in mapping.constants.items():
        given = columns.get(key, [BLANK] * len(numbers))
        columns[key] = [constant if value is BLANK else value for value in given]
    table.check_width()
    values = _by_row(columns, len(numbers))
    further = _by_row(extra, len(numbers))
    rows = [Incoming(*item) for item in zip(numbers, values, further, strict=True)]
    told = (*corrections.standing(found.notes), *table.notes())
    placed = {"area_code", "lon"} & {*layout.columns, *mapping.constants}
    said = None
    if "area_code" in ledger.by_key and not placed and "number" not in layout.columns:
        said = area_said(sheet, layout.first, atlas, actor)
    pictures = pictures_of(sheet, found.numbers, found.rows) if sheet.pictures else {}
    told += tuple(Note(row, None, ATTACHED) for row in pictures)
    above = [*rows_above(sheet, layout.first), *([not_placed_by(said)] if said else ())]
    notes = (*sheet.notes, *layout.notes, *above, *told)
    read = Rows(rows, table.problems, table.refused, found.left_out, notes, said, pictures)
    return _without(read, corrections.left_out) if corrections.left_out else read


def _keys(layout: Layout, ledger: Ledger, corrections: Corrections) -> tuple[str, ...]:
    """The columns to be read: those of the file, and those that only corrections fill."""
    filled = {key for _, key in corrections.cells} & set(ledger.by_key)
    return (*layout.columns, *sorted(filled - set(layout.columns)))


def _without(read: Rows, left_out: frozenset[int]) -> Rows:
    """The rows without those that are left out."""
    return Rows(
        [row for row in read.rows if row.row not in left_out],
        [problem for problem in read.problems if problem.row not in left_out],
        {cell for cell in read.refused if cell[0] not in left_out},
        read.left_out,
        tuple(note for note in read.notes if note.row not in left_out),
        read.said,
        {row: kept for row, kept in read.pictures.items() if row not in left_out},
    )


@dataclass
class _Table:
    found: TableRows
    is_text: bool
    ledger: Ledger
    layout: Layout
    mapping: FileMapping
    corrections: Corrections

    def __post_init__(self) -> None:
        self.numbers, self.rows = self.found.numbers, self.found.rows
        self.problems: list[Problem] = []
        self.refused: set[tuple[int, str]] = set()
        self.understood: list[tuple[int, str, Any, Understood]] = []

    def cells(self, name: str) -> list[Any]:
        """What stands in one column, from the first record to the last, as it was corrected."""
        cells = self._in_file(name)
        corrected = self.corrections.of_column(name)
        if not corrected:
            return cells
        return [corrected.get(row, raw) for row, raw in zip(self.numbers, cells, strict=True)]

    def _in_file(self, name: str) -> list[Any]:
        if name == "area_code" and self.layout.areas:
            return area_cells(self.rows, self.layout.areas, self.layout.area_levels)
        if name not in self.layout.columns and name not in self.layout.extra:
            return [""] * len(self.rows)
        position = self.layout.extra.get(name)
        at = self.layout.columns[name] if position is None else position
        return [row[at] if at < len(row) else "" for row in self.rows]

    def read(self, name: str, reader: Reader) -> list[Any]:
        """Parse one column; a cell that cannot be taken becomes a problem and a blank."""
        reader = guarded(reader, self.mapping.values.get(name), is_text=self.is_text)
        seen: dict[Any, Any] = {}
        values: list[Any] = []
        for at, raw in enumerate(self.cells(name)):
            # 1, 1.0 and True are the same key of a dictionary, but not the same cell.
            key = raw if raw.__class__ is str else (raw.__class__, raw)
            try:
                value = seen[key]
            except KeyError:
                value = seen[key] = _attempt(reader, raw)
            if value.__class__ is Understood:
                self.understood.append((at, name, raw, value))
                value = value.value
            elif value.__class__ is ValueRefused:
                self.complain(at, name, str(value))
                value = BLANK
            values.append(value)
        return values

    def propose_positions(self) -> None:
        """Say what a refused position probably is: both halves in one cell, or exchanged ones."""
        cells = zip(self.cells("lon"), self.cells("lat"), strict=True)
        for at, (lon, lat) in enumerate(cells):
            places = {(self.numbers[at], key) for key in ("lon", "lat")} & self.refused
            pair = proposed_position(lon, lat) if places else None
            if pair is None:
                continue
            hint = f"；像是经度 {pair[0]:g}、纬度 {pair[1]:g}，是的请这样填"
            names = {(row, self.layout.headers[key]) for row, key in places}
            self.problems = [
                replace(one, message=one.message + hint) if (one.row, one.column) in names else one
                for one in self.problems
            ]

    def notes(self) -> list[Note]:
        """A note for each cell that did not plainly hold its value, in the order of the rows."""
        self.understood.sort(key=lambda item: item[0])
        return [self._note(*item) for item in self.understood]

    def _note(self, at: int, name: str, raw: Any, found: Understood) -> Note:
        column = self.ledger.by_key.get(name)
        value = found.value
        is_open = column is not None and not column.rule.masked and value is not BLANK
        text = column.format(value) if column is not None and is_open else ""
        header = self.layout.headers.get(name) or self.ledger.label_of(name)
        was = "".join(name for _, name in raw) if isinstance(raw, tuple) else shown(raw)
        row = self.numbers[at]
        return Note(row, header, found.how, found.sure, name, was, text)

    def complain(self, at: int, name: str, message: str) -> None:
        header = self.layout.headers.get(name) or self.ledger.label_of(name)
        self.problems.append(Problem(self.numbers[at], header, message))
        self.refused.add((self.numbers[at], name))

    def check_width(self) -> None:
        """A text row with more cells than the header has probably an unquoted comma in it."""
        if not self.is_text:
            return
        width = self.layout.width
        for number, row in zip(self.numbers, self.rows, strict=True):
            if len(row) > width and any(cell.strip() for cell in row[width:]):
                message = f"有 {len(row)} 格，比表头多，多半是内容里有没加引号的逗号，请核对"
                self.problems.append(Problem(number, None, message))


def _attempt(reader: Reader, raw: Any) -> Any:
    try:
        return reader(raw)
    except ValueRefused as refused:
        return refused


def _reader(
    ledger: Ledger,
    key: str,
    layout: Layout,
    found: TableRows,
    mapping: FileMapping,
    atlas: Atlas,
    actor: Actor,
) -> Reader:
    column = ledger.by_key[key]
    if column.type is ColumnType.AREA:
        return area_reader(column, AreaNames(atlas, actor))
    if column.brought and column.type is ColumnType.CHOICE:
        return state_reader(column, lambda raw: meant_by(ledger, column, raw))
    crs = mapping.crs
    if column.type in (ColumnType.LONGITUDE, ColumnType.LATITUDE) and not crs.geographic:
        column = replace(column, type=ColumnType.NUMBER)
    factor = found.factors.get(column.key, 1.0)
    pairs = layout.columns.get("lon") == layout.columns.get("lat")
    read = loose_reader(column, layout.context, factor, pairs=pairs)
    return worded_reader(read, lambda raw: meant_by(ledger, column, raw))


def _extra_reader(column: Column) -> Reader:
    def read(raw: Any) -> Any:
        value = column.parse(as_written(raw) if column.type is ColumnType.TEXT else raw)
        # JSON keeps 3 and 3.0 apart; a count should stay a count.
        is_whole = isinstance(value, float) and value.is_integer()
        return int(value) if is_whole and isinstance(value, float) else value

    return read


def area_reader(column: Column, names: AreaNames) -> Reader:
    """How cells that name an area are read; a tuple holds names from broad to narrow."""

    def read(raw: Any) -> Any:
        if isinstance(raw, tuple):
            levels, said = zip(*raw, strict=True)
            return _of_names(names, [tidy_text(one) for one in said], levels)
        text = str(column.parse(as_written(raw)))
        if is_none(text):
            return Understood(None, f"写明没有：“{shown(raw)}”按空理解")
        return names.read([text])

    return read


def _of_names(names: AreaNames, said: Sequence[str], levels: Sequence[int]) -> Any:
    if len(said) == 1 and is_none(said[0]):
        return Understood(None, f"写明没有：“{shown(said[0])}”按空理解")
    return names.read(said, levels)


def _by_row(columns: Mapping[str, list[Any]], count: int) -> list[dict[str, Any]]:
    if not columns:
        return [{} for _ in range(count)]
    keys = list(columns)
    return [
        {key: value for key, value in zip(keys, row, strict=True) if value is not BLANK}
        for row in zip(*columns.values(), strict=True)
    ]
