"""Read a workbook that went out with marks and came back: its rows, cells and marks.

The sheet is our own, so its columns are known by their headers, wherever they were moved to and
however rows were sorted. A blank cell is an answer here: somebody emptied it. Cells are understood
as in any other file ("3万元", "2022.5.6", ✓), with a note of how; what they plainly hold is kept
beside it, for a cell that nobody touched stays what it was.
"""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from html import unescape
from pathlib import Path
from typing import Any

from python_calamine import CalamineWorkbook

from geo.atlas import Area, Atlas
from ledger.domain.access import Actor
from ledger.domain.columns import Column, ColumnType, Ledger, ValueRefused
from ledger.domain.progress import Progress, counted
from ledger.domain.values import fold, is_blank
from ledger.exchange.importing.returned_rows import Returned, ReturnedRow, Said, Sent
from ledger.exchange.reading.area_names import AreaNames
from ledger.exchange.reading.corrections import NONE, Corrections
from ledger.exchange.reading.error_cells import with_errors
from ledger.exchange.reading.loose_dates import Context
from ledger.exchange.reading.loose_values import as_written, loose_reader
from ledger.exchange.reading.parsed_rows import area_reader
from ledger.exchange.reading.raw_cells import guarded
from ledger.exchange.reading.tables_in import Sheet
from ledger.exchange.reading.understanding import BLANK, LeftOut, Understood
from ledger.exchange.reading.units_in import context_of
from ledger.exchange.reading.worded_values import worded_reader
from ledger.exchange.reading.words import meant_by
from ledger.exchange.writing import fingerprints
from ledger.exchange.writing.fingerprints import Manifest
from ledger.exchange.writing.table_workbook import SERIAL
from ledger.exchange.writing.tables_out import AREA_NAME, header_of, headers_of
from ledger.exchange.writing.templates import EXAMPLE

_TOP_ROWS = 20
# Headers stand at the beginning of a sheet, and of a workbook's list of texts.
_BEGINNING = 200_000
_WRITTEN = (ColumnType.TEXT, ColumnType.LONG_TEXT, ColumnType.PHONE)
Raw = Sequence[Sequence[Any]]


Reader = Callable[[Any], Any]


def carries_marks(path: Path) -> bool:
    """Whether a workbook looks like one of ours that came back; cheap, for every file imported.

    It names our hidden sheet, or holds the header of a hidden column where headers lie in a file.
    """
    sign = fingerprints.HEADERS[-1]
    try:
        if not zipfile.is_zipfile(path):
            return path.suffix.lower() == ".xls" and sign.encode("utf-16-le") in path.read_bytes()
        with zipfile.ZipFile(path) as archive:
            return _begins_with(archive, "xl/workbook.xml", fingerprints.SHEET) or any(
                _begins_with(archive, part, sign)
                for part in ("xl/sharedStrings.xml", "xl/worksheets/sheet1.xml", "content.xml")
            )
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, NotImplementedError):
        return False


def _begins_with(archive: zipfile.ZipFile, part: str, text: str) -> bool:
    """Whether a text stands at the beginning of a part; what is not there holds nothing."""
    if part not in archive.namelist():
        return False
    with archive.open(part) as stream:
        # Some programs write letters as references (&#34892;).
        return text in unescape(stream.read(_BEGINNING).decode("utf-8", "ignore"))


def read_returned(
    path: Path,
    name: str,
    ledger: Ledger,
    atlas: Atlas,
    actor: Actor,
    progress: Progress,
    corrections: Corrections = NONE,
    base: int = 0,
) -> Returned | None:
    """The rows of a workbook that `carries_marks`; None if they are not of this ledger.

    ``name`` is the sheet to read where the hidden sheet is gone. Whoever calls has read the file
    by `ledger.exchange.reading.tables_in.read_sheet`, which checks that it is sound and within
    limits. ``base`` is added to the numbers of rows, here and in ``corrections``.
    """
    with CalamineWorkbook.from_path(str(path)) as book:
        hidden = fingerprints.SHEET in book.sheet_names
        manifest = _manifest(book) if hidden else None
        if manifest is not None and manifest.ledger != ledger.key:
            return None
        wanted = manifest.sheet if manifest and manifest.sheet in book.sheet_names else name
        index = book.sheet_names.index(wanted)
        raw: Raw = with_errors(
            book.get_sheet_by_name(wanted).to_python(skip_empty_area=False),
            path.read_bytes(),
            wanted,
            index,
        )
    at = _header_row(raw, manifest)
    if at is None:
        return None
    context = context_of(Sheet(raw, wanted, is_text=False, file=path.name), at)
    read = _read(raw, at, manifest, ledger, atlas, actor, context, progress, corrections, base)
    return replace(read, sheet=wanted, length=len(raw))


def _manifest(book: CalamineWorkbook) -> Manifest | None:
    rows = book.get_sheet_by_name(fingerprints.SHEET).to_python(skip_empty_area=False)
    return fingerprints.unpacked([row[0] if row else None for row in rows])


