"""A record's own protected texts, found in what was typed freely about it, and masked there."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from ledger.domain.columns import Ledger
from ledger.domain.masks import ERASED, is_sealed, mask, mask_of
from ledger.storage.keys.secrets import Sealer

# One character stands in too many words to be taken for a name.
_SHORTEST = 2
# Mobile phones, fixed lines with their area, ID numbers (a firm's code begins with 9).
_NUMBERS = re.compile(
    r"(?<!\d)(?:1[3-9]\d[\s-]?\d{4}[\s-]?\d{4}|0\d{2,3}-\d{7,8}|[1-8]\d{16}[\dXx])(?!\d)"
)


def without_numbers(text: str) -> str:
    """``text`` with phones and ID numbers put as masks: of what was searched for, the log keeps
    no more."""
    return _NUMBERS.sub(lambda found: mask(found.group()), text)


def scrubbed(text: str, ledger: Ledger, record: Mapping[str, Any], sealer: Sealer) -> str:
    """``text`` with the names, phones and numbers that the record protects put as masks.

    For names of files, reasons and the like, which are kept and shown in plain.
    """
    for column in ledger.columns:
        kept = record.get(column.key)
        if not column.rule.masked or not is_sealed(kept) or kept == ERASED:
            continue
        plain = sealer.open(str(kept))
        if len(plain) >= _SHORTEST:
            text = text.replace(plain, mask_of(str(kept)))
    return text
