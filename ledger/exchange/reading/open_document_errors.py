"""Cells of an OpenDocument table that show an error; the reader gives them as blank or as 0."""

from __future__ import annotations

import re
import zipfile
from xml.parsers import expat

from ledger.exchange.reading.open_document import CONTENT

_TABLE = "urn:oasis:names:tc:opendocument:xmlns:table:1.0 "
_CELLS = (f"{_TABLE}table-cell", f"{_TABLE}covered-table-cell")
_TEXT = "urn:oasis:names:tc:opendocument:xmlns:text:1.0 p"
_FORMULA = f"{_TABLE}formula"
# More than any error is long.
_LONGEST = 40


def error_texts(
    archive: zipfile.ZipFile, sheet: str, error: re.Pattern[str]
) -> dict[tuple[int, int], str]:
    """(row, column) from 0 → the error shown there, of the formulas of one sheet."""
    content = archive.read(CONTENT)
    if error.search(content.decode("utf-8", "replace")) is None:
        return {}
    reader = _Reader(sheet, error)
    reader.parser.Parse(content, True)
    return reader.found


class _Reader:
    def __init__(self, sheet: str, error: re.Pattern[str]) -> None:
        self._sheet, self._error = sheet, error
        self.found: dict[tuple[int, int], str] = {}
        self._here = self._formula = self._in_text = False
        self._row = self._column = 0
        self._rows = self._columns = 1
        self._text = ""
        self.parser = expat.ParserCreate(namespace_separator=" ")
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._characters

    def _start(self, name: str, said: dict[str, str]) -> None:
        if name == f"{_TABLE}table":
            self._here, self._row = said.get(f"{_TABLE}name") == self._sheet, 0
        elif not self._here:
            return
        elif name == f"{_TABLE}table-row":
            self._rows, self._column = _times(said, "number-rows-repeated"), 0
        elif name in _CELLS:
            self._columns = _times(said, "number-columns-repeated")
            self._formula, self._text = _FORMULA in said, ""
        elif name == _TEXT:
            self._in_text = True

    def _characters(self, text: str) -> None:
        if self._in_text and self._formula and len(self._text) < _LONGEST:
            self._text += text

    def _end(self, name: str) -> None:
        if not self._here:
            return
        if name == _TEXT:
            self._in_text = False
        elif name in _CELLS:
            if self._formula and self._error.fullmatch(self._text.strip()):
                for row in range(self._row, self._row + self._rows):
                    for column in range(self._column, self._column + self._columns):
                        self.found[row, column] = self._text.strip()
            self._formula = False
            self._column += self._columns
        elif name == f"{_TABLE}table-row":
            self._row += self._rows


def _times(said: dict[str, str], name: str) -> int:
    text = said.get(_TABLE + name, "1")
    return int(text) if text.isdecimal() and len(text) < 10 else 1
