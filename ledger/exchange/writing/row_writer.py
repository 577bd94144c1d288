"""Write the rows of a large table into a worksheet, several times faster than cell by cell.

xlsxwriter keeps the rows of a ``constant_memory`` sheet in a file of XML and writes a cell at a
time into it. Here a row is composed at once and handed to the same file; everything else of the
workbook stays with xlsxwriter. This leans on four of its inner names (``_write_single_row``,
``row_data_fh``, ``dim_rowmax``, ``dim_colmax``); the version is pinned, and the tests of exports
read back every kind of cell. Texts are escaped here: xlsxwriter takes ``<r>…</r>`` for markup.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import Any
from xml.sax.saxutils import escape

from ledger.exchange.writing.workbooks import Cell

# What XML cannot hold, and what Excel would take for such an escape (ECMA-376, ST_Xstring).
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f]|_x[0-9A-Fa-f]{4}_")
_LONGEST = 32_767
# Excel's day 60 is the 29 February 1900 that never was; from March on days simply count.
_DAY_ZERO = date(1899, 12, 30).toordinal()
_FIRST_DAY = date(1900, 3, 1)
Writer = Callable[[Any], str]


def write_rows(
    sheet: Any, first_row: int, styles: Sequence[Any], rows: Iterable[Sequence[Cell]]
) -> None:
    """Write rows from ``first_row`` (counted from 0) on; ``styles`` are formats, one a column.

    The sheet is one of a ``constant_memory`` workbook, and all rows above are written. Blank cells
    are left out. Nothing can be written into these rows afterwards.
    """
    sheet._write_single_row(first_row)
    starts = [f'<c r="{_letters(at)}' for at in range(len(styles))]
    ends = ['"' if style is None else f'" s="{style._get_xf_index()}"' for style in styles]
    parts = list(zip(starts, ends, strict=True))
    number = first_row
    for number, row in enumerate(rows, start=first_row + 1):
        written = [f'<row r="{number}">']
        for cell, (start, end) in zip(row, parts, strict=True):
            if cell is not None and cell != "":
                written.append(f"{start}{number}{end}{_WRITERS[cell.__class__](cell)}")
        written.append("</row>")
        sheet.row_data_fh.write("".join(written))
    sheet.previous_row = number
    sheet.dim_rowmax = max(sheet.dim_rowmax or 0, number - 1)
    sheet.dim_colmax = max(sheet.dim_colmax or 0, len(styles) - 1)


def _letters(at: int) -> str:
    name, rest = "", at + 1
    while rest:
        rest, letter = divmod(rest - 1, 26)
        name = chr(ord("A") + letter) + name
    return name


def _text(cell: str) -> str:
    text = escape(cell[:_LONGEST])
    if _CONTROL.search(text):
        text = _CONTROL.sub(_escaped, text)
    space = "" if text == text.strip() and "\n" not in text else ' xml:space="preserve"'
    return f' t="inlineStr"><is><t{space}>{text}</t></is></c>'


def _escaped(found: re.Match[str]) -> str:
    sign = found[0]
    return f"_x{ord(sign):04X}_" if len(sign) == 1 else f"_x005F{sign}"


def _number(cell: float) -> str:
    return f"><v>{cell:.16G}</v></c>"


def _day(cell: date) -> str:
    if cell < _FIRST_DAY:  # Excel cannot count these; as a text they are at least right
        return _text(cell.isoformat())
    return f"><v>{cell.toordinal() - _DAY_ZERO}</v></c>"


_WRITERS: dict[type, Writer] = {str: _text, int: _number, float: _number, date: _day}
