"""Small files for the tests of imports, written by hand."""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import xlsxwriter
from sqlalchemy import select

from ledger.storage import Store
from ledger.storage.schema import metadata

HEADER = ("编号", "机构名称", "经度", "纬度", "床位数")
# In the small county of conftest: west grid, east grid, village in the south-east.
ROWS = (
    ("J-1", "甲院", 127.02, 29.05, 10),
    ("J-2", "乙院", 127.07, 29.05, 20),
    ("J-3", "丙院", 127.15, 29.02, 30),
)


def workbook(
    path: Path, rows: Sequence[Sequence[Any]], *, sheets: Mapping[str, Sequence[Any]] | None = None
) -> Path:
    """A workbook whose first sheet holds the rows, texts as texts and numbers as numbers."""
    with xlsxwriter.Workbook(str(path), {"strings_to_formulas": False}) as book:
        for name, content in {"台账": rows, **(sheets or {})}.items():
            sheet = book.add_worksheet(name)
            for at, row in enumerate(content):
                sheet.write_row(at, 0, row)
    return path


def text_table(
    path: Path, rows: Sequence[Sequence[Any]], encoding: str = "utf-8-sig", delimiter: str = ","
) -> Path:
    """A text table in the encoding."""
    with path.open("w", encoding=encoding, newline="") as stream:
        csv.writer(stream, delimiter=delimiter).writerows(rows)
    return path


def fingerprint(store: Store) -> str:
    """A hash over every row of every table: equal means that nothing whatever changed."""
    digest = hashlib.sha256()
    with store.reading() as connection:
        for table in metadata.sorted_tables:
            rows = sorted(repr(tuple(row)) for row in connection.execute(select(table)))
            digest.update(repr((table.name, rows)).encode())
    return digest.hexdigest()
