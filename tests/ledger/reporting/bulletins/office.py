"""A township with two weeks of work behind it: enough for every section of a bulletin.

The bulletin of the week that ends on `UNTIL` tells of: 14 petitions (12 the week before, 3 in the
same week last year), one of them of 30 people; a major lead; an institution that rose to tier
four; and what is overdue.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from typing import Any

from ledger.domain.access import SYSTEM
from ledger.domain.timing import clock
from ledger.records import service as records
from ledger.storage import Store
from tests.ledger.conftest import EAST_SOUTH, WEST_GRID, WEST_VILLAGE
from tests.pages.builders import BLAMELESS

UNTIL = date(2026, 5, 31)  # a Sunday
PERSON, PHONE = "王小明", "13800001234"


@contextmanager
def on(day: date) -> Iterator[None]:
    """Let it be noon of that day."""
    with clock.pretend(datetime.combine(day, time(12), clock.OFFICE)):
        yield


def fill_weeks(store: Store) -> dict[str, int]:
    """Everything of the module's docstring; record ids by name."""
    ids: dict[str, int] = {}
    with on(UNTIL - timedelta(days=30)):
        for name, facts in (
            ("松鹤养老院", {}),
            ("晚晴养老公寓", {"rapid_expansion": True}),
            ("福寿康养中心", {"complained": True}),
        ):
            values = {"name": name, "lon": 127.02, "lat": 29.05, **BLAMELESS, **facts}
            ids[name] = records.create(store, SYSTEM, "institutions", values)
        ids["康宁护理站"] = _add(store, "institutions", name="康宁护理站", area_code=WEST_GRID)
    _petitions(store, UNTIL - timedelta(days=364), 3)
    _petitions(store, UNTIL - timedelta(days=7), 12)
    _petitions(store, UNTIL, 13)
    with on(UNTIL - timedelta(days=2)):
        matter = f"{PERSON}({PHONE})等人反映押金不退，身份证 11010519491231002X"
        day = UNTIL - timedelta(days=2)
        ids["collective"] = _add(
            store,
            "petitions",
            registered_on=day,
            matter=matter,
            area_code=WEST_VILLAGE,
            people=30,
            channel="visit",
            petitioner=PERSON,
            petitioner_phone=PHONE,
        )
        row = records.get(store, SYSTEM, "institutions", ids["松鹤养老院"])
        edit = records.Edit(row["id"], row["version"], {"suspected_crime": True})
        records.save(store, SYSTEM, "institutions", [edit])
    with on(UNTIL - timedelta(days=3)):
        ids["lead"] = _add(
            store,
            "leads",
            registered_at=clock.now(),
            source="report",
            matter="李四海承诺高额返利，向老年人集资",
            suspect="李四海",
            major=True,
            fraud_type="project",
            area_code=WEST_VILLAGE,
        )
    return ids


def _petitions(store: Store, last: date, number: int) -> None:
    """So many, spread over the week that ends on ``last``; the first in the east, others west."""
    for at in range(number):
        day = last - timedelta(days=at % 7)
        with on(day):
            area = EAST_SOUTH if at == 0 else WEST_VILLAGE
            values = {"registered_on": day, "matter": f"押金退还第{at}件", "area_code": area}
            _add(store, "petitions", field="finance", people=1, **values)


def _add(store: Store, ledger: str, **values: Any) -> int:
    return records.create(store, SYSTEM, ledger, values)
