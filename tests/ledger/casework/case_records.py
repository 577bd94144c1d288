"""Records that wait for somebody, and those for whom they wait."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from ledger.casework.awaiting import Group
from ledger.casework.listing import Item, Listed
from ledger.casework.todo import todo
from ledger.domain.access import SYSTEM, Actor, Role
from ledger.domain.timing import clock
from ledger.records import service as records
from ledger.storage import Store
from tests.ledger.conftest import EAST, WEST, WEST_GRID, WEST_VILLAGE, actor

NOW = datetime(2026, 6, 10, 2, tzinfo=UTC)  # a Wednesday, ten in the morning at the office
WORKER = actor(Role.GRID_WORKER, WEST_GRID)
VILLAGE = actor(Role.VILLAGE_STAFF, WEST_VILLAGE)
OFFICE = actor(Role.OFFICE_STAFF, WEST)
LEADER = actor(Role.LEADER, WEST)
AUDITOR = actor(Role.AUDITOR, WEST)
EASTERN = actor(Role.LEADER, EAST)


def set_clock(monkeypatch: pytest.MonkeyPatch, moment: datetime) -> None:
    monkeypatch.setattr(clock, "now", lambda: moment)


def group(store: Store, who: Actor, wanted: Group, **how: Any) -> Listed:
    return next(one for one in todo(store, who, **how) if one.group is wanted)


def only(store: Store, who: Actor, wanted: Group, **how: Any) -> Item:
    (item,) = group(store, who, wanted, **how).items
    return item


def disposition(store: Store, deadline: str, area: str = WEST_VILLAGE) -> int:
    values = {
        "measure": "警示约谈",
        "opened_on": "2026-05-20",
        "planned_on": "2026-05-21",
        "deadline": deadline,
        "area_code": area,
    }
    return records.create(store, SYSTEM, "dispositions", values)


def lead(store: Store, area: str = WEST_GRID, **values: Any) -> int:
    given = {
        "registered_at": "2026-06-10 06:40",
        "source": "群众举报",
        "matter": "高息揽储",
        "area_code": area,
        **values,
    }
    return records.create(store, SYSTEM, "leads", given)


def petition(store: Store, area: str = WEST_VILLAGE, **values: Any) -> int:
    given = {"registered_on": "2026-06-09", "matter": "养老院退费", "area_code": area, **values}
    return records.create(store, SYSTEM, "petitions", given)


def home(store: Store, area: str = WEST_GRID) -> int:
    return records.create(store, SYSTEM, "institutions", {"name": "阳光养老院", "area_code": area})
