"""A row of villages drawn by hand, and petitions in them: the ground of these tests.

    lon 127.0  127.1  127.2  127.3  127.4  127.5
lat 29.1 ┌──────┬──────┬──────┬──────┬──────┐
         │  A   │  B   │  C   │  D   │  E   │      one township, five villages side by side
lat 29.0 └──────┴──────┴──────┴──────┴──────┘
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import geopandas as gpd
import shapely

from geo.validation import Fields
from ledger.domain.access import SYSTEM, Actor, Role
from ledger.records.area_layers import AreaFile
from ledger.records.area_loading import LoadReport, load_areas
from ledger.records.bulk import create_many
from ledger.storage import Store

COUNTY, TOWN = "990101", "990101001"
A, B, C, D, E, F = (f"{TOWN}{number:03}" for number in (1, 2, 3, 4, 5, 6))
NAMES = dict(zip((A, B, C, D, E, F), "甲乙丙丁戊己", strict=True))
PEOPLE = 1000
PATHS = {COUNTY: "/990101/", TOWN: "/990101/990101001/"}
ROW = {A: (0, 1), B: (1, 2), C: (2, 3), D: (3, 4), E: (4, 5)}
Spans = dict[str, tuple[float, float]]


def draw(
    store: Store,
    folder: Path,
    level: str,
    spans: Spans,
    *,
    people: dict[str, int | None] | None = None,
    **options: Any,
) -> LoadReport:
    """Load areas that stand side by side: code → (west, east) in tenths of a degree."""
    given = dict.fromkeys(spans, PEOPLE) | (people or {})
    frame = gpd.GeoDataFrame(
        {
            "code": list(spans),
            "name": [f"{NAMES[code]}村" if code in NAMES else "示例" for code in spans],
            "population": [given[code] for code in spans],
        },
        geometry=[
            shapely.box(round(127 + west / 10, 6), 29.0, round(127 + east / 10, 6), 29.1)
            for west, east in spans.values()
        ],
        crs="EPSG:4326",
    )
    path = folder / f"{level}.geojson"
    path.unlink(missing_ok=True)
    frame.to_file(path, driver="GeoJSON")
    fields = Fields("code", "name", population="population")
    report = load_areas(store, SYSTEM, [AreaFile(path, level, fields, "wgs84")], **options)
    assert not report.errors, report.errors
    return report


def draw_row(store: Store, folder: Path, **options: Any) -> None:
    """County, township and the five villages."""
    draw(store, folder, "county", {COUNTY: (0, 5)})
    draw(store, folder, "township", {TOWN: (0, 5)})
    draw(store, folder, "village", dict(ROW), **options)


def petitions(store: Store, *groups: tuple[str, int, date], **values: Any) -> None:
    """Register so many petitions in an area on a day."""
    rows = [
        {"registered_on": day, "matter": "退费", "area_code": code, **values}
        for code, number, day in groups
        for _ in range(number)
    ]
    create_many(store, SYSTEM, "petitions", rows)


def person(role: Role, code: str = TOWN) -> Actor:
    """Somebody with a role and an area of this county."""
    path = "/" if code == "*" else PATHS.get(code, f"{PATHS[TOWN]}{code}/")
    return Actor(f"测试{role}", role, code, path, user_id=1)


def found(counts: Sequence[Any] | Any) -> dict[str, int]:
    """Counts by the name's first sign, for short tables in tests."""
    return {NAMES[code]: n for code, n in sorted(counts.items())}
