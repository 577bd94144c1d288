"""Text tables: which encoding, which mark between cells, and their rows."""

from __future__ import annotations

import csv
import io
import re
from itertools import islice

from ledger.domain.errors import Invalid, Problem
from ledger.domain.settings import settings
from ledger.exchange.reading.archives import too_long, too_wide
from ledger.exchange.reading.raw_cells import LOST

SAVE_AS = "请在 Excel 或 WPS 中另存为“Excel 工作簿(.xlsx)”后再导入"
_GLANCE = 20
# Titles above a header may need some rows more.
_SLACK = 20
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
    if re.match(r"MIME-Version:|From: .*\r?\nSubject:", text[:500], re.IGNORECASE):
        raise Invalid(f"是网页归档(MHT)文件，不是表格。{SAVE_AS}")
    named = _SEP.match(text[:20])
    if named is not None:
        text = text[named.end() :]
    delimiter = named[1] if named is not None else _delimiter(text)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    limits = settings()
    rows: list[list[str]] = []
    try:
        for row in reader:
            rows.append(row)
            if len(row) > limits.max_import_columns and any(row[limits.max_import_columns :]):
                raise too_wide(len(rows), len(row), limits)
            if len(rows) > limits.max_import_rows + _SLACK and any(row):
                raise too_long(len(rows), limits)
    except csv.Error:
        line = reader.line_num
        problem = Problem(line, None, f"这一行或之前的引号没有成对，无法读取。{SAVE_AS}")
        raise Invalid([problem]) from None
    return rows


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
        raise Invalid("文字编码无法识别，请另存为 UTF-8 编码的 CSV，或 xlsx")
    return broken


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
