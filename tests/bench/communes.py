"""A database of French communes: real polygons by the thousand, with institutions in them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import shapely
from sqlalchemy import insert

from ledger.domain.access import SYSTEM, Role
from ledger.domain.timing import clock
from ledger.people import accounts
from ledger.storage import Store, migrate, open_store, options
from ledger.storage.tables import areas, institutions

USER, PASSWORD = "celiang", "sudu-2026-mima"
INSTITUTIONS = 900
TIERS = ["1", "1", "2", "3", "4", None]


def build(url: str, communes: Path, sizes: Sequence[int]) -> Store:
    """One region for each size with so many communes below it, and one user over them all."""
    frame = gpd.read_parquet(communes).sort_values("code").drop_duplicates("code")
    store = open_store(url)
    migrate(store)
    start = 0
    for size in sizes:
        part = frame.iloc[start : start + size]
        start += size
        _add_region(store, f"R{size}", part)
    accounts.add_user(store, SYSTEM, USER, Role.LEADER, "*", PASSWORD)
    return store


def _add_region(store: Store, region: str, part: gpd.GeoDataFrame) -> None:
    shapes = shapely.make_valid(part.geometry.to_numpy())
    rows = [_area(region, region, "county", None, shapely.box(*shapely.total_bounds(shapes)))]
    rows += [
        _area(code, name, "township", region, shape)
        for code, name, shape in zip(part["code"], part["name"], shapes, strict=True)
    ]
    random = np.random.default_rng(20260101)
    chosen = random.choice(len(shapes), INSTITUTIONS)
    places = shapely.point_on_surface(shapes[chosen])
    homes = [
        _institution(region, number, row, place, TIERS[number % len(TIERS)])
        for number, (row, place) in enumerate(
            zip(part["code"].to_numpy()[chosen], places, strict=True)
        )
    ]
    with store.writing() as connection:
        connection.execute(insert(areas), rows)
        connection.execute(insert(institutions), homes)
        options.bump(connection, "areas_revision")


def _area(code: str, name: str, level: str, parent: str | None, shape: Any) -> dict[str, Any]:
    return {
        "code": code,
        "name": name,
        "level": level,
        "parent_code": parent,
        "path": f"/{parent}/{code}/" if parent else f"/{code}/",
        "geometry": shapely.to_wkb(shape),
        "version": 1,
        "updated_at": clock.now(),
        "updated_by": "测量",
    }


def _institution(
    region: str, number: int, code: str, place: Any, tier: str | None
) -> dict[str, Any]:
    return {
        "number": f"{region}-{number}",
        "name": f"机构{number}",
        "tier": tier,
        "lon": place.x,
        "lat": place.y,
        "area_code": code,
        "area_path": f"/{region}/{code}/",
        "placement": "position",
        "extra": {},
        "version": 1,
        "created_at": clock.now(),
        "created_by": "测量",
        "updated_at": clock.now(),
        "updated_by": "测量",
        "deleted": False,
    }
