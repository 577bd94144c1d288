"""The registry of ledgers, in the order of the menu."""

from __future__ import annotations

from collections.abc import Mapping

from ledger.columns import Ledger
from ledger.errors import Invalid
from ledger.ledgers.areas import AREAS
from ledger.ledgers.institutions import INSTITUTIONS

LEDGERS: Mapping[str, Ledger] = {ledger.key: ledger for ledger in (AREAS, INSTITUTIONS)}


def ledger_named(key: str) -> Ledger:
    """The ledger with that key. Raises `Invalid` naming the ones there are."""
    try:
        return LEDGERS[key]
    except KeyError:
        known = "、".join(f"{ledger.key}({ledger.label})" for ledger in LEDGERS.values())
        raise Invalid(f"没有名为“{key}”的台账,可用的有:{known}") from None


__all__ = ["AREAS", "INSTITUTIONS", "LEDGERS", "ledger_named"]
