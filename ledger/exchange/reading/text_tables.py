"""Text tables: which encoding, which mark between cells, and their rows."""

from __future__ import annotations

import csv
import io
import re
from itertools import islice

from ledger.domain.errors import Invalid, Problem
from ledger.domain.settings import settings
from ledger.exchange.reading.archives import too_long, too_wide

SAVE_AS = "请在 Excel 或 WPS 中另存为“Excel 工作簿(.xlsx)”后再导入"
_GLANCE = 20
# Titles above a header may need some rows more.
_SLACK = 20
# No text is longer than the file, whose size is limited, and nothing is packed here: cells are
# checked against a limit of our own, with their row and column.
csv.field_size_limit(2**30)


def read_text_rows(content: bytes) -> list[list[str]]:
    """The rows of a text table. Raises `Invalid` when it is none."""
    text = _decoded(content)
    if re.match(r"\s*<(!doctype|html|table|\?xml)", text[:500], re.IGNORECASE):
        raise Invalid(f"其实是网页或 XML 文件，不是表格。{SAVE_AS}")
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
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


def _decoded(content: bytes) -> str:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings: tuple[str, ...] = ("utf-16",)
    elif b"\x00" in content[:100_000]:
        raise Invalid(f"内容不是表格，请检查是否选错文件。{SAVE_AS}")
    else:
        encodings = ("utf-8-sig", "gb18030")
    for encoding in encodings:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Invalid("文字编码无法识别，请另存为 UTF-8 编码的 CSV，或 xlsx")


def _delimiter(text: str) -> str:
    """The delimiter of cells in most of the first lines; a title line may have none."""
    first = [re.sub(r'"[^"]*"', "", line) for line in islice(io.StringIO(text), _GLANCE)]

    def use(mark: str) -> tuple[int, int]:
        counts = [line.count(mark) for line in first]
        return sum(map(bool, counts)), sum(counts)

    return max((",", "\t", ";"), key=use)