def _header_row(rows: Raw, manifest: Manifest | None) -> int | None:
    """The index of the header: it holds the mark's header, or most headers that went out."""
    marks = {fold(header) for header in fingerprints.HEADERS}
    known = {fold(header) for header in manifest.columns} if manifest else set()
    counts = []
    for at, row in enumerate(rows[:_TOP_ROWS]):
        cells = {fold(cell) for cell in row if isinstance(cell, str)}
        if cells & marks:
            return at
        counts.append((len(cells & known), -at))
    most = max(counts, default=(0, 0))
    return -most[1] if most[0] >= 2 else None


def _read(
    raw: Raw,
    at: int,
    manifest: Manifest | None,
    ledger: Ledger,
    atlas: Atlas,
    actor: Actor,
    context: Context,
    progress: Progress,
    corrections: Corrections,
    base: int,
) -> Returned:
    known = {fold(header): key for header, key in headers_of(ledger).items()}
    if manifest is not None:
        known |= {
            fold(header): key for header, key in manifest.columns.items() if key in ledger.by_key
        }
    places: dict[str, int] = {}
    headers: dict[str, str] = {}
    marks: dict[str, int] = {}
    ignored: list[str] = []
    own = {fold(text) for text in _not_typed_in(ledger)}
    for position, cell in enumerate(raw[at]):
        text = "" if cell is None else str(cell).strip()
        key = known.get(fold(text))
        if key is not None and key not in places:
            places[key], headers[key] = position, text
        elif text in fingerprints.HEADERS:
            marks.setdefault(text, position)
        elif text and fold(text) not in own:
            ignored.append(text)
    mark_places = [marks.get(header) for header in fingerprints.HEADERS]
    names = AreaNames(atlas, actor)
    readers = {key: _reader(ledger, ledger.by_key[key], names, context) for key in places}
    home = _home(manifest, atlas, actor)
    below = enumerate(counted(raw[at + 1 :], "识别内容", progress), start=base + at + 2)
    rows: list[ReturnedRow] = []
    examples: list[ReturnedRow] = []
    passed: set[str] = set()
    for number, row in below:
        if all(is_blank(_at(row, position)) for position in places.values()):
            continue
        if number in corrections.left_out:
            passed.add(str(_at(row, places.get("number")) or "").strip())
            continue
        read = _row(number, row, places, readers, mark_places, corrections, home)
        (examples if _is_example(read) else rows).append(read)
    sent = manifest.marks if manifest else {}
    return Returned(
        headers,
        rows,
        sent,
        tuple(ignored),
        places,
        sent=(Sent(sent),),
        passed=frozenset(passed),
        left_out=tuple(LeftOut(one.row, "填写示例", str(one.values["number"])) for one in examples),
    )


def _home(manifest: Manifest | None, atlas: Atlas, actor: Actor) -> Area | None:
    """The area that the workbook was made for, if it is there and the actor's."""
    area = atlas.get(manifest.area) if manifest else None
    return area if area is not None and actor.sees(area.path) else None


def _is_example(row: ReturnedRow) -> bool:
    return row.mark is None and str(row.values.get("number") or "").startswith(EXAMPLE)


def _not_typed_in(ledger: Ledger) -> list[str]:
    computed = [header_of(column) for column in ledger.columns if column.computed]
    return [SERIAL, AREA_NAME, "更新时间", "更新人", *computed]


def _at(row: Sequence[Any], position: int | None) -> Any:
    return row[position] if position is not None and position < len(row) else None


def _row(
    number: int,
    row: Sequence[Any],
    places: Mapping[str, int],
    readers: Mapping[str, Reader],
    mark_places: Sequence[int | None],
    corrections: Corrections,
    home: Area | None,
) -> ReturnedRow:
    mark = fingerprints.mark_in([_at(row, position) for position in mark_places])
    read = ReturnedRow(number, mark, {}, home=home)
    for key, position in places.items():
        raw = corrections.cells.get((number, key), _at(row, position))
        found = None if is_blank(raw) else readers[key](raw)
        if isinstance(found, Said):
            read.said[key] = found
            if found.understood is None:
                continue
            found = found.understood.value
        read.values[key] = None if found is BLANK else found
    return read


def _reader(ledger: Ledger, column: Column, names: AreaNames, context: Context) -> Reader:
    """How a cell of the column is read, each distinct cell once: a value, or `Said`."""
    if column.type is ColumnType.AREA:
        loose = guarded(area_reader(column, names))
    else:
        plainly = loose_reader(column, context)
        loose = guarded(worded_reader(plainly, lambda raw: meant_by(ledger, column, raw)))
    seen: dict[Any, Any] = {}

    def read(raw: Any) -> Any:
        key = raw if raw.__class__ is str else (raw.__class__, raw)
        if key not in seen:
            seen[key] = _cell(column, raw, loose)
        return seen[key]

    return read


def _cell(column: Column, raw: Any, loose: Reader) -> Any:
    try:
        found = loose(raw)
    except ValueRefused as refused:
        return Said(str(raw).strip(), refused=str(refused))
    if found.__class__ is not Understood:
        return found
    try:
        plain = column.parse(as_written(raw) if column.type in _WRITTEN else raw)
    except ValueRefused:
        plain = None
    if column.key == "number" and plain is not None:
        return plain  # names a record to the letter
    return Said(str(raw).strip(), plain, found)
