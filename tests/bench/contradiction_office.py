"""An office of many homes with contradictions, drawn by chance."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import insert, select

from ledger.domain.timing.clock import OFFICE
from ledger.storage import Store
from ledger.storage.tables import dispositions, inspections, institutions, leads, petitions
from tests.bench.many_institutions import build

HOMES = 2_000
TABLES = {one.name: one for one in (institutions, inspections, leads, dispositions, petitions)}


def office(folder: Path, homes: int = HOMES, seed: int = 12) -> Store:
    """An office of so many homes with leads, dispositions, visits and petitions; every kind of
    contradiction is planted at random, blanks are frequent."""
    store = build(folder, homes)
    dice = random.Random(seed)
    with store.writing() as connection:
        places = connection.execute(
            select(
                institutions.c.id,
                institutions.c.number,
                institutions.c.area_path,
                institutions.c.area_code,
            )
        ).all()
        for place in places:
            values = _home(dice, homes)
            connection.execute(
                institutions.update().where(institutions.c.id == place.id).values(**values)
            )
        rows: dict[str, list[dict[str, Any]]] = {name: [] for name in TABLES}
        for at in range(homes):
            home = dice.choice(places)
            lead = f"XS-{at:06d}"
            rows["leads"].append(_lead(dice, lead, home))
            rows["dispositions"].append(_disposition(dice, f"CZ-{at:06d}", home, at))
            rows["inspections"].append(_visit(dice, f"PC-{at:06d}", home))
            rows["petitions"].append(_petition(dice, f"XF-{at:06d}", home))
        for name, made in rows.items():
            if made:
                connection.execute(insert(TABLES[name]), made)
    return store


def _home(dice: random.Random, homes: int) -> dict[str, Any]:
    beds = dice.choice([None, 50, 80, 120])
    return {
        "beds": beds,
        "residents": dice.choice([None, 40, 60, 50, 121]),
        "prepaid_people": dice.choice([None, 30, 50, 90]),
        "net_fixed_assets": dice.choice([None, 0, 150_000, 1e6]),
        "prepaid_service_fee": dice.choice([None, 0, 100_000]),
        "prepaid_deposit": dice.choice([None, 0, 50_000]),
        "prepaid_membership": dice.choice([None, 0.01, 900_000]),
        "filing": dice.choice([None, "licensed", "filed", "none"]),
        "credit_code": dice.choice([None, f"9111{dice.randrange(homes):014d}"]),
        "lon": 127 + dice.randrange(100) / 500,
        "lat": dice.choice([None, 29 + dice.randrange(100) / 1000]),
        "complained": dice.choice([None, True, False]),
        "tier_computed": dice.choice([None, "1", "3"]),
        "tier_confirmed": dice.choice([None, None, "1", "3"]),
        "deleted": dice.random() < 0.05,
    }


def _common(number: str, home: Any, dice: random.Random) -> dict[str, Any]:
    moment = datetime(2026, 1, 1, tzinfo=OFFICE)
    return {
        "number": number,
        "institution": home.number if dice.random() < 0.9 else None,
        "area_path": home.area_path,
        "area_code": home.area_code,
        "extra": {},
        "version": 1,
        "created_at": moment,
        "created_by": "测量",
        "updated_at": moment,
        "updated_by": "测量",
        "deleted": dice.random() < 0.05,
    }


def _days(dice: random.Random, keys: Sequence[str]) -> dict[str, date | None]:
    """Days in order, some blank; one in twenty falls anywhere."""
    day, found = date(2026, 1, 5), dict[str, date | None]()
    for key in keys:
        day += timedelta(days=dice.randrange(4))
        found[key] = None if dice.random() < 0.3 else day
        if dice.random() < 0.05:
            found[key] = date(2026, 1, 1) + timedelta(days=dice.randrange(30))
    return found


def _lead(dice: random.Random, number: str, home: Any) -> dict[str, Any]:
    keys = ("verification_started_on", "verified_on", "police_told_on", "replied_on", "closed_on")
    hours = timedelta(hours=dice.randrange(24 * 5))
    return {
        **_common(number, home, dice),
        "registered_at": datetime(2026, 1, 4, tzinfo=OFFICE) + hours,
        "reported_at": datetime(2026, 1, 5, tzinfo=OFFICE) + hours * dice.choice([0, 2]),
        "source": "report",
        "matter": "测量线索",
        "state": dice.choice(["registered", "verifying", "closed", "archived"]),
        "finding": dice.choice([None, "true", "partly", "false"]),
        **_days(dice, keys),
    }


def _disposition(dice: random.Random, number: str, home: Any, at: int) -> dict[str, Any]:
    keys = ("planned_on", "deadline", "done_on", "police_transfer_on", "closed_on")
    return {
        **_common(number, home, dice),
        "lead": f"XS-{dice.randrange(at + 1):06d}" if dice.random() < 0.5 else None,
        "measure": "warn",
        "opened_on": date(2026, 1, 5),
        "state": dice.choice(["open", "running", "closed"]),
        **_days(dice, keys),
    }


def _visit(dice: random.Random, number: str, home: Any) -> dict[str, Any]:
    return {
        **_common(number, home, dice),
        "institution": home.number,
        "round": 1,
        "inspected_on": date(2026, 1, 5) + timedelta(days=dice.randrange(5)),
        "inspectors": "测量",
        "result": dice.choice(["sound", "problem", "closed", "refused"]),
        **_days(dice, ("rectify_by", "rectified_on")),
    }


def _petition(dice: random.Random, number: str, home: Any) -> dict[str, Any]:
    keys = (
        "responded_on",
        "transferred_on",
        "received_on",
        "accepted_on",
        "finished_on",
        "reply_received_on",
        "review_requested_on",
        "review_opinion_on",
        "review_received_on",
        "rereview_requested_on",
        "rereview_opinion_on",
        "closed_on",
    )
    return {
        **_common(number, home, dice),
        "registered_on": date(2026, 1, 5),
        "matter": "测量事项",
        "state": "registered",
        **_days(dice, keys),
    }
