"""Store the areas of one checked layer: new ones, new versions, and those that end."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from operator import itemgetter
from typing import Any

import geopandas as gpd
import shapely
from sqlalchemy import Connection, bindparam, delete, select, update

from geo.cores import on_all_cores
from ledger.domain.access import Actor
from ledger.domain.timing import clock
from ledger.records import area_versions
from ledger.records.places.areas import in_force
from ledger.storage.bulk import insert_rows
from ledger.storage.tables import areas as table

# Columns that a checked layer has for each area, besides its geometry.
_LOADED = ("code", "name", "level", "parent_code", "path", "population", "elderly")
_COMPARED = ("name", "parent_code", "population", "elderly", "geometry")
_NO_SHAPE: bytes = shapely.to_wkb(shapely.Polygon())


def store_areas(
    connection: Connection,
    actor: Actor,
    frame: gpd.GeoDataFrame,
    level: str,
    *,
    valid_from: date | None,
    retire_missing: bool,
) -> tuple[int, int]:
    """Insert new areas and new versions; returns how many were loaded and how many unchanged.

    ``frame`` is `geo.validation.Boundaries.areas` of that level, ``valid_from`` and
    ``retire_missing`` as in `ledger.records.area_loading.load_areas`.
    """
    day = valid_from or clock.today()
    query = select(table).where(table.c.level == level, in_force(day))
    current = {row["code"]: row for row in connection.execute(query).mappings()}
    rows = _rows(frame)
    later = area_versions.later_starts(connection, level, day)
    begun = area_versions.begun_before(connection, day)
    fresh, ended, corrected, unchanged = [], [], [], 0
    added: list[dict[str, Any]] = []
    changed: set[str | None] = set()
    for row in rows:
        old = current.pop(row["code"], None)
        if old is not None and row["geometry"] == _NO_SHAPE:
            row["geometry"] = old["geometry"]  # a list of names takes no boundary away
        if old is None:
            added.append(row)
        elif _same(old, row):
            unchanged += 1
        elif old["valid_from"] == day or _only_drawn(old, row):
            corrected.append({**row, "b_id": old["id"]})
        else:
            ended.append(old["id"])
            changed.add(old["parent_code"])
            fresh.append({**row, "valid_from": day, "valid_to": old["valid_to"]})
    if retire_missing:
        parents = {row["parent_code"] for row in rows}
        retired = [old for old in current.values() if old["parent_code"] in parents]
        ended += [old["id"] for old in retired]
        changed |= {old["parent_code"] for old in retired}
    for row in added:
        # Under a parent where areas ended, it replaces them: it did not exist before that day. Nor
        # did one that comes again after it ended.
        again = row["code"] in begun or row["parent_code"] in changed
        began = day if again else valid_from
        row |= {"valid_from": began, "valid_to": later.get(row["code"])}
        fresh.append(row)
    _execute(connection, actor, fresh, corrected, ended, day)
    return len(fresh) + len(corrected), unchanged


def _rows(frame: gpd.GeoDataFrame) -> list[dict[str, Any]]:
    """The loaded areas as mappings of plain values, geometries as WKB."""
    lists = []
    for key in _LOADED:
        column = frame[key]
        lists.append(column.astype(object).where(column.notna(), None).tolist())
    shapes = on_all_cores(shapely.to_wkb, frame.geometry.to_numpy()).tolist()
    keys = (*_LOADED, "geometry")
    return [dict(zip(keys, row, strict=True)) for row in zip(*lists, shapes, strict=True)]


def _same(old: Mapping[Any, Any], new: Mapping[str, Any], *, but: str = "") -> bool:
    return all(old[key] == new[key] for key in _COMPARED if key != but)


def _only_drawn(old: Mapping[Any, Any], new: Mapping[str, Any]) -> bool:
    """Whether an area that was known by name alone got its boundary: it was there all along."""
    return bool(old["geometry"] == _NO_SHAPE) and _same(old, new, but="geometry")


def _execute(
    connection: Connection,
    actor: Actor,
    fresh: list[dict[str, Any]],
    corrected: list[dict[str, Any]],
    ended: list[int],
    day: date,
) -> None:
    if ended:
        connection.execute(
            update(table).where(table.c.id == bindparam("b_id")).values(valid_to=day),
            [{"b_id": old} for old in ended],
        )
        # One that began on this day was never in force, and another may begin on it.
        empty = (table.c.valid_from == day, table.c.valid_to == day)
        connection.execute(delete(table).where(*empty))
    stamp = {"updated_at": clock.now(), "updated_by": actor.name}
    if corrected:
        written = [key for key in (*_LOADED, "geometry") if key not in ("code", "level")]
        connection.execute(
            update(table)
            .where(table.c.id == bindparam("b_id"))
            .values({key: bindparam(key) for key in written} | {"version": table.c.version + 1})
            .values(stamp),
            [{key: row[key] for key in ("b_id", *written)} for row in corrected],
        )
    keys = (*_LOADED, "geometry", "valid_from", "valid_to")
    tail = (1, *stamp.values())
    insert_rows(
        connection,
        table,
        (*keys, "version", *stamp),
        (cells + tail for cells in map(itemgetter(*keys), fresh)),
    )
