"""A ledger with records to be exported."""

from __future__ import annotations

import pytest

from ledger.domain.access import SYSTEM
from ledger.records import service as records
from ledger.storage import Store
from tests.ledger.conftest import EAST_SOUTH
from tests.ledger.exchange.writing.exported import FORMULA


@pytest.fixture
def filled(store: Store) -> Store:
    """Three institutions: one of tier three in the west, one unplaced east, one undetermined."""
    west = {"number": "001", "name": FORMULA, "lon": 127.02, "lat": 29.05, "complained": True}
    west |= {"prepaid_deposit": 1234.5, "prepaid_use": "facility_gap", "beds": 12}
    records.create(store, SYSTEM, "institutions", west)
    records.create(store, SYSTEM, "institutions", {"name": "东院", "area_code": EAST_SOUTH})
    records.create(
        store, SYSTEM, "institutions", {"name": "远院", "lon": 128.0, "lat": 29.0, "custody": False}
    )
    return store
