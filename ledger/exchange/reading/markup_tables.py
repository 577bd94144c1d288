"""Tables in web pages and in the XML of Excel 2003, which systems send as ``.xls``.

Source: HTML 4.01, 11 (tables); Microsoft, XML Spreadsheet Reference (2001): Worksheet, Table, Row
(``ss:Index``), Cell (``ss:Index``, ``ss:MergeAcross``, ``ss:MergeDown``), Data (``ss:Type``).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from html.parser import HTMLParser
from typing import Any

from ledger.domain.errors import Invalid
from ledger.domain.settings import settings
from ledger.exchange.reading.archives import Span, too_long, too_wide
from ledger.exchange.reading.xml_in import parsed

_SPREADSHEET = "{urn:schemas-microsoft-com:office:spreadsheet}"
_PAGE = re.compile(rb"\s*<(?:!doctype\s+html|html|head|body|table|div|meta|style)\b", re.IGNORECASE)
_CHARSET = re.compile(rb"""charset\s*=\s*["']?([\w-]{2,20})""", re.IGNORECASE)
_BREAKS = frozenset({"br", "p", "div"})


@dataclass
class Grid:
    """A table as rows of raw cells, with what is merged in it (counted from 0)."""

    name: str
    rows: list[list[Any]] = field(default_factory=list)
    merged: list[Span] = field(default_factory=list)

    def put(self, row: int, column: int, value: Any, down: int = 0, across: int = 0) -> None:
        """Write a cell that reaches so many rows and columns further. Raises `Invalid`."""
        limits = settings()
        if column + across >= limits.max_import_columns:
            raise too_wide(row + 1, column + across + 1, limits)
        if row >= limits.max_import_rows + 20:
            raise too_long(row + 1, limits.max_import_rows)
        while len(self.rows) <= row:
            self.rows.append([])
        cells = self.rows[row]
        cells += [""] * (column + 1 - len(cells))
        cells[column] = value
        if down or across:
            self.merged.append(((row, column), (row + down, column + across)))


def is_page(content: bytes) -> bool:
    """Whether a file is a web page."""
    return _PAGE.match(_unmarked(content)[:500]) is not None


def is_spreadsheet_xml(content: bytes) -> bool:
    """Whether a file is a workbook in the XML of Excel 2003."""
    head = _unmarked(content)[:4000]
    return head.lstrip().startswith(b"<?xml") and b"office:spreadsheet" in head


def page_tables(content: bytes) -> list[Grid]:
    """The tables of a web page that hold anything. Raises `Invalid` when there is none."""
    reader = _Page()
    reader.feed(_text_of(content))
    reader.close()
    found = [grid for grid in reader.grids if any(map(any, grid.rows))]
    if not found:
        raise Invalid("是网页，里面没有表格。请在浏览器中打开，把表格复制到 Excel 后再导入")
    return found


def spreadsheet_tables(content: bytes) -> list[Grid]:
    """The sheets of a workbook in XML. Raises `Invalid` when it is damaged."""
    root = parsed(content)
    found = []
    for at, sheet in enumerate(root.iter(f"{_SPREADSHEET}Worksheet"), start=1):
        grid = Grid(sheet.get(f"{_SPREADSHEET}Name") or f"Sheet{at}")
        for table in sheet.iter(f"{_SPREADSHEET}Table"):
            _fill(grid, table)
        found.append(grid)
    if not found:
        raise Invalid("没有工作表，请检查是否选错文件")
    return found


def _fill(grid: Grid, table: Any) -> None:
    row = -1
    for line in table.iter(f"{_SPREADSHEET}Row"):
        row = _index(line, row + 1)
        column = -1
        for cell in line.iter(f"{_SPREADSHEET}Cell"):
            column = _index(cell, column + 1)
            across, down = _reach(cell, "MergeAcross"), _reach(cell, "MergeDown")
            data = cell.find(f"{_SPREADSHEET}Data")
            if data is not None:
                grid.put(row, column, _value(data), down, across)
            column += across


def _index(element: Any, usual: int) -> int:
    said = element.get(f"{_SPREADSHEET}Index", "")
    return int(said) - 1 if said.isdecimal() and 0 < len(said) < 8 else usual


def _reach(element: Any, key: str) -> int:
    said = element.get(f"{_SPREADSHEET}{key}", "")
    return int(said) if said.isdecimal() and len(said) < 6 else 0


def _value(data: Any) -> Any:
    text = "".join(data.itertext())
    kind = data.get(f"{_SPREADSHEET}Type", "String")
    try:
        if kind == "Number":
            return float(text)
        if kind == "DateTime":
            return datetime.fromisoformat(text)
    except ValueError:
        return text
    return text == "1" if kind == "Boolean" else text


class _Page(HTMLParser):
    """Collects the tables of a page; one within another stands beside it as its own."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.grids: list[Grid] = []
        self._open: list[_Table] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "table":
            self.grids.append(Grid(f"网页表{len(self.grids) + 1}"))
            self._open.append(_Table(self.grids[-1]))
        elif self._open and tag == "tr":
            self._open[-1].begin_row()
        elif self._open and tag in ("td", "th"):
            self._open[-1].begin_cell(dict(attrs))
        elif self._open and tag in _BREAKS:
            self._open[-1].add("\n")

    def handle_endtag(self, tag: str) -> None:
        if not self._open:
            return
        if tag == "table":
            self._open.pop().end_cell()
        elif tag in ("td", "th", "tr"):
            self._open[-1].end_cell()

    def handle_data(self, data: str) -> None:
        if self._open:
            self._open[-1].add(data)


class _Table:
    """One table while it is read: where the next cell goes, and down to where columns are taken."""

    def __init__(self, grid: Grid) -> None:
        self.grid, self.row = grid, -1
        self.free_from: dict[int, int] = {}  # column → row
        self.text: list[str] | None = None
        self.span = (1, 1)

    def begin_row(self) -> None:
        self.end_cell()
        self.row += 1

    def begin_cell(self, attributes: Mapping[str, str | None]) -> None:
        self.end_cell()
        self.row = max(self.row, 0)
        self.text = []
        self.span = (_span(attributes.get("rowspan")), _span(attributes.get("colspan")))

    def add(self, text: str) -> None:
        if self.text is not None:
            self.text.append(text if text == "\n" else re.sub(r"\s+", " ", text))

    def end_cell(self) -> None:
        if self.text is None:
            return
        text, self.text = "".join(self.text).strip(), None
        column = 0
        while self.free_from.get(column, 0) > self.row:
            column += 1
        down, across = self.span
        self.grid.put(self.row, column, text, down - 1, across - 1)
        for at in range(column, column + across):
            self.free_from[at] = max(self.free_from.get(at, 0), self.row + down)


def _span(said: str | None) -> int:
    text = (said or "1").strip()
    return min(max(int(text), 1), 2000) if text.isdecimal() and len(text) < 6 else 1


def _unmarked(content: bytes) -> bytes:
    return content.removeprefix(b"\xef\xbb\xbf")


def _text_of(content: bytes) -> str:
    """A page as text: by its mark, by the charset that it names, else UTF-8 or GB18030."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", "replace")
    said = _CHARSET.search(content[:4000])
    named = said[1].decode("ascii").lower() if said else ""
    tried = ["utf-8-sig" if named in ("", "utf-8", "utf8") else named, "utf-8-sig", "gb18030"]
    for encoding in ["gb18030" if one.startswith("gb") else one for one in tried]:
        try:
            return content.decode(encoding)
        except (UnicodeDecodeError, LookupError):
            continue
    return content.decode("gb18030", "replace")
