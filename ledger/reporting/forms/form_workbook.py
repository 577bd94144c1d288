"""Read a workbook that came as a blank form: its sheets as grids. Nothing is worked out or run."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

from openpyxl.utils import range_boundaries
from openpyxl.worksheet.formula import ArrayFormula, DataTableFormula
from openpyxl.worksheet.worksheet import Worksheet

from ledger.domain.errors import Invalid
from ledger.domain.settings import settings
from ledger.exchange.reading.packed import check_workbook_archive
from ledger.exchange.reading.workbook_in import workbook_in
from ledger.reporting.forms.form_grid import BLANK, FormCell, FormGrid
from ledger.reporting.forms.workbook_parts import WorkbookParts

_MOST_CELLS = 300_000
_MOST_MERGED = 10_000
_OLD = b"\xd0\xcf\x11\xe0"
_ZIP = b"PK\x03\x04"


def check_workbook(path: Path) -> tuple[str, ...]:
    """What is to be known of a file before it is filled; nothing of it is read into memory.

    Raises
    ------
    Invalid
        For a file of another kind, one with macros or a password, a damaged or a huge one; the
        message says what to do.
    """
    with path.open("rb") as stream:
        head = stream.read(4)
    if head == _OLD:
        raise Invalid(
            "是旧格式(.xls、.et、.doc)或有打开密码的文件，"
            "请取消密码，另存为 .xlsx（或 .docx）后再填"
        )
    if head != _ZIP:
        raise Invalid("不是 Excel 或 Word 表格，请用 Excel 或 WPS 另存为 .xlsx 后再填")
    seen = check_workbook_archive(path, settings())
    if seen.macros:
        raise Invalid("文件带有宏，填写后宏可能失效；请另存为不含宏的 .xlsx 后再填")
    return ("文件引用了别的工作簿，链接原样保留，没有去取",) if seen.links else ()


def check_merged(parts: WorkbookParts) -> None:
    """Before openpyxl reads it, which takes as long for a merged cell as for a hundred others.

    Raises
    ------
    Invalid
        For a workbook with far too many merged cells.
    """
    merged = sum(parts.parts.get(part, b"").count(b"mergeCell ") for part in parts.sheets.values())
    if merged > _MOST_MERGED:
        raise Invalid(
            f"有 {merged:,} 处合并单元格，不像一张空表（最多 {_MOST_MERGED:,} 处），"
            "请检查是否选错文件，或取消多余的合并后再填"
        )


def grids_of(content: IO[bytes]) -> list[FormGrid]:
    """The sheets of a workbook that are not hidden.

    Raises
    ------
    Invalid
        For a workbook that cannot be read, that holds no text, or far too many cells.
    """
    try:
        book = workbook_in(content)
    except (KeyError, ValueError, TypeError, IndexError, AttributeError, zipfile.BadZipFile):
        raise Invalid("无法读取，请用 Excel 或 WPS 打开后另存为 .xlsx 再填") from None
    sheets = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
    cells = sum(sheet.max_row * sheet.max_column for sheet in sheets)
    if cells > _MOST_CELLS:
        raise Invalid(
            f"有 {cells:,} 格，不像一张空表（最多 {_MOST_CELLS:,} 格），"
            "请检查是否选错文件，或删除表格外多余的行和列后再填"
        )
    grids = [_grid(sheet) for sheet in sheets]
    if not any(cell.text for grid in grids for row in grid.rows for cell in row):
        what = "里面只有图片，没有表格" if _has_pictures(content) else "里面没有任何文字"
        raise Invalid(f"{what}，无法填写；请向下发单位要可以编辑的表格")
    return grids


def _has_pictures(content: IO[bytes]) -> bool:
    with zipfile.ZipFile(content) as archive:
        return any(name.startswith("xl/media/") for name in archive.namelist())


def _grid(sheet: Worksheet) -> FormGrid:
    offered = dict(_offered(sheet))
    locked = sheet.protection.sheet
    known: dict[int, bool] = {}
    rows = []
    for cells in sheet.iter_rows():
        row = []
        for cell in cells:
            value, formula = cell.value, ""
            if isinstance(value, ArrayFormula):
                value, formula = None, str(getattr(value, "text", "="))
            elif isinstance(value, DataTableFormula):
                value, formula = None, "="
            elif cell.data_type == "f":
                value, formula = None, str(value)
            framed = cell.has_style and _is_framed(cell, known)
            if value is None and not formula and not framed and not locked:
                row.append(BLANK)
                continue
            row.append(
                FormCell(
                    value=value,
                    formula=formula,
                    framed=framed,
                    locked=bool(locked and cell.protection.locked),
                    number_format=cell.number_format,
                    choices=offered.get((cell.row - 1, cell.column - 1), ()),
                )
            )
        rows.append(row)
    merged = tuple(
        (span.min_row - 1, span.min_col - 1, span.max_row - 1, span.max_col - 1)
        for span in sheet.merged_cells.ranges
    )
    return FormGrid(sheet.title, rows, merged, protected=bool(locked))


def _is_framed(cell: Any, known: dict[int, bool]) -> bool:
    """Whether a cell has a border; a book has few borders (``known``) and many cells."""
    number = cell._style.borderId
    if number not in known:
        border = cell.border
        sides = (border.left, border.right, border.top, border.bottom)
        known[number] = any(side is not None and side.style for side in sides)
    return known[number]


def _offered(sheet: Worksheet) -> Iterator[tuple[tuple[int, int], tuple[str, ...]]]:
    """What the drop-down lists of a sheet offer, by place; lists elsewhere in the book as well."""
    for one in sheet.data_validations.dataValidation:
        if one.type != "list" or not one.formula1:
            continue
        choices = _listed(sheet, str(one.formula1))
        for area in one.sqref.ranges:
            for row in range(area.min_row, min(area.max_row, area.min_row + 5_000) + 1):
                for column in range(area.min_col, area.max_col + 1):
                    yield (row - 1, column - 1), choices


def _listed(sheet: Worksheet, formula: str) -> tuple[str, ...]:
    if formula.startswith('"'):
        return tuple(text.strip() for text in formula.strip('"').split(",") if text.strip())
    match = re.fullmatch(r"=?(?:'?([^'!]+)'?!)?(\$?[A-Z]+\$?\d+(?::\$?[A-Z]+\$?\d+)?)", formula)
    if match is None or sheet.parent is None:
        return ()
    where = match[1] or sheet.title
    if where not in sheet.parent.sheetnames:
        return ()
    left, top, right, bottom = range_boundaries(match[2].replace("$", ""))
    cells = sheet.parent[where].iter_rows(top, min(bottom, top + 500), left, right)
    return tuple(str(cell.value).strip() for row in cells for cell in row if cell.value)
