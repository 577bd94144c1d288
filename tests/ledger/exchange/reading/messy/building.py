"""How the messy files are written, and the form in which their answers are given."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import docx
import xlsxwriter

Rows = Sequence[Sequence[Any]]
Span = tuple[int, int, int, int]
VILLAGE_1, VILLAGE_2, VILLAGE_3 = "990101001001", "990101002001", "990101002201"
GRID_1 = "990101001001001"


@dataclass(frozen=True)
class Messy:
    """One file: how it is written, and what must be read from it, all of it and nothing else.

    ``rows`` are the records by their row in Excel; ``left_out`` the rows that are none;
    ``doubtful`` and ``refused`` cells as (row, ledger key); ``said`` words that notes must hold.
    A file that cannot be read at all ``refuses`` with these words;
    ``proposed`` are words of what is said of refused cells.
    """

    name: str
    file: str
    write: Callable[[Path], None]
    rows: Mapping[int, Mapping[str, Any]]
    ledger: str = "institutions"
    left_out: tuple[int, ...] = ()
    doubtful: tuple[tuple[int, str], ...] = ()
    refused: tuple[tuple[int, str], ...] = ()
    said: tuple[str, ...] = ()
    sheet: str | None = None
    refuses: str = ""
    proposed: tuple[str, ...] = ()


@dataclass(frozen=True)
class Page:
    """One sheet: its rows, merged cells (first row, first column, last row, last column)."""

    rows: Rows
    merged: Sequence[Span] = ()
    hidden_rows: Sequence[int] = ()
    hidden_columns: Sequence[int] = ()
    hidden: bool = False
    formulas: Mapping[tuple[int, int], tuple[str, Any]] = field(default_factory=dict)


def xlsx(*pages: Page, names: Sequence[str] = ("Sheet1", "Sheet2", "Sheet3")) -> Any:
    """A writer of a workbook with these sheets."""

    def write(path: Path) -> None:
        plain = {"strings_to_formulas": False, "default_date_format": "yyyy-mm-dd"}
        with xlsxwriter.Workbook(str(path), plain) as book:
            for page, name in zip(pages, names, strict=False):
                _write_page(book.add_worksheet(name), page)

    return write


def _write_page(sheet: Any, page: Page) -> None:
    for at, row in enumerate(page.rows):
        sheet.write_row(at, 0, row)
    for top, left, bottom, right in page.merged:
        row = page.rows[top]
        sheet.merge_range(top, left, bottom, right, row[left] if left < len(row) else "")
    for at in page.hidden_rows:
        sheet.set_row(at, None, None, {"hidden": True})
    for at in page.hidden_columns:
        sheet.set_column(at, at, None, None, {"hidden": True})
    for (row_, column), (formula, result) in page.formulas.items():
        sheet.write_formula(row_, column, formula, None, result)
    if page.hidden:
        sheet.hide()


def one(rows: Rows, merged: Sequence[Span] = ()) -> Any:
    """A writer of a workbook with one sheet."""
    return xlsx(Page(rows, merged))


def raw(content: bytes) -> Any:
    """A writer of these bytes."""
    return lambda path: path.write_bytes(content)


def styled(rows: Rows, struck: Sequence[tuple[int, int]] = (), *, since_1904: bool = False) -> Any:
    """A writer of a workbook with struck-out cells, or with days counted from 1904."""

    def write(path: Path) -> None:
        with xlsxwriter.Workbook(str(path), {"date_1904": since_1904}) as book:
            sheet, line = book.add_worksheet(), book.add_format({"font_strikeout": True})
            for at, row in enumerate(rows):
                for column, cell in enumerate(row):
                    sheet.write(at, column, cell, line if (at, column) in struck else None)

    return write


def document(*tables: Rows, titles: Sequence[str] = ()) -> Any:
    """A writer of a Word document with these tables, each below its title."""

    def write(path: Path) -> None:
        book = docx.Document()
        for at, rows in enumerate(tables):
            if at < len(titles):
                book.add_paragraph(titles[at])
            table = book.add_table(len(rows), len(rows[0]))
            for line, row in zip(table.rows, rows, strict=True):
                for cell, value in zip(line.cells, row, strict=True):
                    cell.text = str(value)
        book.save(str(path))

    return write


def text(rows: Rows, encoding: str = "utf-8", delimiter: str = ",") -> Any:
    """A writer of a text table."""

    def write(path: Path) -> None:
        stream = io.StringIO(newline="")
        csv.writer(stream, delimiter=delimiter).writerows(rows)
        path.write_bytes(stream.getvalue().encode(encoding))

    return write
