"""The imported file with its problems as comments on the cells, to be sent back.

Only comments are added to an xlsx (by openpyxl, which keeps values, formulas, formats and macros,
but no charts). An xls, et or text table becomes a new xlsx with the same cells. Of a zip, each
workbook that has problems comes back in another zip. A corrected file can be imported again.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

from openpyxl.cell.cell import MergedCell
from openpyxl.comments import Comment

from ledger.domain.errors import Invalid, InvalidFile
from ledger.domain.ledgers import ledger_named
from ledger.domain.progress import Progress, silent
from ledger.exchange.importing.checked import Checked
from ledger.exchange.importing.comparison_choices import shown
from ledger.exchange.importing.findings import KIND_LABELS, Finding
from ledger.exchange.importing.returned_bundle import called
from ledger.exchange.importing.returned_rows import Returned, Sent
from ledger.exchange.reading.bundles import is_bundle, unpacked
from ledger.exchange.reading.tables_in import Sheet, has_sheets, read_sheet
from ledger.exchange.reading.workbook_in import workbook_in
from ledger.exchange.writing.workbooks import MEDIA_TYPE, new_workbook, sheet_name

_AUTHOR = "养老服务风险台账"
_MOST_CELLS = 300_000
_WIDE, _LINE = 320, 22
_MACROS = "application/vnd.ms-excel.sheet.macroEnabled.12"
Comments = Mapping[tuple[int, int], str]


@dataclass(frozen=True)
class MarkedUp:
    """The file to be sent back, and how many cells of it carry a comment."""

    filename: str
    content: bytes
    media_type: str
    comments: int


def marked_up(path: Path, checked: Checked, *, progress: Progress = silent) -> MarkedUp:
    """The file at ``path`` with the findings of its check as comments.

    Raises
    ------
    Invalid
        If there is nothing to mark, the file is too large for it, or cannot be read.
    """
    progress("标注", 0, 0)
    if is_bundle(path) and checked.comparison is not None:
        return _each_marked(path, checked, checked.comparison.returned)
    if checked.origins:
        raise Invalid("这份文件由几张表合起来读入，不能逐格标注，请改为下载问题清单")
    comments = comments_of(checked)
    if not comments:
        raise Invalid("这份文件没有需要标注的问题")
    sheet = read_sheet(path, checked.sheet if has_sheets(path) else None)
    cells = sum(len(row) for row in sheet.rows)
    if cells > _MOST_CELLS:
        message = f"表格有 {cells:,} 格，超过 {_MOST_CELLS:,} 格，不能逐格标注，请改为下载问题清单"
        raise InvalidFile(message, path.name, sheet.own_name)
    stem = path.stem[:60]
    if _is_zip(path):
        macros = path.suffix.lower() == ".xlsm"
        content = _commented(path, checked.sheet, comments, macros=macros)
        if content is not None:
            kind = _MACROS if macros else MEDIA_TYPE
            return MarkedUp(f"{stem}_标注{path.suffix.lower()}", content, kind, len(comments))
    return MarkedUp(f"{stem}_标注.xlsx", _fresh(sheet, comments), MEDIA_TYPE, len(comments))


def _each_marked(path: Path, checked: Checked, returned: Returned) -> MarkedUp:
    """A zip with those of several workbooks that have something to mark."""
    stream, count = io.BytesIO(), 0
    with unpacked(path) as bundle, zipfile.ZipFile(stream, "w", zipfile.ZIP_STORED) as target:
        tables = called(bundle.tables, ledger_named(checked.ledger))
        paths = {table.name: table.path for table in tables}
        for one in returned.sent:
            comments = comments_of(checked, one)
            if comments:
                own = paths[one.file]
                content = _commented(own, one.sheet, comments, macros=False)
                content = content or _fresh(read_sheet(own, one.sheet), comments)
                target.writestr(f"{own.stem}_标注.xlsx", content)
                count += len(comments)
    if not count:
        raise Invalid("这些表格没有需要标注的问题")
    return MarkedUp(f"{path.stem[:60]}_标注.zip", stream.getvalue(), "application/zip", count)


def comments_of(checked: Checked, one: Sent | None = None) -> dict[tuple[int, int], str]:
    """(row as Excel counts, position from 0) → what is to be said there, in ``one`` of several
    workbooks or in the only one."""
    title = ledger_named(checked.ledger).title
    places = checked.places if one is None else one.places
    base, last = (0, None) if one is None else (one.base, one.base + one.length)
    first = places.get(title, min(places.values(), default=0))
    said: dict[tuple[int, int], list[str]] = {}

    def say(row: int | None, key: str | None, text: str) -> None:
        if row is not None and base < row and (last is None or row <= last):
            lines = said.setdefault((row - base, places.get(key or "", first)), [])
            if text not in lines:
                lines.append(text)

    for found in checked.findings.kept:
        if found.kind not in ("understood", "left_out"):
            say(found.row, found.key, f"【{_word(found)}】{found.message}")
    for row, like in checked.likely.items():
        say(row, title, f"【疑似重复】可能与{like.what}重复({like.why})，请核对")
    if checked.comparison is not None:
        ledger = ledger_named(checked.ledger)
        for line, cell in checked.comparison.conflicts:
            now = shown(ledger, cell.key, cell.now)
            before = shown(ledger, cell.key, cell.exported)
            text = f"【双方都改】导出时“{before}”，台账后来改为“{now}”，请核对以哪个为准"
            say(line.row, cell.key, text)
    return {at: "\n".join(lines) for at, lines in said.items()}


def _word(found: Finding) -> str:
    return KIND_LABELS["error"] if found.blocks else KIND_LABELS["doubtful"]


def _is_zip(path: Path) -> bool:
    return zipfile.is_zipfile(path)


def _commented(path: Path, name: str, comments: Comments, *, macros: bool) -> bytes | None:
    """The workbook with comments; None if openpyxl cannot take it."""
    try:
        book = workbook_in(path, keep_vba=macros, rich_text=True)
        sheet = book[name]
        for (row, position), text in comments.items():
            cell = _owner(sheet, row, position + 1)
            there = f"{cell.comment.text}\n" if cell.comment else ""
            cell.comment = _comment(there + text)
        stream = io.BytesIO()
        book.save(stream)
    except Exception:  # a reader of untrusted files fails in many ways; the copy always works
        return None
    return stream.getvalue()


def _owner(sheet: Any, row: int, column: int) -> Any:
    """The cell itself, or the one that it is merged into."""
    cell = sheet.cell(row, column)
    if not isinstance(cell, MergedCell):
        return cell
    for span in sheet.merged_cells.ranges:
        if cell.coordinate in span:
            return sheet.cell(span.min_row, span.min_col)
    return cell


def _comment(text: str) -> Comment:
    lines = sum(1 + len(line) // 20 for line in text.splitlines())
    return Comment(text, _AUTHOR, height=_LINE * (lines + 1), width=_WIDE)


def _fresh(sheet: Sheet, comments: Comments) -> bytes:
    """The same cells in a new workbook, with comments."""
    with new_workbook(sheet.name) as (content, book):
        page = book.add_worksheet(sheet_name(sheet.name))
        page.set_comments_author(_AUTHOR)
        days = book.add_format({"num_format": "yyyy-mm-dd"})
        moments = book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
        for at, row in enumerate(sheet.rows):
            for position, cell in enumerate(row):
                whole = not isinstance(cell, datetime) or cell.time() == time()
                _write(page, at, position, cell, days if whole else moments)
        for (row_, position), text in comments.items():
            page.write_comment(row_ - 1, position, text, {"x_scale": 2.5, "y_scale": 1.5})
    return content.getvalue()


def _write(page: Any, row: int, position: int, cell: Any, dates: Any) -> None:
    if cell is None or cell == "":
        return
    if isinstance(cell, bool):
        page.write_boolean(row, position, cell)
    elif isinstance(cell, int | float):
        page.write_number(row, position, cell)
    elif isinstance(cell, date | datetime):
        page.write_datetime(row, position, cell, dates)
    else:
        page.write_string(row, position, str(cell))
