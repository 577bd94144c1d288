"""Read a workbook that went out with marks and came back: its rows, cells and marks.

The sheet is our own, so its columns are known by their headers, wherever they were moved to and
however rows were sorted. A blank cell is an answer here: somebody emptied it.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from html import unescape
from pathlib import Path
from typing import Any

from python_calamine import CalamineWorkbook

from geo.atlas import Atlas
from ledger.access import Actor
from ledger.columns import Column, ColumnType, Ledger, ValueRefused
from ledger.exchange import fingerprints
from ledger.exchange.fingerprints import Manifest, Mark
from ledger.exchange.office_workbook import SERIAL
from ledger.exchange.tables_out import AREA_NAME, header_of, headers_of
from ledger.places.areas import codes_named
from ledger.progress import Progress, counted
from ledger.values import fold, is_blank

_TOP_ROWS = 20
# Headers stand at the beginning of a sheet, and of a workbook's list of texts.
_BEGINNING = 200_000
_ERROR_CELL = re.compile(r"#(N/A|REF!|VALUE!|DIV/0!|NAME\?|NUM!|NULL!|SPILL!|CALC!)")
Raw = Sequence[Sequence[Any]]
Reader = Callable[[Any], Any]


@dataclass(frozen=True)
class ReturnedRow:
    """One row: its number in Excel, its mark if it kept one, and a value for each column.

    ``refused`` are cells that cannot be taken: key → (what was there, why not).
    """

    row: int
    mark: Mark | None
    values: dict[str, Any]
    refused: dict[str, tuple[str, str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Returned:
    """A workbook that came back: headers by key, rows, marks by 编号, headers passed over."""

    headers: Mapping[str, str]
    rows: Sequence[ReturnedRow]
    marks: Mapping[str, Mark]
    ignored: tuple[str, ...]


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
                for part in ("xl/sharedStrings.xml", "xl/worksheets/sheet1.xml")
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
) -> Returned | None:
    """The rows of a workbook that `carries_marks`; None if they are not of this ledger.

    ``name`` is the sheet to read where the hidden sheet is gone. Whoever calls has read the file
    by `ledger.exchange.tables_in.read_sheet`, which checks that it is sound and within limits.
    """
    with CalamineWorkbook.from_path(str(path)) as book:
        hidden = fingerprints.SHEET in book.sheet_names
        manifest = _manifest(book) if hidden else None
        if manifest is not None and manifest.ledger != ledger.key:
            return None
        wanted = manifest.sheet if manifest and manifest.sheet in book.sheet_names else name
        raw: Raw = book.get_sheet_by_name(wanted).to_python(skip_empty_area=False)
    at = _header_row(raw, manifest)
    return None if at is None else _read(raw, at, manifest, ledger, atlas, actor, progress)


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
    progress: Progress,
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
    readers = {key: _reader(ledger.by_key[key], atlas, actor) for key in places}
    rows = [
        _row(number, row, places, readers, mark_places)
        for number, row in enumerate(counted(raw[at + 1 :], "识别内容", progress), start=at + 2)
        if any(not is_blank(_at(row, position)) for position in places.values())
    ]
    return Returned(headers, rows, manifest.marks if manifest else {}, tuple(ignored))


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
) -> ReturnedRow:
    mark = fingerprints.mark_in([_at(row, position) for position in mark_places])
    read = ReturnedRow(number, mark, {})
    for key, position in places.items():
        raw = _at(row, position)
        try:
            read.values[key] = None if is_blank(raw) else readers[key](raw)
        except ValueRefused as refused:
            read.refused[key] = (str(raw).strip(), str(refused))
    return read


def _reader(column: Column, atlas: Atlas, actor: Actor) -> Reader:
    """How a cell of the column is read; each distinct text once."""
    parse: Reader = column.parse
    if column.type is ColumnType.AREA:
        parse = _area_parser(column, atlas, actor)
    is_text = column.type in (ColumnType.TEXT, ColumnType.LONG_TEXT, ColumnType.PHONE)
    seen: dict[str, Any] = {}

    def read(raw: Any) -> Any:
        if isinstance(raw, str):
            if raw not in seen:
                if _ERROR_CELL.fullmatch(raw.strip()):
                    raise ValueRefused(f"公式出错({raw.strip()})，请改正公式或直接填写")
                seen[raw] = parse(raw)
            return seen[raw]
        if is_text:
            return parse(_written(raw))
        if isinstance(raw, time | timedelta):
            raise ValueRefused(f"“{raw}”是时间，请改填这一列要求的内容")
        return parse(raw)

    return read


def _written(raw: Any) -> Any:
    """A cell as the text it is shown as: dates without a midnight nobody typed."""
    if isinstance(raw, datetime):
        return raw.date().isoformat() if raw.time() == time() else raw.isoformat(" ")
    if isinstance(raw, bool):
        return "是" if raw else "否"
    return raw.isoformat() if isinstance(raw, date | time) else raw


def _area_parser(column: Column, atlas: Atlas, actor: Actor) -> Callable[[object], Any]:
    def read(raw: object) -> str:
        text = str(column.parse(raw))
        codes = [text] if text in atlas else codes_named(atlas, actor, text)
        if len(codes) == 1:
            return codes[0]
        if codes:
            some = "、".join(codes[:5])
            raise ValueRefused(f"有{len(codes)}个区域都叫“{text}”，请改填区域代码：{some}")
        raise ValueRefused(f"没有代码或名称为“{text[:40]}”的区域，请核对，或先载入区域")

    return read
