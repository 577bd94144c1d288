"""A record's own protected texts, found in what was typed freely about it, and masked there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ledger.columns import Ledger
from ledger.protection.secrets import ERASED, Sealer, is_sealed, mask_of

# One character stands in too many words to be taken for a name.
_SHORTEST = 2


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
