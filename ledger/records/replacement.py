"""Assign every record to an area again after areas changed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from uuid import uuid4

from sqlalchemy import Connection, select

from geo.atlas import Atlas
from ledger.domain.access import Actor
from ledger.domain.columns import Ledger
from ledger.domain.ledgers import LEDGERS
from ledger.records import saving
from ledger.records.drafting import Draft
from ledger.records.places.placement import Site, place
from ledger.records.surroundings import Surroundings
from ledger.storage.tables import LEDGER_TABLES

_AT_ONCE = 500


def place_all(
    connection: Connection, actor: Actor, surroundings: Callable[[], Surroundings]
) -> int:
    """Assign the records of every ledger to the areas of ``surroundings``, if there are records.

    Returns how many records got another area or another placement; a new path alone is not
    counted.
    """
    ledgers = [
        ledger
        for ledger in LEDGERS.values()
        if "area_code" in ledger.by_key and _has_records(connection, ledger)
    ]
    if not ledgers:
        return 0
    there = surroundings()
    return sum(_place_ledger(connection, actor, there, ledger) for ledger in ledgers)


def _has_records(connection: Connection, ledger: Ledger) -> bool:
    table = LEDGER_TABLES[ledger.key]
    return connection.execute(select(table.c.id).limit(1)).first() is not None


def _place_ledger(
    connection: Connection, actor: Actor, surroundings: Surroundings, ledger: Ledger
) -> int:
    """As `place_all`, for one ledger, deleted records included."""
    table, atlas = LEDGER_TABLES[ledger.key], surroundings.atlas
    placed = ("area_path", *(key for key in ("area_code", "placement") if key in table.c))
    position = [key for key in ("lon", "lat") if key in table.c]
    columns = [table.c[key] for key in ("id", *placed, *position)]
    rows = connection.execute(select(*columns)).mappings().all()
    sites = [Site(row.get("lon"), row.get("lat"), _still_there(atlas, dict(row))) for row in rows]
    moved: dict[int, dict[str, Any]] = {}
    elsewhere = 0
    for row, found in zip(rows, place(atlas, sites), strict=True):
        after = {key: getattr(found, key) for key in placed}
        different = {key for key in placed if row[key] != after[key]}
        if different:
            moved[row["id"]] = after
            elsewhere += different != {"area_path"}
    _write(connection, actor, ledger, surroundings, moved)
    return elsewhere


def _write(
    connection: Connection,
    actor: Actor,
    ledger: Ledger,
    surroundings: Surroundings,
    moved: Mapping[int, Mapping[str, Any]],
) -> None:
    table, ids, batch = LEDGER_TABLES[ledger.key], list(moved), uuid4().hex
    for start in range(0, len(ids), _AT_ONCE):
        query = select(table).where(table.c.id.in_(ids[start : start + _AT_ONCE]))
        rows = [dict(row) for row in connection.execute(query.order_by(table.c.id)).mappings()]
        saving.write(
            connection,
            actor,
            ledger,
            [Draft.unmoved(row, **moved[row["id"]]) for row in rows],
            surroundings,
            batch=batch,
            reason="区域边界更新",
            action="replace",
        )


def _still_there(atlas: Atlas, row: Mapping[str, Any]) -> str | None:
    """The area chosen by hand or, if it ended, the nearest one above it that is in force; None
    for a record placed by its position."""
    if row.get("placement") == "position":
        return None
    steps = [row["area_code"], *reversed((row["area_path"] or "").strip("/").split("/"))]
    chosen: str | None = row["area_code"]
    return next((code for code in steps if code and code in atlas), chosen)
