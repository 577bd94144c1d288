"""The registry of ledgers, in the order of the menu."""

from __future__ import annotations

from collections.abc import Mapping

from ledger.columns import Ledger
from ledger.errors import Invalid
from ledger.ledgers.areas import AREAS
from ledger.ledgers.dispositions import DISPOSITIONS
from ledger.ledgers.entities import ENTITIES
from ledger.ledgers.inspections import INSPECTIONS
from ledger.ledgers.institutions import INSTITUTIONS
from ledger.ledgers.leads import LEADS
from ledger.ledgers.measures import MEASURES
from ledger.ledgers.outreach import OUTREACH
from ledger.ledgers.petitions import PETITIONS

LEDGERS: Mapping[str, Ledger] = {
    ledger.key: ledger
    for ledger in (
        AREAS,
        INSTITUTIONS,
        INSPECTIONS,
        LEADS,
        DISPOSITIONS,
        PETITIONS,
        OUTREACH,
        ENTITIES,
        MEASURES,
    )
}


def ledger_named(key: str) -> Ledger:
    """The ledger with that key. Raises `Invalid` naming the ones there are."""
    try:
        return LEDGERS[key]
    except KeyError:
        known = "、".join(f"{ledger.key}({ledger.label})" for ledger in LEDGERS.values())
        raise Invalid(f"没有名为“{key}”的台账，可用的有：{known}") from None


__all__ = [
    "AREAS",
    "DISPOSITIONS",
    "ENTITIES",
    "INSPECTIONS",
    "INSTITUTIONS",
    "LEADS",
    "LEDGERS",
    "MEASURES",
    "OUTREACH",
    "PETITIONS",
    "ledger_named",
]
