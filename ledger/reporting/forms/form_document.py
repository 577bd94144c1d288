"""A form that came as a Word document: its tables as grids, and writing into their cells."""

from __future__ import annotations

import copy
import io
import zipfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

from docx import Document
from docx.oxml.ns import qn
from docx.shared import Pt
from docx.table import Table, _Cell

from ledger.domain.errors import Invalid
from ledger.reporting.forms.filled import FilledCell, Written
from ledger.reporting.forms.form_grid import FormCell, FormGrid, Span

_MOST_BYTES = 100_000_000
_MOST_PARTS = 2_000
_SMALL = Pt(9)
# Paragraphs that belong to a table, and those that open the document.
_NEAREST = 60
_OPENING = 20


class DocumentForm:
    """A form that came as a document; each table of it is a grid, named 表1, 表2 …"""

    suffix = "docx"

    def __init__(self, path: Path) -> None:
        self.notes: tuple[str, ...] = ()
        content = path.read_bytes()
        _check(content)
        try:
            self._document: Any = Document(io.BytesIO(content))
        except (KeyError, ValueError, AttributeError, zipfile.BadZipFile):
            raise Invalid("无法读取，请用 Word 或 WPS 打开后另存为 .docx 再填") from None
        self._tables: list[Table] = list(self._document.tables)
        self._places: dict[int, list[list[_Cell]]] = {}
        if not self._tables:
            raise Invalid("里面没有表格，无法填写；请检查是否选错文件，表格是否是图片")

    def grids(self) -> list[FormGrid]:
        """The tables with the paragraphs before and behind each."""
        around = list(_texts_around(self._document))
        found = []
        for number in range(len(self._tables)):
            rows, merged = _cells(self._cells_of(number))
            above, below = around[number]
            name = f"表{number + 1}"
            found.append(FormGrid(name, rows, merged, above=above, below=below))
        return found

    def add_rows(self, grid: int, last: int, number: int) -> None:
        """Add rows behind the row ``last``, like it."""
        row = self._tables[grid]._tbl.tr_lst[last]
        self._places.pop(grid, None)
        for _ in range(number):
            twin = copy.deepcopy(row)
            for text in twin.iter(qn("w:t")):
                text.text = ""
            row.addnext(twin)

    def write(self, cell: FilledCell) -> None:
        """Put a text into a cell, in the look of what stood there or of its paragraph."""
        row, column = cell.at
        _say(self._cells_of(cell.grid)[row][column], said(cell))

    def _cells_of(self, number: int) -> list[list[_Cell]]:
        """The cells of a table by row and column, found once: a document has many."""
        if number not in self._places:
            self._places[number] = _grid_of(self._tables[number])
        return self._places[number]

    def add_sources(self, rows: list[list[Written]], widths: list[int]) -> None:
        """Append 数据来源 as lines and a table behind the document's last paragraph."""
        self._document.add_page_break()
        width = max((len(row) for row in rows), default=1)
        table: Any = None
        for row in rows:
            if len(row) < 3:
                table = None
                if row:
                    self._document.add_paragraph(str(row[0]))
                continue
            if table is None:
                table = self._document.add_table(0, width)
            cells = table.add_row().cells
            for at, value in enumerate(row):
                run = cells[at].paragraphs[0].add_run(str(value))
                run.font.size = _SMALL

    def saved(self) -> bytes:
        """The document."""
        stream = io.BytesIO()
        self._document.save(stream)
        return stream.getvalue()


def said(cell: FilledCell) -> str:
    """A value as a document shows it: shares with one digit, days as 2026-06-30."""
    value = cell.value
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float):
        if cell.number_format == "0.0%":
            return f"{value * 100:.1f}%"
        return (
            f"{value:.1f}"
            if cell.number_format == "0.0"
            else f"{value:.6f}".rstrip("0").rstrip(".")
        )
    return str(value)


def _check(content: bytes) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            items = archive.infolist()
            if len(items) > _MOST_PARTS or sum(item.file_size for item in items) > _MOST_BYTES:
                raise Invalid("内容过大，不像一张空表，请检查是否选错文件")
            if any(item.filename.endswith("vbaProject.bin") for item in items):
                raise Invalid("文件带有宏，请另存为不含宏的 .docx 后再填")
            if any(b"<!DOCTYPE" in archive.read(item)[:1000] for item in items):
                raise Invalid("已损坏或不完整，无法读取，请重新获取文件")
    except (zipfile.BadZipFile, EOFError, OSError, NotImplementedError, RuntimeError):
        raise Invalid("已损坏或有打开密码，无法读取，请重新获取文件") from None


def _grid_of(table: Table) -> list[list[_Cell]]:
    """The cells by row and column; those of a merged cell are the same one several times.

    One pass: python-docx looks for the first row of a merged cell anew from each of its rows.
    """
    found: list[list[_Cell]] = []
    above: dict[int, _Cell] = {}  # column of the layout → the cell that begins there
    for row in table._tbl.tr_lst:
        line: list[_Cell] = []
        here: dict[int, _Cell] = {}
        column = row.grid_before
        for tc in row.tc_lst:
            goes_on = above.get(column) if tc.vMerge == "continue" else None
            cell = here[column] = goes_on or _Cell(tc, table)
            line += [cell] * tc.grid_span
            column += tc.grid_span
        found.append(line)
        above = here
    return found


def _cells(grid: list[list[_Cell]]) -> tuple[list[list[FormCell]], tuple[Span, ...]]:
    first: dict[Any, tuple[int, int]] = {}
    last: dict[Any, tuple[int, int]] = {}
    for row, cells in enumerate(grid):
        for at, cell in enumerate(cells):
            first.setdefault(cell._tc, (row, at))
            last[cell._tc] = (row, at)
    rows = [
        [
            FormCell(value=cell.text.strip() or None, framed=True)
            if first[cell._tc] == (row, at)
            else FormCell(framed=True)
            for at, cell in enumerate(cells)
        ]
        for row, cells in enumerate(grid)
    ]
    merged = tuple((*first[one], *last[one]) for one in first if first[one] != last[one])
    return rows, merged


def _say(place: _Cell, text: str) -> None:
    paragraph = place.paragraphs[0]
    if paragraph.runs:
        paragraph.runs[0].text = text
        for run in paragraph.runs[1:]:
            run.text = ""
        return
    run = paragraph.add_run(text)
    mark = paragraph._p.find(f"{qn('w:pPr')}/{qn('w:rPr')}")
    if mark is not None:  # the look of the blank paragraph
        run._r.insert(0, copy.deepcopy(mark))


def _texts_around(document: Any) -> Iterator[tuple[tuple[str, ...], tuple[str, ...]]]:
    """For each table the paragraphs before it, the nearest first, and those behind the last one;
    of a long document those that are near, and how it opens (who reports, and until when)."""
    before: list[str] = []
    tables: list[list[str]] = []
    for block in document.element.body:
        if block.tag == qn("w:tbl"):
            tables.append(before)
            before = []
        elif block.tag == qn("w:p"):
            text = "".join(one.text or "" for one in block.iter(qn("w:t"))).strip()
            if text:
                before.append(text)
    opening = tables[0][:_OPENING] if tables else []
    nearest: list[str] = []
    for at, above in enumerate(tables):
        nearest = [*reversed(above), *nearest][:_NEAREST]
        rest = () if at == 0 else tuple(text for text in opening if text not in nearest)
        yield (*nearest, *rest), tuple(before[:_NEAREST]) if at == len(tables) - 1 else ()
