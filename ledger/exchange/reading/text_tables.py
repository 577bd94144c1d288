"""Text tables: which encoding, which mark between cells, and their rows."""

from __future__ import annotations

import csv
import io
import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from ledger.domain.errors import Invalid, Problem
from ledger.domain.settings import settings
from ledger.exchange.reading.archives import check_memory, too_wide
from ledger.exchange.reading.raw_cells import LOST

SAVE_AS = "请在 Excel 或 WPS 中另存为“Excel 工作簿(.xlsx)”后再导入"
_GLANCE = 20
# In so many letters stand the first lines of any table.
_BEGINNING = 1_000_000
_LOOKED_AFTER = 10_000
# So many bytes that are no letters are slips of a program; more mean another encoding.
_MOST_LOST = 20
_SEP = re.compile(r"sep=(.)\r?\n", re.IGNORECASE)
_USUAL = (",", "\t", ";")
_UNUSUAL = ("|", "，", "；")
# No text is longer than the file, whose size is limited, and nothing is packed here: cells are
# checked against a limit of our own, with their row and column.
csv.field_size_limit(2**30)


def read_text_rows(content: bytes) -> list[list[str]]:
    """The rows of a text table. Raises `Invalid` when it is none.

    A line ``sep=;`` at the top names the mark between cells, and is no row, as in Excel.
    """
    text = decoded(content)
    delimiter, skipped = _mark(text[:_BEGINNING])
    rows: list[list[str]] = []
    limits, cells = settings(), 0
    for row in _parted(io.StringIO(text[skipped:], newline=""), delimiter):
        rows.append(row)
        cells += len(row)
        if not len(rows) % _LOOKED_AFTER:
            check_memory(cells, cells, limits)
    check_memory(cells, cells, limits)
    return rows


@dataclass(frozen=True)
class TextFile:
    """A large text table, read line by line: its encoding, the mark between cells, and how many
    letters stand before the first row."""

    path: Path
    encoding: str
    delimiter: str
    skipped: int

    def top(self, rows: int) -> list[list[str]]:
        """The first rows."""
        with self._opened() as stream:
            return list(islice(_parted(stream, self.delimiter), rows))

    def blocks(self, rows: int) -> Iterator[tuple[list[list[str]], int]]:
        """So many rows at a time, and how many bytes of the file were read by then."""
        with self._opened() as stream:
            reader = _parted(stream, self.delimiter)
            while block := list(islice(reader, rows)):
                yield block, os.lseek(stream.fileno(), 0, os.SEEK_CUR)

    def _opened(self) -> io.TextIOWrapper:
        stream = self.path.open(encoding=self.encoding, errors="replace", newline="")
        stream.read(self.skipped)
        return stream


def text_file(path: Path) -> TextFile:
    """A large text table. Raises `Invalid` when it is none."""
    encoding = _encoding_of(path)
    with path.open(encoding=encoding, errors="replace", newline="") as stream:
        delimiter, skipped = _mark(stream.read(_BEGINNING))
    return TextFile(path, encoding, delimiter, skipped)


def _encoding_of(path: Path) -> str:
    """The encoding in which fewest bytes of a file are no letters, none if possible."""
    with path.open("rb") as stream:
        begin = stream.read(100_000)
    if begin.startswith((b"\xff\xfe", b"\xfe\xff")):
        candidates: tuple[str, ...] = ("utf-16",)
    elif b"\x00" in begin:
        noughts = [begin[at::2].count(0) for at in (0, 1)]
        candidates = ("utf-16-le" if noughts[1] > noughts[0] else "utf-16-be",)
    else:
        candidates = ("utf-8-sig", "gb18030")
    lost = {}
    for encoding in candidates:
        lost[encoding] = 0
        with path.open(encoding=encoding, errors="replace", newline="") as stream:
            while text := stream.read(1 << 20):
                lost[encoding] += text.count(LOST)
        if not lost[encoding]:
            return encoding
    best = min(lost, key=lost.__getitem__)
    if lost[best] > _MOST_LOST:
        raise _no_letters()
    return best


def _mark(begin: str) -> tuple[str, int]:
    """The mark between cells, and how many letters name it at the top. Raises `Invalid` for a web
    archive."""
    if re.match(r"MIME-Version:|From: .*\r?\nSubject:", begin[:500], re.IGNORECASE):
        raise Invalid(f"是网页归档(MHT)文件，不是表格。{SAVE_AS}")
    named = _SEP.match(begin[:20])
    return (_delimiter(begin), 0) if named is None else (named[1], named.end())


def _parted(lines: Iterable[str], delimiter: str) -> Iterator[list[str]]:
    """The rows of a text table. Raises `Invalid` for one that is too wide, or is none."""
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    limits = settings()
    widest = limits.max_import_columns
    try:
        for at, row in enumerate(reader, start=1):
            if len(row) > widest and any(row[widest:]):
                raise too_wide(at, len(row), limits)
            yield row
    except csv.Error:
        line = reader.line_num
        problem = Problem(line, None, f"这一行或之前的引号没有成对，无法读取。{SAVE_AS}")
        raise Invalid([problem]) from None


def decoded(content: bytes) -> str:
    """The text of a file in UTF-8, UTF-16 or GB18030; `LOST` stands for single broken bytes.

    Raises
    ------
    Invalid
        When it is no text, or too much of it is broken.
    """
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return _whole(content, ("utf-16",))
    if b"\x00" in content[:100_000]:
        return _without_mark(content)
    return _whole(content, ("utf-8-sig", "gb18030"))


def _whole(content: bytes, encodings: tuple[str, ...]) -> str:
    for encoding in encodings:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    broken = min(
        (content.decode(encoding, "replace") for encoding in encodings),
        key=lambda text: text.count(LOST),
    )
    if broken.count(LOST) > min(_MOST_LOST, 1 + len(broken) // 50):
        raise _no_letters()
    return broken


def _no_letters() -> Invalid:
    return Invalid("文字编码无法识别，请另存为 UTF-8 编码的 CSV，或 xlsx")


def _without_mark(content: bytes) -> str:
    """UTF-16 without its mark, told by the byte in which ASCII letters have their nought."""
    noughts = [content[at:100_000:2].count(0) for at in (0, 1)]
    encoding = "utf-16-le" if noughts[1] > noughts[0] else "utf-16-be"
    try:
        text = content[: len(content) // 2 * 2].decode(encoding)
    except UnicodeDecodeError:
        text = "\x00"
    if "\x00" in text or not re.search(r"[\n\r]", text):
        raise Invalid(f"内容不是表格，请检查是否选错文件。{SAVE_AS}")
    return text


def _delimiter(text: str) -> str:
    """The delimiter of cells in most of the first lines; a title line may have none."""
    first = [re.sub(r'"[^"]*"', "", line) for line in islice(io.StringIO(text), _GLANCE)]
    written = sum(1 for line in first if line.strip())

    def use(mark: str) -> tuple[int, int]:
        counts = [line.count(mark) for line in first]
        return sum(map(bool, counts)), sum(counts)

    usual = max(_USUAL, key=use)
    if use(usual)[0] * 2 >= written:
        return usual
    # Marks that also stand within texts: only where the usual ones do not part the lines.
    unusual = max(_UNUSUAL, key=use)
    return unusual if use(unusual)[0] * 2 >= written else usual
