"""Entries about facts that cases proposed (``adopt_fact``, ``keep_fact``), in words."""

from __future__ import annotations

from collections.abc import Mapping

from ledger.domain.ledgers import INSTITUTIONS
from ledger.domain.values import TRI_LABELS

FACT_ACTIONS = frozenset({"adopt_fact", "keep_fact"})
FACT_LABELS: Mapping[str, str] = {"fact": "机构事实", "value": "改为"}


def fact_words(key: str, value: object) -> str:
    """What stands under a key of `FACT_LABELS`: the fact's label, or 是, 否, 不详."""
    if key == "fact":
        return INSTITUTIONS.label_of(str(value))
    return TRI_LABELS[None if value is None else bool(value)]
