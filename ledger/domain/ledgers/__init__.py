"""The registry of ledgers, in the order of the menu."""

from __future__ import annotations

from collections.abc import Mapping

from ledger.domain.columns import Ledger
from ledger.domain.errors import Invalid
from ledger.domain.ledgers.areas import AREAS
from ledger.domain.ledgers.dispositions import DISPOSITIONS
from ledger.domain.ledgers.entities import ENTITIES
from ledger.domain.ledgers.inspections import INSPECTIONS
from ledger.domain.ledgers.institutions import INSTITUTIONS
from ledger.domain.ledgers.leads import LEADS
from ledger.domain.ledgers.measures import MEASURES
from ledger.domain.ledgers.outreach import OUTREACH
from ledger.domain.ledgers.petitions import PETITIONS

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
_prefixes = [ledger.prefix for ledger in LEDGERS.values()]
if len(set(_prefixes)) != len(_prefixes):
    raise ValueError("two ledgers number their records with the same prefix")


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
