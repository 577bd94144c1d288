"""Tables as csv for Excel: UTF-8 with BOM, no formulas, long codes that stay codes.

Two guards stand in a csv, and the import takes both off again (the second only in downloads for
people: the command line writes for scripts, which compare codes as they are):

* A text that Excel would take for a formula (it begins with ``= + - @``, tab or return) gets an
  apostrophe before it (``'=1+1``).
* A text of twelve or more digits (village and grid codes, all-digit credit codes) gets a tab behind
  it. Without, Excel shows 9.90101E+14 and, once saved, has lost the code. The tab is invisible,
  makes no formula (``="…"`` would, and other programs would show it), does not touch the digits,
  and programs that read numbers or strip blanks pass over it. Shorter codes keep plain digits.
"""

from __future__ import annotations

import io
import re

from ledger.domain.progress import Progress, counted, silent
from ledger.exchange.writing.table import Cell, Table

_FORMULA = re.compile(r"'*[=+\-@\t\r]")
_LONG_CODE = re.compile(r"\d{12,}")
_QUOTED = re.compile(r'[",\r\n\t]|^\s|\s$')


def harmless(cell: Cell) -> Cell:
    """A cell of a text table: what Excel would take for a formula gets an apostrophe before it."""
    if isinstance(cell, float) and cell.is_integer():
        return int(cell)
    return f"'{cell}" if isinstance(cell, str) and _FORMULA.match(cell) else cell


def guarded(cell: Cell) -> Cell:
    """A harmless cell whose long code Excel leaves alone."""
    if isinstance(cell, str) and _LONG_CODE.fullmatch(cell):
        return f"{cell}\t"
    return harmless(cell)


def csv_of(table: Table, progress: Progress = silent, *, guard_codes: bool = False) -> bytes:
    """The table as csv; with ``guard_codes`` Excel leaves long codes alone.

    Cells with a tab are quoted: some programs part cells by tabs too.
    """
    text = io.StringIO(newline="")
    guard = guarded if guard_codes else harmless
    text.write(",".join(_written(harmless(field.header)) for field in table.fields) + "\r\n")
    told = counted(table.rows, "生成文件", progress)
    text.writelines(",".join(_written(guard(cell)) for cell in row) + "\r\n" for row in told)
    return text.getvalue().encode("utf-8-sig")


def _written(cell: Cell) -> str:
    if cell is None:
        return ""
    text = str(cell)
    return f'"{text.replace(chr(34), chr(34) * 2)}"' if _QUOTED.search(text) else text
