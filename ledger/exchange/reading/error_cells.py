"""Cells that show an error (#N/A, #REF!) or hold a formula without a result.

python-calamine gives both as blank. A blank cell says nothing, but here something was to be said
and was lost: the cell gets its error as text, so that its reader refuses it and names its place.
Source: ECMA-376 part 1, 18.18.11 (``t="e"``); [MS-XLS] 2.4.24 BoolErr, 2.4.127 Formula and 2.5.10
Bes; OpenDocument 1.3 part 3, 19.387.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator, Mapping
from typing import Any

from ledger.domain.errors import Invalid
from ledger.exchange.reading.compound_file import stream_of
from ledger.exchange.reading.open_document import CONTENT
from ledger.exchange.reading.open_document_errors import error_texts
from ledger.exchange.reading.packed import sheet_parts

Place = tuple[int, int]
NO_RESULT = "#公式没有结果"
"""What stands for a formula whose result was never saved in the file."""
ERROR = re.compile(r"#N/A|#DIV/0!|#[A-Z_]{3,20}[!?]|#GETTING_DATA|Err:\d{3}|#{3,}")
"""A cell's whole text that is an error of Excel, WPS or LibreOffice, or a number too wide."""

_CHUNK = 1 << 20
# A cell is told whole: a longer one is no formula.
_LONGEST = 1 << 16
_CELL = re.compile(rb"<(?:\w+:)?c ([^>]*[^/>])>(.*?)</(?:\w+:)?c>", re.DOTALL)
_REFERENCE = re.compile(rb"""\br=["']([A-Z]{1,3})(\d{1,7})["']""")
_IS_ERROR = re.compile(rb"""\bt=["']e["']""")
_IS_TEXT = re.compile(rb"""\bt=["'](?:str|s|inlineStr)["']""")
# Without any of these there is neither an error nor a formula.
_SIGNS = (b't="e"', b"t='e'", b"</f>", b":f>", b"<f ")
_VALUE = re.compile(rb"<(?:\w+:)?v(?: [^>]*)?>([^<]*)<")
_FORMULA = re.compile(rb"<(?:\w+:)?f[ >/]")
_BOUND_SHEET, _FORMULA_RECORD, _ERROR_RECORD, _END = 0x85, 0x06, 0x205, 0x0A
_CODES = {
    0x00: "#NULL!", 0x07: "#DIV/0!", 0x0F: "#VALUE!", 0x17: "#REF!", 0x1D: "#NAME?",
    0x24: "#NUM!", 0x2A: "#N/A", 0x2B: "#GETTING_DATA",
}  # fmt: skip


def is_error(cell: object) -> bool:
    """Whether a cell holds nothing but an error, or a formula without a result."""
    if cell.__class__ is not str or ("#" not in str(cell) and "Err:" not in str(cell)):
        return False
    return cell == NO_RESULT or ERROR.fullmatch(str(cell).strip()) is not None


def with_errors(
    rows: list[list[Any]], content: bytes, sheet: str, index: int, first: int = 0
) -> list[list[Any]]:
    """The rows of a sheet with its errors written where the reader left blanks, in place.

    Parameters
    ----------
    rows : the sheet as calamine reads it; ``first`` is the place of the first of them from 0.
    content : the whole file: xlsx, xlsm, ods or xls.
    sheet, index : the sheet's name, and its place among all sheets from 0.
    """
    for (at, column), text in _errors(content, sheet, index).items():
        if first <= at < first + len(rows):
            row = rows[at - first]
            row += [""] * (column + 1 - len(row))
            row[column] = text
    return rows


def _errors(content: bytes, sheet: str, index: int) -> Mapping[Place, str]:
    if not content.startswith(b"PK"):
        return _in_binary(content, index)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        if CONTENT in archive.namelist():
            return error_texts(archive, sheet, ERROR)
        part = dict(sheet_parts(archive)).get(sheet)
        if part not in archive.namelist():
            return {}
        with archive.open(str(part)) as stream:
            return dict(_in_sheet(stream))


def _in_sheet(stream: Any) -> Iterator[tuple[Place, str]]:
    """Errors of a sheet's XML, as it is unpacked; only what may hold one is looked at closely."""
    kept = b""
    while chunk := stream.read(_CHUNK):
        xml = kept + chunk
        # What follows the last whole cell goes on in the next chunk.
        end = max(xml.rfind(b"</c>"), xml.rfind(b":c>")) + 4
        yield from _in_xml(xml[:end])
        kept = xml[end:][-_LONGEST:]
    yield from _in_xml(kept)


def _in_xml(xml: bytes) -> Iterator[tuple[Place, str]]:
    if not any(sign in xml for sign in _SIGNS):
        return
    for attributes, inside in _CELL.findall(xml):
        value = _VALUE.search(inside)
        if _IS_ERROR.search(attributes):
            text = (value[1].decode("utf-8", "replace").strip() if value else "") or "#N/A"
        elif (value is None or not value[1]) and _FORMULA.search(inside):
            if _IS_TEXT.search(attributes):
                continue  # the formula's result is the empty text
            text = NO_RESULT
        else:
            continue
        place = _REFERENCE.search(attributes)
        if place is None:
            raise Invalid(
                f"工作表里有出错的公式({text})，文件没有写明是哪一格。"
                "请用 Excel 或 WPS 打开文件，改正后保存，再导入"
            )
        yield (int(place[2]) - 1, _column(place[1])), text


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number - 1


def _in_binary(content: bytes, index: int) -> Mapping[Place, str]:
    """Errors of one sheet of an xls file."""
    book = stream_of(content, ("Workbook", "Book"))
    starts = [
        int.from_bytes(data[:4], "little")
        for kind, data in _records(book, 0)
        if kind == _BOUND_SHEET
    ]
    if index >= len(starts):
        return {}
    found: dict[Place, str] = {}
    for kind, data in _records(book, starts[index]):
        if kind == _ERROR_RECORD and len(data) >= 8 and data[7]:
            code = data[6]
        elif kind == _FORMULA_RECORD and data[12:14] == b"\xff\xff" and data[6] == 2:
            code = data[8]
        else:
            continue
        place = int.from_bytes(data[:2], "little"), int.from_bytes(data[2:4], "little")
        found[place] = _CODES.get(code, "#N/A")
    return found


def _records(book: bytes, at: int) -> Iterator[tuple[int, bytes]]:
    """The records of one part of a workbook stream, up to its end."""
    while at + 4 <= len(book):
        kind = int.from_bytes(book[at : at + 2], "little")
        size = int.from_bytes(book[at + 2 : at + 4], "little")
        yield kind, book[at + 4 : at + 4 + size]
        if kind == _END:
            return
        at += 4 + size
