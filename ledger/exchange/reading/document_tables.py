"""Tables of Word documents (docx): each is a sheet; the lines before it are its titles.

Only the document's own XML is read. Source: ECMA-376 part 1, 17.4 (tables): ``w:gridSpan``,
``w:vMerge``, ``w:gridBefore``.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterator
from typing import Any

from ledger.domain.errors import Invalid
from ledger.domain.settings import settings
from ledger.exchange.reading.archives import binary_workbook
from ledger.exchange.reading.markup_tables import Grid
from ledger.exchange.reading.xml_in import parsed

_PART = "word/document.xml"
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
# A title, a unit, a date: what stands just above a table.
_TITLES = 3
_LONGEST_TITLE = 60


def is_document(content: bytes) -> bool:
    """Whether a zip archive is a Word document."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return _PART in archive.namelist()
    except zipfile.BadZipFile:
        return False


def document_tables(content: bytes) -> list[Grid]:
    """The tables of a Word document. Raises `Invalid` when there is none or it is damaged."""
    found: list[Grid] = []
    titles: list[str] = []
    for element in _blocks(_body(content)):
        if element.tag == f"{_W}p":
            text = _text(element)
            titles = [*titles, text][-_TITLES:] if text else titles
            continue
        grid = Grid(f"表{len(found) + 1}", [[text[:_LONGEST_TITLE]] for text in titles])
        _fill(grid, element)
        titles = []
        if any(map(any, grid.rows)):
            found.append(grid)
    if not found:
        raise Invalid("是 Word 文件，里面没有表格，请检查是否选错文件")
    return found


def _body(content: bytes) -> Any:
    limits = settings()
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if "xl/workbook.bin" in archive.namelist():
                raise binary_workbook()
            part = archive.getinfo(_PART)
            if part.file_size > limits.max_unpacked_megabytes * 1_000_000 // 4:
                raise Invalid("解压后过大，不像正常的文件，已停止读取。请检查文件来源")
            xml = archive.read(part)
        body = parsed(xml).find(f"{_W}body")
    except (zipfile.BadZipFile, zlib.error, EOFError, KeyError):
        raise Invalid("已损坏或不完整，无法读取，请重新获取文件") from None
    except RuntimeError:
        raise Invalid("有打开密码，请取消密码保护后再导入") from None
    if body is None:
        raise Invalid("已损坏或不完整，无法读取，请重新获取文件")
    return body


def _blocks(body: Any) -> Iterator[Any]:
    """Paragraphs and tables in their order; those in a content control as if it were not there."""
    for element in body:
        if element.tag in (f"{_W}p", f"{_W}tbl"):
            yield element
        elif element.tag == f"{_W}sdt":
            for inside in element.iter(f"{_W}sdtContent"):
                yield from _blocks(inside)


def _fill(grid: Grid, table: Any) -> None:
    top = len(grid.rows)
    began: dict[int, tuple[int, int]] = {}  # column → (row, width) of a cell merged downward
    reaching: dict[tuple[int, int], tuple[int, int]] = {}  # where each begins → where it ends
    for row, line in enumerate(table.findall(f"{_W}tr"), start=top):
        column = _number(line, "trPr", "gridBefore", 0)
        for cell in line.iter(f"{_W}tc"):
            width = _number(cell, "tcPr", "gridSpan", 1)
            merge = cell.find(f"{_W}tcPr/{_W}vMerge")
            if merge is not None and merge.get(f"{_W}val") != "restart" and column in began:
                first, wide = began[column]
                reaching[first, column] = (row, column + wide - 1)
            else:
                began.pop(column, None)
                text = "\n".join(filter(None, map(_text, cell.findall(f"{_W}p"))))
                grid.put(row, column, text, 0, width - 1)
                if merge is not None:
                    began[column] = (row, width)
            column += width
    grid.merged = [span for span in grid.merged if span[0] not in reaching]
    grid.merged += reaching.items()


def _number(element: Any, group: str, key: str, usual: int) -> int:
    found = element.find(f"{_W}{group}/{_W}{key}")
    said = "" if found is None else found.get(f"{_W}val", "")
    return min(int(said), 300) if said.isdecimal() and len(said) < 5 else usual


def _text(paragraph: Any) -> str:
    """The text of a paragraph; what was deleted with changes tracked is in other elements."""
    parts = []
    for element in paragraph.iter():
        if element.tag == f"{_W}t":
            parts.append(element.text or "")
        elif element.tag in (f"{_W}tab", f"{_W}br"):
            parts.append(" ")
    return "".join(parts).strip()
