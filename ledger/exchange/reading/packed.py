"""Check a packed workbook before a reader unpacks it into memory.

An xlsx is a zip archive: a few kilobytes can unpack to gigabytes, and a single cell in the last
row and column makes a reader lay out a sheet of billions of cells. Unpacking everything once,
counting and throwing away, also finds archives that were cut off. How long single texts may be is
watched on the way (:mod:`ledger.exchange.reading.text_bounds`); the first breach of any limit ends
it.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Iterator
from html import unescape
from pathlib import Path

from ledger.domain.errors import Invalid, InvalidFile
from ledger.domain.progress import Progress, silent
from ledger.domain.settings import Settings
from ledger.exchange.reading import open_document
from ledger.exchange.reading.archives import (
    CHUNK,
    ROWS_OF_A_SHEET,
    Archive,
    Part,
    binary_workbook,
    check_formulas,
    check_memory,
    too_large,
    too_long,
    too_much_text,
    too_sparse,
    too_wide,
)
from ledger.exchange.reading.text_bounds import (
    SharedTexts,
    Stretches,
    TextTooLong,
    locate,
    shown_in_all,
)

_MOST_PARTS = 5_000
_LONGEST_LIST = 16 << 20
# No program for tables writes definitions of its own; readers would follow them.
_DOCTYPE = b"<!DOCTYPE"
_OVERLAP = 256
# Attributes may stand in either kind of quotes, with blanks around their "=".
_ROW = re.compile(
    rb"""<(?:\w+:)?row\s[^>]*?\br\s*=\s*["'](\d{1,9})["'][^>]*[^/>]>"""
    rb"""|<(?:\w+:)?row\sr\s*=\s*["'](\d{1,9})["']>"""
)
# The same rows and perhaps texts that look like them: it begins with letters, so most of a chunk is
# passed over at once.
_MAYBE_ROW = re.compile(
    rb"""row(?<=[<:]row)\s[^>]*?\br\s*=\s*["'](\d{1,9})["'][^>]*[^/>]>"""
    rb"""|row(?<=[<:]row)\sr\s*=\s*["'](\d{1,9})["']>"""
)
# Letters become "a" and digits "0". Hardly any sheet has three letters before a digit, or seven
# digits behind a letter, so the exact look is spared.
_KINDS = bytes(
    ord("a") if chr(byte).isalpha() and byte < 128 else ord("0") if 48 <= byte <= 57 else byte
    for byte in range(256)
)
_MAYBE_FAR = (b"aaa0", b"a0000000")
_FAR = re.compile(
    rb"""<(?:\w+:)?c\s[^>]{0,100}?\br\s*=\s*["']"""
    rb"""(?:([A-Za-z]{3,})(\d{1,9})|[A-Za-z]+(\d{7,9}))["']"""
)
# Cells are looked at for their columns at the beginning and the end of a chunk.
_SAMPLE = 20_000
_COLUMN = re.compile(rb"""\br=["']([A-Z]{1,2})\d""")
_HIDDEN_ROW = re.compile(
    rb'<(?:\w+:)?row (?=[^>]*\bhidden="(?:1|true)")[^>]*?\br="(\d{1,9})"[^>]*>'
)
_HIDDEN_COLUMNS = re.compile(rb'<(?:\w+:)?col (?=[^>]*\bhidden="(?:1|true)")[^>]*>')
_FROM_TO = re.compile(rb'\b(min|max)="(\d{1,5})"')
_FORMULA = re.compile(rb"<(?:\w+:)?f[ >]")
# A program wrote the formula and no spreadsheet ever worked it out.
_NO_RESULT = re.compile(
    rb"</(?:\w+:)?f>(?:<(?:\w+:)?v ?/>|<(?:\w+:)?v></(?:\w+:)?v>)?</(?:\w+:)?c>"
)
_SHEET = re.compile(rb"<(?:\w+:)?sheet ([^>]*)>")
_RELATION = re.compile(rb"<(?:\w+:)?Relationship ([^>]*)>")
_ATTRIBUTE = re.compile(rb'([\w:]+)="([^"]*)"')


