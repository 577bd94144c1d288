"""Records of the small county, each made to be counted by one line of a rating."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import update

from ledger.domain.access import SYSTEM
from ledger.domain.timing.clock import OFFICE
from ledger.records import service as records
from ledger.storage import Store
from ledger.storage.tables import LEDGER_TABLES
from tests.ledger.conftest import WEST_VILLAGE

# The day on which the tests look: in the middle of a quarter, a working day.
TODAY = date(2026, 8, 19)
NOON = datetime.combine(TODAY, time(12), OFFICE)


def add(store: Store, ledger: str, area: str = WEST_VILLAGE, **values: Any) -> int:
    """A record through the service, blank where nothing is said."""
    return records.create(store, SYSTEM, ledger, {**_LEAST[ledger], "area_code": area, **values})


def put(store: Store, ledger: str, record_id: int, **values: Any) -> None:
    """Columns that services work out themselves, set by hand."""
    table = LEDGER_TABLES[ledger]
    with store.writing() as connection:
        connection.execute(update(table).where(table.c.id == record_id).values(**values))


def overdue(store: Store, ledger: str, days: int, area: str = WEST_VILLAGE) -> int:
    """A record whose next duty was so many days before `TODAY`."""
    record = add(store, ledger, area)
    put(store, ledger, record, due_on=TODAY - timedelta(days=days), due_label="演示")
    return record


def home(store: Store, area: str = WEST_VILLAGE) -> str:
    """An institution's number."""
    record = add(store, "institutions", area)
    return str(records.get(store, SYSTEM, "institutions", record)["number"])


_LEAST: dict[str, dict[str, Any]] = {
    "institutions": {"name": "演示院"},
    "inspections": {
        "round": 1,
        "inspected_on": TODAY,
        "inspectors": "李演示",
        "result": "sound",
    },
    "leads": {"registered_at": NOON, "source": "report", "matter": "演示"},
    "petitions": {"registered_on": TODAY, "matter": "演示"},
    "dispositions": {"measure": "warn", "opened_on": TODAY},
    "outreach": {"held_on": TODAY, "kind": "lecture"},
    "measures": {"kind": "notice", "matter": "演示", "proposed_on": TODAY},
}
