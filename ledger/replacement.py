"""Place every record anew after areas changed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, Table, bindparam, select, update

from geo.atlas import Atlas
from ledger import audit, clock
from ledger.access import Actor
from ledger.columns import Ledger
from ledger.ledgers import LEDGERS
from ledger.placement import Site, place
from ledger.storage.tables import LEDGER_TABLES

_KEPT = ("area_code", "area_path", "placement")


def place_all(connection: Connection, actor: Actor, atlas: Atlas) -> int:
    """Place the records of every ledger in ``atlas``; returns how many moved."""
    return sum(
        _place_ledger(connection, actor, atlas, ledger)
        for ledger in LEDGERS.values()
        if ledger.geometry == "point"
    )


def _place_ledger(connection: Connection, actor: Actor, atlas: Atlas, ledger: Ledger) -> int:
    table = LEDGER_TABLES[ledger.key]
    keys = ("id", "number", "lon", "lat", *_KEPT)
    rows = connection.execute(select(*(table.c[key] for key in keys))).mappings().all()
    sites = [Site(row["lon"], row["lat"], _still_there(atlas, row)) for row in rows]
    moved: list[dict[str, Any]] = []
    log: list[audit.Change] = []
    for row, found in zip(rows, place(atlas, sites), strict=True):
        after = {key: getattr(found, key) for key in _KEPT}
        if all(row[key] == after[key] for key in _KEPT):
            continue
        moved.append({"b_id": row["id"], **{f"b_{key}": after[key] for key in _KEPT}})
        if row["area_code"] != found.area_code:
            log.append(
                audit.Change(
                    "replace",
                    ledger.key,
                    row["id"],
                    row["number"],
                    {"area_code": row["area_code"]},
                    {"area_code": found.area_code},
                    "区域边界更新",
                )
            )
    _write(connection, table, moved, actor)
    audit.append(connection, actor, log)
    return len(moved)


def _still_there(atlas: Atlas, row: Mapping[Any, Any]) -> str | None:
    """The area named by hand or, if it was retired, the nearest one above that still counts."""
    if row["placement"] == "position":
        return None
    steps = [row["area_code"], *reversed((row["area_path"] or "").strip("/").split("/"))]
    chosen: str | None = row["area_code"]
    return next((code for code in steps if code and code in atlas), chosen)


def _write(connection: Connection, table: Table, moved: list[dict[str, Any]], actor: Actor) -> None:
    if moved:
        connection.execute(
            update(table)
            .where(table.c.id == bindparam("b_id"))
            .values(
                {key: bindparam(f"b_{key}") for key in _KEPT}
                | {
                    "version": table.c.version + 1,
                    "updated_at": clock.now(),
                    "updated_by": actor.name,
                }
            ),
            moved,
        )
