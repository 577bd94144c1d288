"""Check an OpenDocument table (.ods) before a reader unpacks it into memory.

The same limits hold as for other packed workbooks (:mod:`ledger.exchange.reading.packed`). One row
of a few letters may stand for a million here ("repeated"), so rows and columns are counted, not
found by their numbers, and so is the text of all cells. Documents with entities of their own are
refused unread.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from xml.parsers import expat

from ledger.domain.errors import Invalid, InvalidFile
from ledger.domain.progress import Progress
from ledger.domain.settings import Settings
from ledger.exchange.reading.archives import (
    CHUNK,
    Archive,
    Part,
    check_formulas,
    letters,
    too_large,
    too_long,
    too_much_text,
    too_wide,
)
from ledger.exchange.reading.text_bounds import Stretches, TextTooLong

CONTENT = "content.xml"
_MANIFEST = "META-INF/manifest.xml"
_TABLE = "urn:oasis:names:tc:opendocument:xmlns:table:1.0 "
_OFFICE = "urn:oasis:names:tc:opendocument:xmlns:office:1.0 "
_TEXT = "urn:oasis:names:tc:opendocument:xmlns:text:1.0 p"
_CELLS = (f"{_TABLE}table-cell", f"{_TABLE}covered-table-cell")
_HIDDEN = ("collapse", "filter")
_MACROS = ("Basic/", "Scripts/")


def is_open_document(archive: zipfile.ZipFile) -> bool:
    """Whether a zip archive is a table of LibreOffice or another program of its kind."""
    try:
        kind = archive.read("mimetype")[:80]
    except KeyError:
        return False
    return kind.startswith(b"application/vnd.oasis.opendocument.spreadsheet")


def look_through(
    path: Path, archive: zipfile.ZipFile, limits: Settings, progress: Progress
) -> Archive:
    """What was seen of the table in passing. Raises `Invalid` where a limit is exceeded."""
    if _MANIFEST in archive.namelist() and b"encryption-data" in archive.read(_MANIFEST):
        raise Invalid("有打开密码，请取消密码保护后再导入")
    if CONTENT not in archive.namelist():
        raise zipfile.BadZipFile
    found = Archive(macros=any(name.startswith(_MACROS) for name in archive.namelist()))
    counter, stretches = _Counter(found, limits, path), Stretches(limits)
    room = limits.max_unpacked_megabytes * 1_000_000
    whole = sum(item.file_size for item in archive.infolist())
    gone = 0
    for item in archive.infolist():
        for chunk in _chunks(archive, item):
            gone += len(chunk)
            if gone > room:
                raise too_large(path, limits)
            if item.filename == CONTENT:
                counter.feed(chunk)
                try:
                    stretches.feed(chunk)
                except TextTooLong:  # outside of all cells, or in the writing of one
                    raise counter.too_much_text() from None
            progress("读取文件", min(gone, whole), whole)
    counter.close()
    return found


def _chunks(archive: zipfile.ZipFile, item: zipfile.ZipInfo) -> Iterator[bytes]:
    with archive.open(item) as stream:
        while chunk := stream.read(CHUNK):
            yield chunk


@dataclass
class _Counter:
    """Counts rows, columns and formulas of each sheet while its XML goes by."""

    found: Archive
    limits: Settings
    path: Path
    part: Part = field(default_factory=Part)

    def __post_init__(self) -> None:
        self.parser = expat.ParserCreate(namespace_separator=" ")
        self.parser.StartElementHandler = self.start
        self.parser.EndElementHandler = self.end
        self.parser.CharacterDataHandler = self.text
        self.parser.buffer_text = True
        self.parser.StartDoctypeDeclHandler = self.refuse
        self.row = self.column = self.rows = self.columns = self.columns_declared = 0
        self.in_cell = self.filled = self.has_formula = False
        # Letters of the cell, of the row, and of everything up to here, as often as repeated.
        self.letters = self.row_letters = self.all_letters = 0
        self.sheet = ""

    def feed(self, chunk: bytes) -> None:
        try:
            self.parser.Parse(chunk, False)
        except expat.ExpatError as error:
            raise zipfile.BadZipFile from error
        except InvalidFile:
            raise
        except Invalid as error:
            raise InvalidFile(error.problems, self.path.name, self.sheet) from None

    def close(self) -> None:
        try:
            self.parser.Parse(b"", True)
        except expat.ExpatError as error:
            raise zipfile.BadZipFile from error

    def refuse(self, *_: object) -> None:
        raise zipfile.BadZipFile

    def start(self, name: str, said: dict[str, str]) -> None:
        if name in _CELLS:
            self.in_cell, self.has_formula = True, f"{_TABLE}formula" in said
            self.letters = 0
            self.filled = f"{_OFFICE}value-type" in said
            self.columns = _times(said, "number-columns-repeated")
            self.note_span(said)
        elif name == _TEXT and self.in_cell:
            self.filled = True
        elif name == f"{_TABLE}table-row":
            self.rows, self.column, self.used = _times(said, "number-rows-repeated"), 0, False
            self.formulas = self.without = self.row_letters = 0
            self.hidden = said.get(f"{_TABLE}visibility") in _HIDDEN
        elif name == f"{_TABLE}table-column":
            self.note_columns(said)
        elif name == f"{_TABLE}table":
            self.row = self.columns_declared = 0
            self.sheet = said.get(f"{_TABLE}name", "")
            self.part = self.found.sheets[self.sheet] = Part()
        elif name == f"{_TABLE}table-source":
            self.found.links = True

    def end(self, name: str) -> None:
        if name in _CELLS:
            self.end_cell()
        elif name == f"{_TABLE}table-row":
            self.end_row()

    def text(self, data: str) -> None:
        self.letters += len(data)
        if self.letters > 2 * self.limits.max_cell_characters and self.in_cell:
            raise self.too_much_text()

    def too_much_text(self) -> Invalid:
        """Why a document with an endless text is not read, with the cell being looked at."""
        where = (self.sheet, letters(self.column + 1), self.row + 1) if self.in_cell else None
        return too_much_text(self.path, self.limits, where)

    def end_cell(self) -> None:
        self.in_cell = False
        self.column += self.columns
        self.row_letters += self.letters * self.columns
        if self.has_formula:
            self.formulas += self.columns
            self.without += 0 if self.filled else self.columns
        if self.filled:
            self.used = True
            if self.column > self.limits.max_import_columns:
                raise too_wide(self.row + 1, self.column, self.limits)

    def end_row(self) -> None:
        first, self.row = self.row, self.row + self.rows
        if not self.used:
            return
        self.all_letters += self.row_letters * self.rows
        if self.all_letters > self.limits.max_unpacked_megabytes * 1_000_000:
            raise too_large(self.path, self.limits)
        if self.row > self.limits.max_import_rows:
            raise too_long(self.row, self.limits.max_import_rows)
        if self.hidden:
            self.part.hidden_rows.update(range(first + 1, self.row + 1))
        self.part.formulas += self.formulas * self.rows
        self.part.without_result += self.without * self.rows
        check_formulas(self.part, self.limits)

    def note_columns(self, said: dict[str, str]) -> None:
        first = self.columns_declared
        self.columns_declared += _times(said, "number-columns-repeated")
        if said.get(f"{_TABLE}visibility") in _HIDDEN:
            last = min(self.columns_declared, self.limits.max_import_columns)
            self.part.hidden_columns.update(range(first + 1, last + 1))

    def note_span(self, said: dict[str, Any]) -> None:
        down, across = _times(said, "number-rows-spanned"), _times(said, "number-columns-spanned")
        if down > 1 or across > 1:
            corner = (self.row, self.column)
            self.part.merged.append((corner, (self.row + down - 1, self.column + across - 1)))


def _times(said: dict[str, str], name: str) -> int:
    text = said.get(_TABLE + name, "1")
    return int(text) if text.isdecimal() and len(text) < 10 else 1
