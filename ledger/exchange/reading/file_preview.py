"""The beginning of a Word or Excel file as plain text, to be looked at without opening it.

Nothing of a file is run, loaded or laid out. Of a Word file only the stream of its text is read,
and only so far; a workbook is checked as an import is, within narrower limits.
"""

from __future__ import annotations

import io
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.parsers import expat

from python_calamine import CalamineError, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from ledger.domain.errors import Invalid
from ledger.domain.settings import settings
from ledger.exchange.reading.packed import check_workbook_archive
from ledger.records.file_kinds import EXCEL, OLD_EXCEL, OLD_WORD, WORD

MOST_LINES = 60
MOST_COLUMNS = 20
_MOST_SIGNS = 400
_CHUNK = 1 << 16
# So much of a text's stream is read at most, and a workbook may unpack to so much.
_MOST_BYTES = 2 << 20
_MOST_UNPACKED_MB = 64
# How the namespace of a text ends in ECMA-376 and in its strict form (ISO/IEC 29500).
_WORDS = ("/wordprocessingml/2006/main", "/wordprocessingml/main")
# The same text box once more, for older programs.
_TWICE = "/markup-compatibility/2006 Fallback"
_DAMAGED = "文件已损坏或不是正常的 Word、Excel 文件"


@dataclass(frozen=True)
class Preview:
    """The first lines of a file: each one paragraph, or the cells of a row of a table.

    ``sheet`` is the name of the sheet that is shown, ``more`` whether something follows.
    """

    lines: tuple[tuple[str, ...], ...]
    sheet: str = ""
    more: bool = False


def preview(content: bytes, media_type: str) -> Preview:
    """At most `MOST_LINES` lines and `MOST_COLUMNS` columns; texts are cut.

    Raises
    ------
    Invalid
        In one Chinese sentence, for other kinds of files, damaged ones and those beyond the limits.
    """
    if media_type == WORD:
        return _word(content)
    if media_type in (EXCEL, OLD_EXCEL):
        return _workbook(content, packed=media_type == EXCEL)
    if media_type == OLD_WORD:
        raise Invalid("旧版 Word 文件(.doc)不能预览，请下载后打开，或另存为 .docx 再上传")
    raise Invalid("这类文件没有文字预览")


def _word(content: bytes) -> Preview:
    text = _WordText()
    try:
        with (
            zipfile.ZipFile(io.BytesIO(content)) as package,
            package.open("word/document.xml") as part,
        ):
            read = 0
            while (chunk := part.read(_CHUNK)) and not text.full:
                read += len(chunk)
                if read > _MOST_BYTES:
                    break
                text.feed(chunk)
            cut = bool(chunk)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, KeyError, NotImplementedError):
        raise Invalid(_DAMAGED) from None
    except (expat.ExpatError, RuntimeError):
        raise Invalid(_DAMAGED) from None
    return Preview(tuple(text.lines[:MOST_LINES]), more=cut or len(text.lines) > MOST_LINES)


class _WordText:
    """Collects paragraphs and rows of tables while the stream of a document is read."""

    def __init__(self) -> None:
        self.lines: list[tuple[str, ...]] = []
        self._signs: list[str] = []
        self._cells: list[str] = []
        self._rows = self._skipped = self._length = 0
        self._in_text = False
        parser = self._parser = expat.ParserCreate(namespace_separator=" ")
        parser.StartDoctypeDeclHandler = _refuse_definitions
        parser.StartElementHandler = self._begins
        parser.EndElementHandler = self._ends
        parser.CharacterDataHandler = self._reads

    @property
    def full(self) -> bool:
        """Whether there are enough lines."""
        return len(self.lines) > MOST_LINES

    def feed(self, chunk: bytes) -> None:
        self._parser.Parse(chunk, False)

    def _begins(self, name: str, _: dict[str, str]) -> None:
        self._skipped += name.endswith(_TWICE)
        kind = _bare(name)
        if kind == "tr":
            self._rows += 1
        self._in_text = kind == "t" and not self._skipped
        if kind in ("tab", "br", "cr"):
            self._add(" ")

    def _ends(self, name: str) -> None:
        self._skipped -= name.endswith(_TWICE)
        self._in_text = False
        kind = _bare(name)
        if kind == "p" and self._rows:
            self._add(" ")
        elif kind == "p":
            self._line((self._taken(),))
        elif kind == "tc" and self._rows == 1:
            self._cells += [self._taken()] if len(self._cells) < MOST_COLUMNS else []
        elif kind == "tr":
            self._rows -= 1
            if not self._rows:
                self._line(tuple(self._cells))
                self._cells = []

    def _reads(self, text: str) -> None:
        if self._in_text:
            self._add(text)

    def _add(self, text: str) -> None:
        if self._length <= _MOST_SIGNS:
            self._signs.append(text)
            self._length += len(text)

    def _taken(self) -> str:
        text = _cut("".join(self._signs))
        self._signs, self._length = [], 0
        return text

    def _line(self, cells: tuple[str, ...]) -> None:
        if any(cells) and not self.full:
            self.lines.append(cells)


def _refuse_definitions(*_: Any) -> None:
    """No program for texts writes definitions of its own; readers would follow them."""
    raise zipfile.BadZipFile


def _bare(name: str) -> str:
    """The name of an element of a Word text; empty for any other."""
    space, _, kind = name.rpartition(" ")
    return kind if space.endswith(_WORDS) else ""


def _cut(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _MOST_SIGNS else f"{line[: _MOST_SIGNS - 1]}…"


def _workbook(content: bytes, *, packed: bool) -> Preview:
    if packed:
        limits = settings().model_copy(update={"max_unpacked_megabytes": _MOST_UNPACKED_MB})
        with tempfile.NamedTemporaryFile(suffix=".xlsx") as file:
            file.write(content)
            file.flush()
            check_workbook_archive(Path(file.name), limits)
    try:
        with CalamineWorkbook.from_filelike(io.BytesIO(content)) as workbook:
            name = next(_sheets(workbook), None)
            if name is None:
                raise Invalid("没有可以显示的工作表")
            sheet = workbook.get_sheet_by_name(name)
            rows = sheet.to_python(skip_empty_area=False, nrows=MOST_LINES)
            more = sheet.total_height > MOST_LINES
    except (CalamineError, OSError, ValueError, OverflowError):
        raise Invalid(_DAMAGED) from None
    except BaseException as error:  # the reader's own panics derive from BaseException alone
        if type(error).__name__ != "PanicException":
            raise
        raise Invalid(_DAMAGED) from None
    lines = [tuple(_cut(_shown(cell)) for cell in row[:MOST_COLUMNS]) for row in rows]
    kept = [line for line in lines if any(line)]
    wider = any(len(row) > MOST_COLUMNS for row in rows)
    return Preview(tuple(kept), sheet=_cut(name), more=more or wider)


def _sheets(workbook: CalamineWorkbook) -> Iterator[str]:
    """The names of its tables: those that are seen first, the hidden ones after them."""
    sheets = [one for one in workbook.sheets_metadata if one.typ == SheetTypeEnum.WorkSheet]
    hidden = [one for one in sheets if one.visible != SheetVisibleEnum.Visible]
    yield from (one.name for one in sheets if one not in hidden)
    yield from (one.name for one in hidden)


def _shown(cell: Any) -> str:
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return "" if cell is None else str(cell)
