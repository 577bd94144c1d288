"""Write workbooks the way this product writes all of them: one look, no cell ever a formula."""

from __future__ import annotations

import io
import tempfile
import unicodedata
from collections.abc import Container, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime
from typing import Any

import xlsxwriter

from ledger.exchange.writing.table import Cell, Field

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

ACCENT = "#1F4E8C"
_AUTHOR = "养老服务风险台账"
_NUMBER_FORMATS = {
    "integer": "0",
    "number": "0.######",
    "money": "#,##0.00",
    "position": "0.000000",
    "date": "yyyy-mm-dd",
    "share": "0.0%",
    "figure": "#,##0.##",
}
_WIDTHS = (6, 48)
_SAMPLE = 200
# Excel's numbers of paper sizes, and how many characters fit across them in landscape when the
# print is scaled to some three quarters, which is still read without glasses.
_A4, _A4_WIDTH = 9, 170
_A3, _A3_WIDTH = 8, 250


@contextmanager
def new_workbook(
    title: str,
    *,
    row_by_row: bool = False,
    author: str | None = None,
    made_at: datetime | None = None,
) -> Iterator[tuple[io.BytesIO, xlsxwriter.Workbook]]:
    """A workbook in memory; complete when the block ends.

    Texts stay texts: whatever begins with ``=`` or looks like an address is written as it is.
    With ``row_by_row`` cells must come in the order of rows, and large tables take little memory.
    ``made_at`` is when its content was made; without, it was now.
    """
    content = io.BytesIO()
    # Rows wait in files of a folder of their own: whatever happens, none of them stays behind.
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        plain = {
            "in_memory": not row_by_row,
            "constant_memory": row_by_row,
            "tmpdir": folder,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        }
        workbook = xlsxwriter.Workbook(content, plain)
        properties: dict[str, Any] = {"title": title, "author": author or _AUTHOR}
        if made_at is not None:
            moment = made_at.astimezone(UTC).replace(tzinfo=None, microsecond=0)
            properties["created"] = moment
        workbook.set_properties(properties)
        yield content, workbook
        workbook.close()


def header_format(workbook: Any, ground: str = ACCENT) -> Any:
    """How a header cell looks."""
    return workbook.add_format(
        {
            "bold": True,
            "font_color": "#FFFFFF",
            "bg_color": ground,
            "border": 1,
            "border_color": "#C8CED6",
            "text_wrap": True,
            "valign": "vcenter",
            "align": "center",
        }
    )


def write_cell(sheet: Any, row: int, column: int, cell: Cell, style: Any) -> None:
    """One value as what it is; a text is always written as text."""
    if cell is None or cell == "":
        return
    if isinstance(cell, str):
        sheet.write_string(row, column, cell, style)
    elif isinstance(cell, date):
        sheet.write_datetime(row, column, cell, style)
    else:
        sheet.write_number(row, column, cell, style)


def cell_format(workbook: Any, field: Field) -> Any:
    """How the cells of a column look."""
    look: dict[str, Any] = {"valign": "top"}
    if field.kind in _NUMBER_FORMATS:
        look["num_format"] = _NUMBER_FORMATS[field.kind]
    elif field.kind == "long":
        look["text_wrap"] = True
    else:
        look["num_format"] = "@"
    return workbook.add_format(look)


def widths_of(fields: Sequence[Field], rows: Sequence[Sequence[Cell]]) -> list[float]:
    """How wide each column should be, in characters of half width."""
    some = rows[:_SAMPLE]
    return [_width(field, (row[at] for row in some)) for at, field in enumerate(fields)]


def lay_out_print(
    sheet: Any, widths: Sequence[float], *, rows: int, header: int, frozen: int
) -> None:
    """Landscape on A4 or, where that is too narrow, A3; the header on every page, pages numbered.

    A table too wide even for A3 runs over several pages side by side, each beginning with the
    ``frozen`` columns, so that it stays legible. ``header`` is the index of the header's row.
    """
    total, names = sum(widths), sum(widths[:frozen])
    paper, room = (_A4, _A4_WIDTH) if total <= _A4_WIDTH else (_A3, _A3_WIDTH)
    further = max(room - names, room / 2)
    across = 1 if total <= room else -(-int(total - names) // int(further))
    sheet.set_landscape()
    sheet.set_paper(paper)
    sheet.set_margins(left=0.4, right=0.4, top=0.6, bottom=0.6)
    sheet.repeat_rows(header)
    if across > 1 and frozen:
        sheet.repeat_columns(0, frozen - 1)
    sheet.fit_to_pages(across, 0)
    sheet.print_across()
    sheet.print_area(0, 0, max(rows - 1, header + 1), len(widths) - 1)
    sheet.set_footer("&C第 &P 页，共 &N 页&R打印时间：&D &T")


def _width(field: Field, cells: Iterable[Cell]) -> float:
    """Wide enough for the header and for most cells, in characters of half width."""
    longest = max((text_width(str(cell)) for cell in cells if cell is not None), default=0)
    low, high = _WIDTHS
    return min(max(text_width(field.header) + 4, longest + 2, low), high)


def text_width(text: str) -> int:
    """The width of a text in half-width characters; of its widest line."""
    return max(
        (
            sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in line)
            for line in text.splitlines()
        ),
        default=0,
    )


def sheet_name(title: str, taken: Container[str] = ()) -> str:
    """Excel's rules: 31 characters, none of ``[]:*?/\\``, no quote at either end, and no name
    that another sheet has ``taken``."""
    kept = "".join(sign for sign in title if sign not in "[]:*?/\\")
    name = free = kept[:31].strip("'") or "表"
    number = 2
    while free in taken:
        free, number = f"{name[: 31 - len(str(number))]}{number}", number + 1
    return free
