"""A city of very many villages, squares side by side, with petitions; written past the services."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import numpy as np
import shapely
from sqlalchemy import insert

from ledger.domain.timing import clock
from ledger.storage import Store, options
from ledger.storage.tables import areas, petitions

CITY = "990101"
IN_A_TOWN = 40
SIDE = 0.01
_STAMP = {"version": 1, "updated_by": "测量"}


def draw_city(store: Store, villages: int, *, redrawn_on: date | None = None) -> None:
    """A county with townships of 40 villages each.

    Where a day is given, all villages were replaced on it, each by one of a new code in its place.
    """
    rows = [_area(CITY, "county", None, f"/{CITY}/", shapely.box(100, 20, 110, 30))]
    for town in range(-(-villages // IN_A_TOWN)):
        code = f"{CITY}{town:03x}"
        shape = shapely.box(100, 20 + SIDE * town, 100 + SIDE * IN_A_TOWN, 20 + SIDE * (town + 1))
        rows.append(_area(code, "township", CITY, f"/{CITY}/{code}/", shape))
    for number in range(villages):
        town, place = divmod(number, IN_A_TOWN)
        parent = f"{CITY}{town:03x}"
        shape = shapely.box(
            100 + SIDE * place,
            20 + SIDE * town,
            100 + SIDE * (place + 1),
            20 + SIDE * (town + 1),
        )
        for letter, since, until in _lives(redrawn_on):
            code = f"{parent}{letter}{place:02}"
            area = _area(code, "village", parent, f"/{CITY}/{parent}/{code}/", shape)
            rows.append(area | {"valid_from": since, "valid_to": until})
    with store.writing() as connection:
        connection.execute(insert(areas), rows)
        options.bump(connection, "areas_revision")


def _lives(redrawn_on: date | None) -> Iterator[tuple[str, date | None, date | None]]:
    if redrawn_on is None:
        yield "0", None, None
    else:
        yield "0", None, redrawn_on
        yield "1", redrawn_on, None


def _area(code: str, level: str, parent: str | None, path: str, shape: Any) -> dict[str, Any]:
    return {
        "code": code,
        "name": f"{'村' if level == 'village' else '区'}{code[6:]}",
        "level": level,
        "parent_code": parent,
        "path": path,
        "population": 1_000,
        "elderly": 200,
        "valid_from": None,
        "valid_to": None,
        "geometry": shapely.to_wkb(shape),
        "updated_at": clock.now(),
        **_STAMP,
    }


def fill_petitions(store: Store, count: int, until: date, days: int = 365) -> None:
    """So many petitions in the villages in force, drawn with a fixed seed, up to a day."""
    with store.reading() as connection:
        places = connection.execute(
            areas.select().where(areas.c.level == "village", areas.c.valid_to.is_(None))
        ).all()
    random = np.random.default_rng(20260601)
    at, before = random.integers(len(places), size=count), random.integers(days, size=count)
    rows = [
        {
            "number": f"XF-{number:07}",
            "state": "closed",
            "registered_on": until - timedelta(days=int(before[number])),
            "matter": "测量用的事项，内容虚构",
            "area_code": places[at[number]].code,
            "area_path": places[at[number]].path,
            "extra": {},
            "created_at": clock.now(),
            "created_by": "测量",
            "updated_at": clock.now(),
            "deleted": False,
            **_STAMP,
        }
        for number in range(count)
    ]
    with store.writing() as connection:
        for start in range(0, count, 5_000):
            connection.execute(insert(petitions), rows[start : start + 5_000])
