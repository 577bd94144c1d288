"""The sheet of marks in a workbook, which Excel does not offer to unhide."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ledger.exchange.writing import fingerprints
from ledger.exchange.writing.table import Marks


def write_manifest(workbook: Any, name: str, keys: Mapping[str, str], marks: Marks) -> None:
    """Add the sheet of marks for the rows of the sheet ``name``; ``keys`` are by header."""
    sheet = workbook.add_worksheet(fingerprints.SHEET)
    cells = fingerprints.packed(marks.ledger, name, keys, marks.rows, marks.area)
    for at, cell in enumerate(cells):
        sheet.write_string(at, 0, cell)
    sheet.very_hidden()
