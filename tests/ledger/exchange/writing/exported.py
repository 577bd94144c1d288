"""A ledger with records to be exported, and what is read from an exported file."""

from __future__ import annotations

import csv
import io

import openpyxl

from ledger.records.query import Selection

BY_NUMBER = Selection(sort=(("number", False),))
FORMULA = '=HYPERLINK("x")'


def sheet(content: bytes) -> list[dict[str, object]]:
    """The rows of the first sheet by header, below title and cover line."""
    book = openpyxl.load_workbook(io.BytesIO(content))
    _title, _cover, head, *rows = book.worksheets[0].iter_rows(values_only=True)
    return [dict(zip(map(str, head), row, strict=True)) for row in rows]


def text_rows(content: bytes) -> list[dict[str, str]]:
    """The rows of a csv by header."""
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))
