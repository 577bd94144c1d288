"""Load areas from boundary files.

Each area is compared with its version in force: an unchanged one is kept; a changed one gets a new
version with its own ``valid_from``, and the old version ends on that day, so that statistics of
earlier periods can still be computed. All records are assigned to areas again in the same
transaction.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from operator import itemgetter
from pathlib import Path
from typing import Any

import geopandas as gpd
import shapely
from sqlalchemy import Connection, bindparam, select, update

from geo.atlas import Atlas
from geo.boundaries import read_boundaries
from geo.codes import LEVELS, parents_of, path_of
from geo.cores import on_all_cores
from geo.crs import parse_crs
from geo.errors import BoundaryFileError, GeoError, UnknownCrsError, UnknownLevelError
from geo.findings import Finding
from geo.validation import Boundaries, Fields, prepare_boundaries
from ledger.domain.access import Action, Actor
from ledger.domain.errors import Invalid, InvalidFile
from ledger.domain.timing import clock
from ledger.records import replacement
from ledger.records.history import audit
from ledger.records.places.areas import REVISION, in_force, read_atlas, require_reach
from ledger.records.surroundings import surroundings_of
from ledger.storage import Store, options
from ledger.storage.again import tried_again
from ledger.storage.bulk import insert_rows
from ledger.storage.own_files import refuse_own_files
from ledger.storage.tables import areas as table

# Columns that a checked layer has for each area, besides its geometry.
_LOADED = ("code", "name", "level", "parent_code", "path", "population", "elderly")


@dataclass(frozen=True)
class AreaFile:
    """A boundary file and how to read it: level, field names, CRS, code scheme.

    ``valid_from`` is the first day of new versions (default today); ``retire_missing`` ends the
    areas under the same parents that the file no longer has.
    """

    path: Path
    level: str
    fields: Fields
    crs: str
    scheme: str = "cn"
    merge_parts: bool = False
    valid_from: date | None = None
    retire_missing: bool = False


@dataclass(frozen=True)
class LoadReport:
    """What a load did; after errors or a dry run, ``loaded``, ``unchanged`` and ``moved`` are 0.

    ``moved`` counts the records that got another area or placement.
    """

    read: int
    loaded: int
    unchanged: int
    repaired: int
    moved: int
    errors: tuple[Finding, ...]
    warnings: tuple[Finding, ...]

    @property
    def refused(self) -> bool:
        return bool(self.errors)


def columns_of(path: Path) -> list[str]:
    """The names of the columns of a boundary file, without the one of its shapes.

    Raises
    ------
    InvalidFile
        If the file cannot be read.
    """
    frame = _frame(path)
    return [str(name) for name in frame.columns if name != frame.geometry.name]


@tried_again
def load_areas(store: Store, actor: Actor, file: AreaFile, *, dry_run: bool = False) -> LoadReport:
    """Read, check and store one level of areas. With any error nothing is stored.

    Raises
    ------
    Refused
        If the actor may not load areas.
    InvalidFile
        If the file cannot be read, or is one of this installation's own.
    Invalid
        If a level, scheme or CRS is unknown.
    """
    require_reach(store, actor, Action.LOAD_AREAS)
    if file.level not in LEVELS:
        raise Invalid(f"层级“{file.level}”无法识别，只能是：{'、'.join(LEVELS)}")
    refuse_own_files(store, file.path)
    with store.reading() as connection:
        known = read_atlas(connection)
    boundaries = _prepared(file, known)
    if boundaries.errors or dry_run:
        return _report(boundaries, 0, 0, 0)
    with store.writing() as connection:
        loaded, unchanged = _take_over(connection, actor, file, boundaries.areas)
        _rebuild_tree(connection, file)
        moved = replacement.place_all(
            connection,
            actor,
            lambda: surroundings_of(store, connection, read_atlas(connection)),
        )
        options.bump(connection, REVISION)
        audit.append(
            connection,
            actor,
            [
                audit.Change(
                    "areas",
                    ledger="areas",
                    number=file.path.name[:80],
                    after={"level": file.level, "loaded": loaded, "unchanged": unchanged},
                )
            ],
        )
    return _report(boundaries, loaded, unchanged, moved)


def _frame(path: Path) -> gpd.GeoDataFrame:
    try:
        return read_boundaries(path)
    except BoundaryFileError as error:
        raise InvalidFile(str(error), path.name) from error


def _prepared(file: AreaFile, known: Atlas) -> Boundaries:
    frame = _frame(file.path)
    try:
        return prepare_boundaries(
            frame,
            file.fields,
            level=file.level,
            crs=parse_crs(file.crs),
            scheme=file.scheme,
            merge_parts=file.merge_parts,
            known=known if len(known) else None,
        )
    except (UnknownCrsError, UnknownLevelError) as error:
        raise Invalid(str(error)) from error
    except GeoError as error:
        raise InvalidFile(str(error), file.path.name) from error


def _report(boundaries: Boundaries, loaded: int, unchanged: int, moved: int) -> LoadReport:
    return LoadReport(
        read=boundaries.read,
        loaded=loaded,
        unchanged=unchanged,
        repaired=boundaries.repaired,
        moved=moved,
        errors=tuple(boundaries.errors),
        warnings=tuple(boundaries.warnings),
    )


def _take_over(
    connection: Connection, actor: Actor, file: AreaFile, frame: gpd.GeoDataFrame
) -> tuple[int, int]:
    """Insert new areas and new versions; returns how many were loaded and how many unchanged."""
    day = file.valid_from or clock.today()
    current = {
        row["code"]: row
        for row in connection.execute(
            select(table).where(table.c.level == file.level, in_force(day))
        ).mappings()
    }
    rows = _rows(frame)
    fresh, ended, corrected, unchanged = [], [], [], 0
    added: list[dict[str, Any]] = []
    changed: set[str | None] = set()
    for row in rows:
        old = current.pop(row["code"], None)
        if old is None:
            added.append(row)
        elif _same(old, row):
            unchanged += 1
        elif old["valid_from"] == day:
            corrected.append({**row, "b_id": old["id"]})
        else:
            ended.append(old["id"])
            changed.add(old["parent_code"])
            fresh.append({**row, "valid_from": day})
    if file.retire_missing:
        parents = {row["parent_code"] for row in rows}
        retired = [old for old in current.values() if old["parent_code"] in parents]
        ended += [old["id"] for old in retired]
        changed |= {old["parent_code"] for old in retired}
    for row in added:
        # Under a parent where areas ended, it replaces them: it did not exist before that day.
        began = day if row["parent_code"] in changed else file.valid_from
        row["valid_from"] = began
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


def _same(old: Mapping[Any, Any], new: Mapping[str, Any]) -> bool:
    compared = ("name", "parent_code", "population", "elderly", "geometry")
    return all(old[key] == new[key] for key in compared)


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
    keys = (*_LOADED, "geometry", "valid_from")
    tail = (1, *stamp.values())
    insert_rows(
        connection,
        table,
        (*keys, "version", *stamp),
        (cells + tail for cells in map(itemgetter(*keys), fresh)),
    )


def _rebuild_tree(connection: Connection, file: AreaFile) -> None:
    """Give areas without a parent one of the new level, and rewrite the paths that change.

    Only areas below the loaded level can change: the loaded ones have their paths already.
    """
    below = LEVELS[LEVELS.index(file.level) + 1 :]
    deeper = select(table.c.id).where(in_force(), table.c.level.in_(below)).limit(1)
    if connection.execute(deeper).first() is None:
        return
    query = select(table.c.id, table.c.code, table.c.level, table.c.parent_code, table.c.path)
    rows = [dict(row) for row in connection.execute(query.where(in_force())).mappings()]
    _adopt(rows, file)
    parent = {row["code"]: row["parent_code"] for row in rows}
    paths: dict[str, str] = {}

    def path(code: str) -> str:
        if code not in paths:
            above = parent.get(code)
            paths[code] = path_of(
                path(above) if above is not None and above in parent else None, code
            )
        return paths[code]

    changed = [
        {"b_id": row["id"], "b_parent": row["parent_code"], "b_path": path(row["code"])}
        for row in rows
        if row.pop("adopted", False) or path(row["code"]) != row["path"]
    ]
    if changed:
        connection.execute(
            update(table)
            .where(table.c.id == bindparam("b_id"))
            .values(parent_code=bindparam("b_parent"), path=bindparam("b_path")),
            changed,
        )


def _adopt(rows: list[dict[str, Any]], file: AreaFile) -> None:
    """Give a parent to areas one level below the loaded one that have none."""
    position = LEVELS.index(file.level)
    if position + 1 == len(LEVELS):
        return
    below = LEVELS[position + 1]
    orphans = [row for row in rows if row["level"] == below and row["parent_code"] is None]
    if not orphans:
        return
    above = [row["code"] for row in rows if row["level"] == file.level]
    found = parents_of([row["code"] for row in orphans], below, file.scheme, above)
    for row, parent in zip(orphans, found, strict=True):
        if parent is not None:
            row["parent_code"], row["adopted"] = parent, True
