"""Mask protected texts (names, phones, ID numbers) in free texts such as reasons and file names."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from ledger.domain.columns import Ledger
from ledger.domain.masks import ERASED, is_sealed, mask, mask_of
from ledger.storage.keys.secrets import Sealer

# Shorter texts are not masked: one character occurs in too many other words.
_SHORTEST = 2
# Mobile phones, fixed lines with their area, ID numbers (a firm's code begins with 9).
_NUMBERS = re.compile(
    r"(?<!\d)(?:1[3-9]\d[\s-]?\d{4}[\s-]?\d{4}|0\d{2,3}-\d{7,8}|[1-8]\d{16}[\dXx])(?!\d)"
)


def without_numbers(text: str) -> str:
    """``text`` with every phone and ID number replaced by its mask."""
    return _NUMBERS.sub(lambda found: mask(found.group()), text)


def scrubbed(text: str, ledger: Ledger, record: Mapping[str, Any], sealer: Sealer) -> str:
    """``text`` with the texts of the record's protected columns replaced by their masks.

    For names of files, reasons and similar texts, which are stored and shown in plain.
    """
    for column in ledger.columns:
        kept = record.get(column.key)
        if not column.rule.masked or not is_sealed(kept) or kept == ERASED:
            continue
        plain = sealer.open(str(kept))
        if len(plain) >= _SHORTEST:
            text = text.replace(plain, mask_of(str(kept)))
    return text
