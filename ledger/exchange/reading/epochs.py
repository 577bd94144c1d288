"""Day 0 of the serial numbers in a workbook: 1899-12-30, or 1904-01-01 where it says so.

Source: ECMA-376 part 1, 18.2.28 (workbookPr, date1904); [MS-XLS] 2.4.77 (Date1904).
"""

from __future__ import annotations

import io
import re
import zipfile
from datetime import date

from ledger.exchange.reading.compound_file import stream_of
from ledger.exchange.reading.sheet import EPOCH, EPOCH_1904

_WORKBOOK = "xl/workbook.xml"
_SAYS_1904 = re.compile(rb"""<(?:\w+:)?workbookPr\b[^>]*\bdate1904\s*=\s*["'](?:1|true|on)["']""")
_DATE_1904 = 0x22
# The record stands among the first of a workbook.
_GLANCE = 200_000


def epoch_of(content: bytes) -> date:
    """Day 0 of the serial numbers of a workbook, given whole as ``content``."""
    if not content.startswith(b"PK"):
        return EPOCH_1904 if _binary_says_so(content) else EPOCH
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        if _WORKBOOK not in archive.namelist():
            return EPOCH
        with archive.open(_WORKBOOK) as stream:
            return EPOCH_1904 if _SAYS_1904.search(stream.read(_GLANCE)) else EPOCH


def _binary_says_so(content: bytes) -> bool:
    book, at = stream_of(content, ("Workbook", "Book"))[:_GLANCE], 0
    while at + 4 <= len(book):
        kind, size = (int.from_bytes(book[at + i : at + i + 2], "little") for i in (0, 2))
        if kind == _DATE_1904:
            return book[at + 4 : at + 6] == b"\x01\x00"
        at += 4 + size
    return False