def check_workbook_archive(path: Path, limits: Settings, progress: Progress = silent) -> Archive:
    """Refuse archives that are no workbook, damaged, or too large once unpacked.

    Returns what was seen on the way: hidden rows and columns, formulas, macros, links.

    Raises
    ------
    Invalid
        With one Chinese sentence.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            if open_document.is_open_document(archive):
                return open_document.look_through(path, archive, limits, progress)
            _check_kind(archive)
            found, parts, texts = Archive(), {}, SharedTexts()
            room = limits.max_unpacked_megabytes * 1_000_000
            items = archive.infolist()
            whole, gone = sum(item.file_size for item in items), 0
            for item in items:
                seen = Part()
                try:
                    for size in _walk(path, archive, item, limits, room - gone, seen, texts):
                        gone += size
                        progress("读取文件", min(gone, whole), whole)
                except TextTooLong as error:
                    where = locate(archive, item.filename, error, dict(sheet_parts(archive)))
                    raise too_much_text(path, limits, where) from None
                except InvalidFile:
                    raise
                except Invalid as error:
                    name = _sheet_in(archive, item.filename)
                    raise InvalidFile(error.problems, path.name, name) from None
                parts[item.filename] = seen
                found.macros |= item.filename.endswith("vbaProject.bin")
                found.links |= item.filename.startswith("xl/externalLinks/")
            if texts.most > room and shown_in_all(archive, texts) > room:
                raise too_large(path, limits)
            for name, part in sheet_parts(archive):
                found.sheets[name] = parts.get(part, Part())
            return found
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, KeyError):
        raise Invalid("已损坏或不完整，无法读取，请重新获取文件") from None
    except RuntimeError:  # zipfile's word for an archive with a password
        raise Invalid("有打开密码，请取消密码保护后再导入") from None


def sheet_parts(archive: zipfile.ZipFile) -> Iterator[tuple[str, str]]:
    """(name of a sheet, name of the part that holds it), in the order of the workbook."""
    relations = "xl/_rels/workbook.xml.rels"
    if relations not in archive.namelist():
        return
    targets = {}
    for found in _RELATION.findall(_front(archive, relations)):
        said = dict(_ATTRIBUTE.findall(found))
        target = said.get(b"Target", b"").decode("utf-8", "replace")
        targets[said.get(b"Id", b"")] = (
            target.lstrip("/") if target.startswith("/") else f"xl/{target}"
        )
    for found in _SHEET.findall(_front(archive, "xl/workbook.xml")):
        said = dict(_ATTRIBUTE.findall(found))
        relation = next((value for key, value in said.items() if key.endswith(b":id")), b"")
        name = unescape(said.get(b"name", b"").decode("utf-8", "replace"))
        yield name, targets.get(relation, "")


def _sheet_in(archive: zipfile.ZipFile, part: str) -> str:
    """The name of the sheet that a part holds; empty for any other part."""
    return next((name for name, held in sheet_parts(archive) if held == part), "")


def _front(archive: zipfile.ZipFile, part: str) -> bytes:
    """As much of a part as a list of sheets can need."""
    with archive.open(part) as stream:
        return stream.read(_LONGEST_LIST)


def _check_kind(archive: zipfile.ZipFile) -> None:
    names = archive.namelist()
    if len(names) > _MOST_PARTS:
        raise Invalid(f"内含 {len(names)} 个部件，不像表格文件，请检查是否选错")
    if "xl/workbook.bin" in names:
        raise binary_workbook()
    if "xl/workbook.xml" not in names:
        raise Invalid(
            "是压缩包或其他文档，不是 xlsx 表格。"
            "请解压后选择其中的表格，或在 Excel 中另存为“Excel 工作簿(.xlsx)”"
        )


def _walk(
    path: Path,
    archive: zipfile.ZipFile,
    part: zipfile.ZipInfo,
    limits: Settings,
    room: int,
    seen: Part,
    texts: SharedTexts,
) -> Iterator[int]:
    """Unpack one part, throwing it away; tells the size of each chunk in bytes."""
    stretches = Stretches(limits)
    tail = b""
    with archive.open(part) as stream:
        while chunk := stream.read(CHUNK):
            room -= len(chunk)
            if room < 0:
                raise too_large(path, limits)
            stretches.feed(chunk)
            if stretches.is_markup and (_DOCTYPE in chunk or _DOCTYPE in tail + chunk[:_OVERLAP]):
                raise zipfile.BadZipFile
            texts.feed(chunk, stretches, part.filename)
            if stretches.is_sheet:
                _measure(tail + chunk, seen, limits)
                seen.cells += chunk.count(b"<c ") or chunk.count(b":c ")
                check_memory(seen.cells, seen.rows * seen.columns, limits)
                _look_at(tail, chunk, seen)
                check_formulas(seen, limits)
            tail = chunk[-_OVERLAP:]
            yield len(chunk)
    if seen.rows > limits.max_import_rows and seen.cells < seen.rows:
        raise too_sparse(seen.rows)


def _measure(xml: bytes, seen: Part, limits: Settings) -> None:
    """How far down and to the right a sheet reaches. Raises `Invalid` for what no sheet has."""
    for pattern in (_MAYBE_ROW, _ROW):
        rows = pattern.findall(xml)
        last = max((int(long or short) for long, short in rows), default=0)
        if last <= ROWS_OF_A_SHEET:
            break
    else:
        raise too_long(last)
    kinds = xml.translate(_KINDS)
    far = _FAR.search(xml) if any(one in kinds for one in _MAYBE_FAR) else None
    if far and far[3]:
        if int(far[3]) > ROWS_OF_A_SHEET:
            raise too_long(int(far[3]))
        last = max(last, int(far[3]))
    elif far:
        raise too_wide(int(far[2]), _number(far[1].decode().upper()), limits)
    seen.rows = max(seen.rows, last)
    for sample in (xml[:_SAMPLE], xml[-_SAMPLE:]):
        found = _COLUMN.findall(sample)
        seen.columns = max([seen.columns, *(_number(one.decode()) for one in set(found))])


def _number(letters: str) -> int:
    """The number of a column from 1: A is 1, AA is 27."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


def _look_at(tail: bytes, chunk: bytes, seen: Part) -> None:
    # What straddles two chunks is found with the tail; sets do not mind finding it twice.
    if b"hidden=" in chunk or b"hidden=" in tail:
        xml = tail + chunk
        seen.hidden_rows.update(int(found) for found in _HIDDEN_ROW.findall(xml))
        for found in _HIDDEN_COLUMNS.findall(xml):
            span = {key: int(value) for key, value in _FROM_TO.findall(found)}
            first, last = span.get(b"min", 0), span.get(b"max", 0)
            # Columns hidden up to the last that a sheet can have hold nothing.
            if 0 < first <= last < 16_384:
                seen.hidden_columns.update(range(first, last + 1))
    if b"<f" in chunk or b":f" in chunk:
        seen.formulas += len(_FORMULA.findall(chunk))
        seen.without_result += len(_NO_RESULT.findall(chunk))
