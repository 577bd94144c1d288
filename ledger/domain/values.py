"""The types of columns, blank cells, and how two writings of a word are compared.

:mod:`ledger.domain.cell_parsers` reads their cells.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from typing import Protocol

Value = str | int | float | bool | date | None


class ColumnType(StrEnum):
    """What a column holds, and so how it is stored, edited and written."""

    TEXT = "text"
    LONG_TEXT = "long_text"
    INTEGER = "integer"
    NUMBER = "number"
    MONEY = "money"
    DATE = "date"
    CHOICE = "choice"
    TRI = "tri"
    LONGITUDE = "longitude"
    LATITUDE = "latitude"
    AREA = "area"
    REFERENCE = "reference"
    MOMENT = "moment"
    CREDIT_CODE = "credit_code"
    PHONE = "phone"


NUMERIC = frozenset(
    {
        ColumnType.INTEGER,
        ColumnType.NUMBER,
        ColumnType.MONEY,
        ColumnType.LONGITUDE,
        ColumnType.LATITUDE,
    }
)
TEXTUAL = frozenset(
    {
        ColumnType.TEXT,
        ColumnType.LONG_TEXT,
        ColumnType.AREA,
        ColumnType.REFERENCE,
        ColumnType.CREDIT_CODE,
        ColumnType.PHONE,
    }
)
TRI_LABELS: Mapping[bool | None, str] = {True: "是", False: "否", None: "不详"}


class Declared(Protocol):
    """What a parser needs to know of a column; `ledger.domain.columns.Column` is one."""

    @property
    def unit(self) -> str: ...
    @property
    def minimum(self) -> float | None: ...
    @property
    def maximum(self) -> float | None: ...
    @property
    def length(self) -> int: ...
    @property
    def choice_by_text(self) -> Mapping[str, str]: ...
    @property
    def choice_labels(self) -> Mapping[str, str]: ...


class ValueRefused(ValueError):
    """A cell that is no value of its column; the text is Chinese and says what is allowed."""


def is_blank(raw: object) -> bool:
    """Whether a cell holds nothing: absent, only blanks, or a not-a-number."""
    if raw is None:
        return True
    if isinstance(raw, str):  # first, as most cells are texts
        return not raw or raw.isspace()
    if isinstance(raw, float):
        return math.isnan(raw)
    # pandas.NA and NaT are the only values that do not equal themselves.
    return bool(raw != raw) if type(raw).__name__ in {"NAType", "NaTType"} else False


# Signs that nobody sees: joiners, marks of direction, a byte-order mark, fillers.
_SIGNS = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b-\u200f\u202a-\u202e"
    "\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff9-\ufffb"
)
UNSEEN = re.compile(f"[{_SIGNS}]+")
"""Signs in a text that nobody sees; blanks of every width are none of them."""
_NOT_SEEN = re.compile(f"[\\s{_SIGNS}]+")


def fold(text: str) -> str:
    """Full-width to half-width, no blanks, lower case: how two writings of a word are compared."""
    return _NOT_SEEN.sub("", unicodedata.normalize("NFKC", text)).lower()
