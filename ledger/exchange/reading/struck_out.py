"""Rows and cells of a workbook that are struck out: offices do so with what no longer holds.

Only workbooks (xlsx) that have a font with a line through are looked at. Source: ECMA-376 part 1,
18.8.22 (font), 18.4.10 (strike), 18.8.45 (xf).
"""

from __future__ import annotations

import re
import zipfile
from collections import defaultdict
from collections.abc import Iterator
from typing import IO

from ledger.exchange.reading.packed import sheet_parts
from ledger.exchange.reading.understanding import Note

_STRIKE = re.compile(rb"<(?:\w+:)?strike(?:\s+val\s*=\s*[\"'](?:1|true)[\"'])?\s*/?>")
_FONTS = re.compile(rb"<(?:\w+:)?fonts\b.*?</(?:\w+:)?fonts>", re.DOTALL)
_FONT = re.compile(
    rb"<(?:\w+:)?font(?:\s[^>]*)?/>|<(?:\w+:)?font(?:\s[^>]*)?>.*?</(?:\w+:)?font>", re.DOTALL
)
_FORMATS = re.compile(rb"<(?:\w+:)?cellXfs\b.*?</(?:\w+:)?cellXfs>", re.DOTALL)
_FORMAT = re.compile(rb"<(?:\w+:)?xf\s[^>]*?>")
_FONT_OF = re.compile(rb"\bfontId\s*=\s*[\"'](\d+)[\"']")
_STYLE = re.compile(rb"\bs=[\"'](\d+)[\"']")
_SHARED = re.compile(rb"\bt=[\"']s[\"']")
_PLACE = re.compile(rb"\br=[\"']([A-Z]{1,3})(\d{1,7})[\"']")
_CELL = re.compile(rb"<(?:\w+:)?c ([^>]*[^/>])>(.*?)</(?:\w+:)?c>", re.DOTALL)
_VALUE = re.compile(rb"<(?:\w+:)?(?:v|t)(?: [^>]*)?>([^<]*)<")
_TEXT = re.compile(rb"<(?:\w+:)?si>.*?</(?:\w+:)?si>", re.DOTALL)
_CHUNK = 1 << 20
_LARGEST = 64 << 20
# Beyond so many the rows are named together.
_MOST = 200


def struck_out(archive: zipfile.ZipFile, sheet: str) -> list[Note]:
    """A doubt for each row of the sheet that is struck out, in whole or in part."""
    styles, texts = _styles(archive), _texts(archive)
    part = dict(sheet_parts(archive)).get(sheet, "")
    if not (styles or texts) or part not in archive.namelist():
        return []
    struck: dict[int, list[str]] = defaultdict(list)
    plain: dict[int, int] = defaultdict(int)
    with archive.open(part) as stream:
        for column, row, is_struck in _cells(stream, styles, texts):
            if is_struck:
                struck[row].append(column)
            else:
                plain[row] += 1
    notes = []
    for row in sorted(struck)[:_MOST]:
        if plain[row]:
            which = "、".join(struck[row][:5])
            said = f"{which}格画了删除线，仍按其中的文字读入，请核对；已经作废的请删去"
        else:
            said = "整行画了删除线，仍按一条记录读入，请核对；已经作废的请删去该行"
        notes.append(Note(row, None, said, sure=False))
    if len(struck) > _MOST:
        notes.append(Note(None, None, f"画了删除线的共有{len(struck)}行，请逐行核对", sure=False))
    return notes


def _cells(
    stream: IO[bytes], styles: frozenset[int], texts: frozenset[int]
) -> Iterator[tuple[str, int, bool]]:
    """(column letters, row, whether it is struck out) of every cell that holds anything."""
    kept = b""
    while True:
        chunk = stream.read(_CHUNK)
        xml = kept + chunk
        end = max(xml.rfind(b"</c>"), xml.rfind(b":c>")) + 4 if chunk else len(xml)
        for attributes, inside in _CELL.findall(xml[:end]):
            value, place = _VALUE.search(inside), _PLACE.search(attributes)
            if value is None or not value[1] or place is None:
                continue
            style = _STYLE.search(attributes)
            is_struck = style is not None and int(style[1]) in styles
            if not is_struck and texts and _SHARED.search(attributes) and value[1].isdigit():
                is_struck = int(value[1]) in texts
            yield place[1].decode(), int(place[2]), is_struck
        if not chunk:
            return
        kept = xml[end:][-_CHUNK:]


def _styles(archive: zipfile.ZipFile) -> frozenset[int]:
    """The numbers of the cell formats whose font has a line through."""
    xml = _part(archive, "xl/styles.xml")
    fonts = _FONTS.search(xml) if b"strike" in xml else None
    formats = _FORMATS.search(xml)
    if fonts is None or formats is None:
        return frozenset()
    struck = {at for at, one in enumerate(_FONT.findall(fonts[0])) if _STRIKE.search(one)}
    return frozenset(
        at
        for at, one in enumerate(_FORMAT.findall(formats[0]))
        if (font := _FONT_OF.search(one)) and int(font[1]) in struck
    )


def _texts(archive: zipfile.ZipFile) -> frozenset[int]:
    """The numbers of the shared texts of which some part is struck out."""
    xml = _part(archive, "xl/sharedStrings.xml")
    if b"strike" not in xml:
        return frozenset()
    return frozenset(at for at, one in enumerate(_TEXT.findall(xml)) if _STRIKE.search(one))


def _part(archive: zipfile.ZipFile, name: str) -> bytes:
    if name not in archive.namelist():
        return b""
    with archive.open(name) as stream:
        return stream.read(_LARGEST)
