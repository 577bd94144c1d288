"""Forms drawn by tests: rows of texts with borders, and what came of filling them."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl.styles import Border, Side
from openpyxl.worksheet.worksheet import Worksheet

from ledger.reporting.forms.filling import FilledForm
from ledger.reporting.forms.source_sheet import place_name

_THIN = Side(style="thin")
FRAME = Border(left=_THIN, right=_THIN, top=_THIN, bottom=_THIN)


class Drawn:
    """A workbook with one sheet: a title, notes, and a framed table below them."""

    def __init__(self, title: str = "", notes: Sequence[str] = (), name: str = "表") -> None:
        self.book = openpyxl.Workbook()
        self.sheet: Worksheet = self.book.active  # type: ignore[assignment]
        self.sheet.title = name
        self.row = 0
        for text in (title, *notes):
            if text:
                self.row += 1
                self.sheet.cell(self.row, 1, text)

    def rows(self, *rows: Sequence[Any], framed: bool = True) -> Drawn:
        """Further rows; ``None`` is a blank cell."""
        for row in rows:
            self.row += 1
            for at, value in enumerate(row, start=1):
                cell = self.sheet.cell(self.row, at, value)
                if framed:
                    cell.border = FRAME
        return self

    def blank(self, number: int, width: int) -> Drawn:
        """Blank framed rows."""
        return self.rows(*([None] * width for _ in range(number)))

    def merge(self, *ranges: str) -> Drawn:
        """Merge cells."""
        for one in ranges:
            self.sheet.merge_cells(one)
        return self

    def save(self, path: Path) -> Path:
        """Write it."""
        self.book.save(path)
        return path


def values(filled: FilledForm) -> dict[str, Any]:
    """Cell → what was written, without names of areas and serials."""
    told = ("序号", "区域名称")
    return {place_name(one.at): one.value for one in filled.cells if not one.means.startswith(told)}


def reasons(filled: FilledForm) -> dict[str, str]:
    """Cell → why it is blank."""
    return {place_name(one.at): one.message for one in filled.open}


def sheet_of(filled: FilledForm) -> Worksheet:
    """The first sheet of what was written."""
    return openpyxl.load_workbook(io.BytesIO(filled.content)).worksheets[0]
