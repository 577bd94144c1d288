"""Records that contradict themselves or each other, and what is found of them."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import update

from ledger.casework import contradictions
from ledger.casework.contradictions import Finding
from ledger.domain.access import SYSTEM, Actor, Role
from ledger.records import service as records
from ledger.records.places.areas import current_atlas
from ledger.records.query import Condition, Selection
from ledger.records.service import Edit
from ledger.storage import Store
from tests.ledger.casework.case_records import lead
from tests.ledger.conftest import COUNTY, WEST_GRID, WEST_VILLAGE, actor

DAY = date(2026, 6, 1)
WHY = "已到现场核对"
EVERYBODY = actor(Role.LEADER, COUNTY)


def home(store: Store, area: str = WEST_GRID, **values: Any) -> int:
    given = {"name": "阳光养老院", "area_code": area, **values}
    return records.create(store, SYSTEM, "institutions", given)


def number_of(store: Store, record: int, ledger: str = "institutions") -> str:
    return str(records.get(store, SYSTEM, ledger, record)["number"])


def found(store: Store, rule: str, who: Actor = SYSTEM, **how: Any) -> list[Finding]:
    return contradictions.findings(store, who, current_atlas(store), rule, **how)


def ids(store: Store, rule: str, who: Actor = SYSTEM, **how: Any) -> list[int]:
    return [one.record_id for one in found(store, rule, who, **how)]


def edit(store: Store, record: int, ledger: str = "institutions", **values: Any) -> None:
    version = records.get(store, SYSTEM, ledger, record)["version"]
    records.save(store, SYSTEM, ledger, [Edit(record, version, values)])


def set_by_hand(store: Store, table: Any, record: int, **values: Any) -> None:
    """What steps and rules set, put there directly."""
    with store.writing() as connection:
        connection.execute(update(table).where(table.c.id == record).values(**values))


def listed(store: Store, rule: str, who: Actor = SYSTEM, ledger: str = "institutions") -> list[int]:
    wanted = Selection(conditions=(Condition("contradiction", "set", rule),))
    return sorted(row["id"] for row in records.search(store, who, ledger, wanted).rows)


def visit(store: Store, home_number: str, on: str, result: str) -> int:
    given = {
        "institution": home_number,
        "round": 1,
        "inspected_on": on,
        "inspectors": "李演示",
        "result": result,
    }
    return records.create(store, SYSTEM, "inspections", given)


def disposition(store: Store, **values: Any) -> int:
    given = {"measure": "警示约谈", "opened_on": "2026-05-20", "area_code": WEST_VILLAGE, **values}
    return records.create(store, SYSTEM, "dispositions", given)


def complaint(
    store: Store,
    finding: str = "属实",
    area: str = WEST_GRID,
    verified_on: str | None = "2026-06-11",
    **values: Any,
) -> int:
    """A home said to be without complaint, and a lead about it with a finding."""
    record = home(store, complained="否", **values)
    number = number_of(store, record)
    lead(store, area, institution=number, finding=finding, verified_on=verified_on)
    return record
