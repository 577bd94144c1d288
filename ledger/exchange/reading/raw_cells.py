"""What every cell goes through before its column reads it: blanks, lengths, errors, pictures, signs
that nobody sees, and the values that a mapping names."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from ledger.domain.columns import ValueRefused
from ledger.domain.settings import settings
from ledger.domain.values import UNSEEN
from ledger.exchange.reading.error_cells import NO_RESULT, is_error
from ledger.exchange.reading.loose_values import Reader
from ledger.exchange.reading.understanding import BLANK, Understood, shown

# WPS keeps a picture in a cell as the formula that shows it.
_PICTURE = re.compile(r"=(?:_xlfn\.)?(?:DISPIMG|IMAGE)\(.*", re.DOTALL | re.IGNORECASE)
# How a text table marks a text that Excel would take for a formula (see
# `ledger.exchange.writing.exports`).
ESCAPED = re.compile(r"'+[=+\-@\t\r]")
# How programs keep Excel from making a number of a text in a text table: ="0012".
_QUOTED = re.compile(r'="((?:[^"]|"")*)"')
# Letters after them are shown from right to left: what somebody saw as 10 is 01. Marks from left to
# right change nothing; telephones put them around numbers.
_TURNED = re.compile("[\u202b\u202e\u2067]")
LOST = "\ufffd"
"""Stands for bytes of a text table that are no letter in its encoding."""


def guarded(
    reader: Reader, pairs: Mapping[str, str] | None = None, *, is_text: bool = False
) -> Reader:
    """The reader, after what every cell goes through; ``pairs`` are the mapping's values."""
    longest = settings().max_cell_characters

    def read(raw: Any) -> Any:
        if is_blank(raw):
            return BLANK
        if isinstance(raw, str):
            if len(raw) > longest:
                raise ValueRefused(f"内容过长({len(raw)}字)，一格最多{longest}字，请删减")
            if raw == NO_RESULT:
                return Understood(
                    BLANK,
                    "公式没有保存结果，按空白读入，请核对。用 Excel 或 WPS 打开并保存即可",
                    False,
                )
            if is_error(raw):
                raise ValueRefused(f"公式出错({raw.strip()})，请改正公式或直接填写")
            if raw[0] == "=" and _PICTURE.fullmatch(raw):
                return Understood(BLANK, "格中是图片，没有读入，请核对", sure=False)
            if is_text:
                raw = _of_text_table(raw)
            if LOST in raw:
                return _partly_lost(reader, raw)
            seen = UNSEEN.sub("", raw)
            if seen != raw:
                if _TURNED.search(raw):
                    raise ValueRefused(
                        "含有让文字倒着显示的字符，看到的和存下的不一样，请删去后重新填写"
                    )
                return BLANK if is_blank(seen) else _plainly(reader, seen, pairs)
        return _mapped(reader, raw, pairs)

    return read


def is_blank(raw: Any) -> bool:
    """Whether nothing stands in a cell, or only blanks."""
    return raw is None or (raw.__class__ is str and (not raw or raw.isspace()))


def _of_text_table(raw: str) -> str:
    """A cell of a text table without the marks by which programs keep Excel from changing it."""
    quoted = _QUOTED.fullmatch(raw.strip())
    if quoted is not None:
        return quoted[1].replace('""', '"')
    return raw[1:] if ESCAPED.match(raw) else raw


def _mapped(reader: Reader, raw: Any, pairs: Mapping[str, str] | None) -> Any:
    if pairs is not None and (said := _as_text(raw)) in pairs:
        raw = pairs[said]
        if not raw.strip():
            return None
    return reader(raw)


def _plainly(reader: Reader, seen: str, pairs: Mapping[str, str] | None) -> Any:
    """What stands in a cell without the signs that nobody sees; told where that is a text."""
    value = _mapped(reader, seen, pairs)
    if isinstance(value, str) and value == seen.strip():
        return Understood(value, f"去掉看不见的字符：按“{shown(value)}”理解")
    return value


def _partly_lost(reader: Reader, raw: str) -> Understood:
    """A cell with bytes that are no letters: its text without them, if that says anything."""
    rest = raw.replace(LOST, "").strip()
    how = f"有字节不是文字(文件编码有误)：“{shown(raw.replace(LOST, '?'))}”，请对照原件核对"
    try:
        found = reader(rest) if rest else BLANK
    except ValueRefused:
        found = BLANK
    value = found.value if isinstance(found, Understood) else found
    return Understood(value if isinstance(value, str) else BLANK, how, sure=False)


def _as_text(raw: Any) -> str:
    if isinstance(raw, float) and raw.is_integer():
        return str(int(raw))
    return str(raw).strip()
