"""Read a sheet that somebody sent: workbooks, text tables, pages and documents as plain rows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from ledger.domain.errors import Invalid, in_file
from ledger.domain.progress import Progress
from ledger.domain.settings import settings
from ledger.exchange.reading.archives import check_memory
from ledger.exchange.reading.books import ENDINGS, Book, open_book
from ledger.exchange.reading.sheet import Sheet
from ledger.exchange.reading.understanding import Note

# A sheet is recognised by what stands in its first rows.
GLANCE = 40
# How much a sheet looks like the ledger: the number of its columns that are found in it.
Resemblance = Callable[[Sequence[Sequence[Any]]], int]


def read_sheet(
    path: Path,
    sheet: str | None = None,
    resembles: Resemblance | None = None,
    progress: Progress | None = None,
) -> Sheet:
    """Read one sheet of a workbook, or a text table.

    Of several sheets the one named; otherwise, among those not hidden, the one that ``resembles``
    the ledger most, the first of equals. Workbooks are ``xlsx``, ``xlsm`` (macros are never run),
    ``xls``, ``et`` and ``ods``; of formulas the result that stands in the file is taken, nothing
    is worked out and no link followed. Text tables are parted by comma, tab, semicolon, stroke or
    Chinese comma and written in UTF-8 (with or without BOM), UTF-16 or GB18030. The tables of web
    pages, of XML files of Excel 2003 and of Word documents (docx) are sheets too. Hidden rows and
    columns are read like others, and noted.

    Raises
    ------
    InvalidFile
        If the file cannot be read, is no table, or exceeds the limits.
    """
    book = open_book(path, progress)
    with in_file(path):
        name, rivals = choose(book, sheet, resembles)
    read = read_named(book, name)
    notes = said_of_others(book, name, sheet, rivals)
    return replace(read, notes=(*notes, *read.notes)) if notes else read


def read_named(book: Book, name: str) -> Sheet:
    """A sheet of an opened file. Raises `InvalidFile` if it is empty or exceeds the limits."""
    read = book.sheet(name)
    with in_file(book.path, read.own_name):
        check_size(read)
    return read


def has_sheets(path: Path) -> bool:
    """Whether a file has sheets with names, by its content; otherwise it is a text table."""
    return not open_book(path).is_text


def choose(
    book: Book, wanted: str | None, resembles: Resemblance | None
) -> tuple[str, tuple[str, ...]]:
    """The sheet to be read, and those that look like the ledger nearly as much.

    Raises
    ------
    Invalid
        If there is no sheet of the ``wanted`` name.
    """
    if wanted is not None:
        if book.is_text:
            raise Invalid(f"是文本表格，没有工作表“{wanted}”，请去掉工作表名称后重试")
        if wanted not in book.names:
            raise Invalid(f"没有名为“{wanted}”的工作表，有：{'、'.join(book.names[:20])}")
        return wanted, ()
    seen = book.seen
    if len(seen) == 1:
        return seen[0], ()
    likeness = {name: likeness_of(book, name, resembles) for name in seen}
    chosen = max(seen, key=likeness.__getitem__)
    # As many columns again, or nearly: probably another village's list.
    rivals = (
        name
        for name in seen
        if name != chosen and likeness[name] > 1 and likeness[name] >= likeness[chosen] / 2
    )
    return chosen, tuple(rivals)


def said_of_others(
    book: Book, chosen: str, wanted: str | None, rivals: Sequence[str]
) -> tuple[Note, ...]:
    """What is to be said of the sheets that are not read."""
    if wanted is not None or len(book.seen) == 1:
        return ()
    said = [Note(None, None, f"文件有{len(book.seen)}张工作表，读的是“{chosen}”")]
    if rivals:
        others = "、".join(f"“{name}”" for name in rivals[:10])
        message = f"工作表{others}也像是这个台账，没有读入；需要时请指定工作表另行导入"
        said.append(Note(None, None, message, sure=False))
    return tuple(said)


def likeness_of(book: Book, name: str, resembles: Resemblance | None) -> int:
    """How much a sheet looks like the ledger; -1 for an empty one."""
    rows = book.top(name, GLANCE)
    if not any(cell not in (None, "") for row in rows for cell in row):
        return -1
    return 0 if resembles is None else resembles(rows)


def check_size(sheet: Sheet) -> None:
    """Raises `Invalid` for a sheet that is empty or exceeds the limits."""
    limits = settings()
    if not any(cell not in (None, "") for row in sheet.rows for cell in row):
        raise Invalid("表格是空的，没有可以导入的内容")
    cells = sum(map(len, sheet.rows))
    check_memory(cells, cells, limits)
    widest = max(len(row) for row in sheet.rows)
    if widest > limits.max_import_columns:
        raise Invalid(
            f"表格有 {widest} 列，最多 {limits.max_import_columns} 列，请删去数据右侧多余的列"
        )


__all__ = ["ENDINGS", "GLANCE", "Resemblance", "Sheet", "has_sheets", "read_sheet"]
