"""Exporting a ledger costs little more than writing as many cells with plain xlsxwriter (issue 5).

The plain side writes the very cells that the export holds (its visible table; no titles, formats,
widths, hidden marks), row by row with ``worksheet.write``, and does not even have to read them from
a database. Both sides write with ``constant_memory``, in the same run; the rounds are interleaved
and the best of each counts. Measured in the time of the process: the machine is shared.
"""

from __future__ import annotations

import io
import time
from pathlib import Path

import pytest
import xlsxwriter
from python_calamine import CalamineWorkbook

from ledger.domain.access import SYSTEM
from ledger.exchange.writing.exports import export
from ledger.exchange.writing.formats import Exported
from ledger.records.query import Selection
from tests.bench.many_institutions import build

pytestmark = pytest.mark.bench

ROWS = 100_000
ROUNDS = 2
MOST = 1.2


def plain(header: list[object], rows: list[list[object]]) -> bytes:
    """The same cells, the way anybody would write them."""
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"constant_memory": True}) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, header)
        for at, row in enumerate(rows, start=1):
            for column, cell in enumerate(row):
                if cell != "":
                    sheet.write(at, column, cell)
    return content.getvalue()


def test_an_export_costs_little_more_than_plain_writing(tmp_path: Path) -> None:
    store = build(tmp_path, ROWS)
    wanted = Selection(sort=(("number", False),))
    seconds: dict[str, list[float]] = {"export": [], "plain": []}
    table: list[list[object]] = []
    for _ in range(ROUNDS):
        start = time.process_time()
        exported = export(store, SYSTEM, "institutions", wanted, "xlsx")
        seconds["export"].append(time.process_time() - start)
        table = table or visible(exported)
        start = time.process_time()
        plain(table[0], table[1:])
        seconds["plain"].append(time.process_time() - start)
    store.dispose()
    assert exported.rows == ROWS == len(table) - 1
    ratio = min(seconds["export"]) / min(seconds["plain"])
    cells = sum(cell != "" for row in table for cell in row)
    print(f"\n{ROWS:,} rows, {cells:,} cells, {len(exported.content) / 1e6:.0f} MB: {ratio:.2f}×")
    for name, values in seconds.items():
        print(f"  {name}: {', '.join(f'{value:.1f} s' for value in values)}")
    assert ratio <= MOST


def visible(exported: Exported) -> list[list[object]]:
    """The cells of the table without title, cover line and hidden marks."""
    book = CalamineWorkbook.from_filelike(io.BytesIO(exported.content))
    rows = book.get_sheet_by_index(0).to_python()[2:]
    return [list(row[:-3]) for row in rows]
