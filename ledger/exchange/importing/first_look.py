"""Which kind of file it is, and how it would be read: the first two steps of an import.

A file is a workbook that this program exported (of this ledger or another), or a foreign file. For
a foreign file the columns are listed with examples, the proposed ledger column, and the reason.
What the user decides becomes a complete mapping, so that nothing is guessed a second time.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path
from typing import Literal

from python_calamine import CalamineWorkbook

from geo.atlas import Atlas
from geo.crs import WGS84, SourceCrs
from ledger.domain.access import Actor
from ledger.domain.columns import Ledger
from ledger.domain.errors import Invalid, in_file
from ledger.domain.progress import Progress
from ledger.exchange.importing.marked_workbooks import carries_marks
from ledger.exchange.importing.round_trip import read_back
from ledger.exchange.reading.books import open_book
from ledger.exchange.reading.bundles import files_in, is_bundle
from ledger.exchange.reading.header_rows import HeaderRows, fold
from ledger.exchange.reading.headers import Layout, find_layout, find_rows, fingerprint_of
from ledger.exchange.reading.loose_values import as_written
from ledger.exchange.reading.mapping import FileMapping
from ledger.exchange.reading.own_words import with_own_words
from ledger.exchange.reading.proposals import candidates
from ledger.exchange.reading.reading import find_table
from ledger.exchange.reading.remembered import Remembered
from ledger.exchange.reading.tables_in import Sheet, read_sheet
from ledger.exchange.reading.titles import AreaSaid, area_said
from ledger.exchange.reading.understanding import shown
from ledger.exchange.writing import fingerprints
from ledger.records.places.areas import current_atlas
from ledger.storage import Store

Kind = Literal["returned", "other_ledger", "foreign"]
BOTH = "lon,lat"
"""Stands for one column that holds longitude and latitude together."""
AREA = "area_code"
_EXAMPLES = 3
_GLANCE = 60


@dataclass(frozen=True)
class SourceColumn:
    """A column of the file: where, what it is called, examples, what it is proposed to be.

    ``key`` is a ledger key, `BOTH`, or None; ``why`` says in words how that was found.
    ``extra`` is the name of a further fact that a mapping file keeps it as. ``candidates`` are
    keys whose columns could take what stands there.
    """

    position: int
    name: str
    examples: tuple[str, ...]
    key: str | None = None
    why: str = ""
    extra: str | None = None
    candidates: tuple[str, ...] = ()


@dataclass(frozen=True)
class Arrival:
    """A file that arrived. ``origin`` is the ledger that a file of ours came from, if known.

    ``header`` is the first and last row of the header, as Excel counts. ``problem`` says why the
    columns could not be told apart without a person's word. ``together`` are the sheets that are
    read as one table, ``files`` the files of a zip. ``said`` is an area that is named around the
    table, where no column names one: all rows may be placed in it.
    """

    kind: Kind
    sheet: str
    sheets: tuple[str, ...] = ()
    origin: str | None = None
    header: tuple[int, int] = (0, 0)
    columns: tuple[SourceColumn, ...] = ()
    mapping: FileMapping = field(default_factory=FileMapping)
    remembered: Remembered | None = None
    fingerprint: str = ""
    problem: str = ""
    together: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    said: AreaSaid | None = None

    @property
    def to_read(self) -> str | None:
        """The sheet to ask for; a text table has none, nor have sheets that are read together."""
        return self.sheet if self.sheets and not self.together else None

    @property
    def proposed(self) -> dict[int, str | None]:
        """Position → key, of every column that no mapping file keeps as a further fact."""
        return {column.position: column.key for column in self.columns if column.extra is None}

    def missing(self, ledger: Ledger, chosen: Mapping[int, str | None]) -> tuple[str, ...]:
        """The labels of required columns that nothing was chosen for."""
        there = {*chosen.values(), *self.mapping.constants}
        return tuple(c.label for c in ledger.editable if c.required and c.key not in there)


def has_positions(chosen: Mapping[int, str | None]) -> bool:
    """Whether the columns chosen hold positions, so that their coordinate system matters."""
    return bool({"lon", "lat", BOTH} & set(chosen.values()))


def look_at(
    store: Store,
    actor: Actor,
    ledger: Ledger,
    path: Path,
    *,
    sheet: str | None = None,
    mapping: FileMapping | None = None,
    progress: Progress | None = None,
) -> Arrival:
    """What a file is, and how its columns would be read; nothing is written.

    Raises
    ------
    Refused
        If the actor may not import.
    InvalidFile
        If the file cannot be read, or no header is found in it.
    """
    files = files_in(path) if is_bundle(path) else ()
    if files and mapping is None:
        returned = read_back(store, actor, ledger, path, progress=progress)
        if returned is not None:
            return Arrival("returned", "", (), ledger.key, files=files)
    ledger = with_own_words(store, actor, ledger)
    table, kept = find_table(store, actor, ledger, path, sheet, mapping, progress)
    names = _sheets(path, table)
    if mapping is None and carries_marks(path):
        origin = _origin(path)
        if origin in (None, ledger.key):
            return Arrival("returned", table.name, (), origin)
        return Arrival("other_ledger", table.name, (), origin)
    asked, remembered = mapping or FileMapping(), None
    if kept is not None:
        asked, remembered = kept[1].mapping, kept[1]
    with in_file(path, table.own_name):
        rows = kept[0] if kept else find_rows(table, ledger, asked)
    layout, problem = None, ""
    try:
        with in_file(path, table.own_name):
            layout = find_layout(table, ledger, asked, rows)
    except Invalid as error:
        problem = str(error)
    return Arrival(
        "foreign",
        table.name,
        names,
        header=(rows.first + 1, rows.last + 1),
        columns=_columns(table, rows, layout, ledger, asked, remembered),
        mapping=asked,
        remembered=remembered,
        fingerprint=fingerprint_of(rows.labels),
        problem=problem,
        together=() if files else table.together,
        files=files,
        said=_said(table, rows, layout, ledger, asked, current_atlas(store), actor),
    )


def _said(
    table: Sheet,
    rows: HeaderRows,
    layout: Layout | None,
    ledger: Ledger,
    mapping: FileMapping,
    atlas: Atlas,
    actor: Actor,
) -> AreaSaid | None:
    if layout is None or "area_code" not in ledger.by_key:
        return None
    if {"area_code", "lon", "number"} & {*layout.columns, *mapping.constants}:
        return None
    return area_said(table, rows.first, atlas, actor)


def settled_mapping(
    arrival: Arrival,
    ledger: Ledger,
    chosen: Mapping[int, str | None],
    crs: SourceCrs = WGS84,
    area: str | None = None,
) -> FileMapping:
    """The mapping that reads each column as chosen, and no other; with ``area`` all rows are placed
    there. Raises `Invalid` for clashes."""
    names = {column.position: column.name for column in arrival.columns}
    by_key: dict[str, list[int]] = {}
    for position, key in sorted(chosen.items()):
        if key is not None:
            by_key.setdefault(key, []).append(position)
    parts = [c.position for c in arrival.columns if c.key == AREA]
    columns = {}
    for key, positions in by_key.items():
        if key == BOTH or (key == AREA and len(parts) > 1 and positions == parts):
            continue  # read by their own words; a mapping file has no other word for them
        if len(positions) > 1:
            said = "、".join(f"“{names[at]}”" for at in positions)
            raise Invalid(f"{said}都对应了“{ledger.label_of(key)}”，请只留一列，其余选“不使用”")
        columns[key] = names[positions[0]]
    if BOTH in by_key and {"lon", "lat"} & set(by_key):
        raise Invalid("经纬度既写在一格，又各占一列，请只留一种，其余选“不使用”")
    used = {fold(names[at]) for at, key in chosen.items() if key is not None}
    ignore = [
        names[at] for at, key in chosen.items() if key is None and fold(names[at]) not in used
    ]
    constants = {**arrival.mapping.constants, **({AREA: area} if area else {})}
    return replace(
        arrival.mapping,
        crs=crs,
        columns=columns,
        ignore=tuple(dict.fromkeys(ignore)),
        constants=constants,
    )


def _sheets(path: Path, table: Sheet) -> tuple[str, ...]:
    """The sheets to choose from: those not hidden; none in a text table."""
    if table.is_text or is_bundle(path):
        return ()
    return tuple(open_book(path).seen)


def _origin(path: Path) -> str | None:
    """The ledger that a workbook of ours came from; None when its hidden sheet is gone."""
    read_sheet(path)  # whatever is wrong with it is said in words
    with CalamineWorkbook.from_path(str(path)) as book:
        if fingerprints.SHEET not in book.sheet_names:
            return None
        rows = book.get_sheet_by_name(fingerprints.SHEET).to_python(skip_empty_area=False)
    manifest = fingerprints.unpacked([row[0] if row else None for row in rows])
    return None if manifest is None else manifest.ledger


def _columns(
    table: Sheet,
    rows: HeaderRows,
    layout: Layout | None,
    ledger: Ledger,
    mapping: FileMapping,
    remembered: Remembered | None,
) -> tuple[SourceColumn, ...]:
    below = table.rows[rows.last + 1 :]
    extra = {at: name for name, at in layout.extra.items()} if layout else {}
    keys = _proposed(layout)
    found = []
    for at, label in enumerate(rows.labels):
        if not label.parts:
            continue
        column = SourceColumn(at, label.name, _examples(table, rows.last + 1, at), keys.get(at))
        if column.key is not None:
            column = replace(column, why=_why(column, layout, ledger, mapping, remembered))
        elif at in extra:
            column = replace(column, extra=extra[at], why="映射文件留作其他事实")
        else:
            column = replace(column, candidates=candidates(below[:_GLANCE], at, ledger))
        found.append(column)
    return tuple(found)


def _proposed(layout: Layout | None) -> dict[int, str]:
    if layout is None:
        return {}
    keys: dict[int, str] = dict.fromkeys(layout.areas, AREA)
    for key, position in layout.columns.items():
        keys[position] = BOTH if keys.get(position) in ("lon", "lat") else key
    return keys


def _why(
    column: SourceColumn,
    layout: Layout | None,
    ledger: Ledger,
    mapping: FileMapping,
    remembered: Remembered | None,
) -> str:
    key = str(column.key)
    if key in mapping.columns:
        return f"记住的“{remembered.name}”" if remembered else "映射文件写明"
    if key == BOTH:
        return "经度和纬度写在一格"
    if layout is not None and key == AREA and len(layout.areas) > 1:
        return "镇、村、网格分在几列，合起来认"
    if layout is not None and any(note.key == key and not note.sure for note in layout.notes):
        return "按内容看，请核对"
    same = fold(column.name.rpartition("/")[2]) == fold(ledger.label_of(key))
    return "列名相同" if same else "列名相近"


def _examples(table: Sheet, first: int, position: int) -> tuple[str, ...]:
    """The first different things that stand in a column."""
    seen: dict[str, None] = {}
    for row in islice(table.rows, first, first + _GLANCE):
        cell = row[position] if position < len(row) else None
        if cell not in (None, ""):
            seen[shown(as_written(cell))] = None
        if len(seen) == _EXAMPLES:
            break
    return tuple(seen)
