"""People who must stay unknown, planted into every column that protects them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ledger.domain.access import Actor
from ledger.records import service as records
from ledger.storage import Store
from tests.ledger.conftest import WEST_GRID

SUSPECT, INFORMANT, PETITIONER = "欧阳嫌疑甲", "司马举报乙", "诸葛上访丙"
INFORMANT_PHONE, PETITIONER_PHONE = "13812340987", "13998760123"
SECRETS = (SUSPECT, INFORMANT, PETITIONER, INFORMANT_PHONE, PETITIONER_PHONE)


def add_lead(store: Store, who: Actor, **values: Any) -> int:
    """A lead with everybody in it."""
    given: Mapping[str, Any] = {
        "registered_at": "2026-05-20 09:00",
        "source": "其他",
        "matter": "高息揽储",
        "suspect": SUSPECT,
        "informant": INFORMANT,
        "informant_phone": INFORMANT_PHONE,
        "area_code": WEST_GRID,
    }
    return records.create(store, who, "leads", {**given, **values})


def add_petition(store: Store, who: Actor, **values: Any) -> int:
    """A petition with everybody in it."""
    given: Mapping[str, Any] = {
        "registered_on": "2026-05-20",
        "matter": "预收费退款",
        "petitioner": PETITIONER,
        "petitioner_phone": PETITIONER_PHONE,
        "area_code": WEST_GRID,
    }
    return records.create(store, who, "petitions", {**given, **values})
