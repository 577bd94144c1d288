"""Place every record anew after areas changed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Table, bindparam, select, update

from geo.atlas import Atlas
from ledger.access import Actor
from ledger.columns import Ledger
from ledger.history import audit
from ledger.ledgers import LEDGERS
from ledger.places.placement import Site, place
from ledger.storage.tables import LEDGER_TABLES
from ledger.timing import clock


def place_all(connection: Connection, actor: Actor, atlas: Callable[[], Atlas]) -> int:
    """Place the records of every ledger in the tree that ``atlas`` reads, if there are any.

    Returns how many came to lie in another area.
    """
    ledgers = [
        ledger
        for ledger in LEDGERS.values()
        if "area_code" in ledger.by_key and _has_records(connection, ledger)
    ]
    if not ledgers:
        return 0
    tree = atlas()
    return sum(_place_ledger(connection, actor, tree, ledger) for ledger in ledgers)


def _has_records(connection: Connection, ledger: Ledger) -> bool:
    table = LEDGER_TABLES[ledger.key]
    return connection.execute(select(table.c.id).limit(1)).first() is not None


def _place_ledger(connection: Connection, actor: Actor, atlas: Atlas, ledger: Ledger) -> int:
    """A record that only got another path was not changed; one in another area was."""
    table = LEDGER_TABLES[ledger.key]
    shown = [key for key in ("area_code", "placement") if key in table.c]
    position = [key for key in ("lon", "lat") if key in table.c]
    keys = ("id", "number", "version", "area_path", *shown, *position)
    rows = connection.execute(select(*(table.c[key] for key in keys))).mappings().all()
    sites = [Site(row.get("lon"), row.get("lat"), _still_there(atlas, dict(row))) for row in rows]
    moved: list[dict[str, Any]] = []
    rerooted: list[dict[str, Any]] = []
    log: list[audit.Change] = []
    for row, found in zip(rows, place(atlas, sites), strict=True):
        after = {key: getattr(found, key) for key in shown}
        values = {"b_id": row["id"], "b_area_path": found.area_path}
        if any(row[key] != after[key] for key in shown):
            moved.append(values | {f"b_{key}": after[key] for key in shown})
            log.append(_moved(ledger, row, {key: row[key] for key in shown}, after))
        elif row["area_path"] != found.area_path:
            rerooted.append(values)
    _write(connection, table, moved, shown, actor)
    if rerooted:
        where = table.c.id == bindparam("b_id")
        connection.execute(
            update(table).where(where).values(area_path=bindparam("b_area_path")), rerooted
        )
    audit.append(connection, actor, log)
    return len(moved)


def _moved(
    ledger: Ledger, row: Mapping[Any, Any], before: dict[str, Any], after: dict[str, Any]
) -> audit.Change:
    return audit.Change(
        "replace",
        ledger.key,
        row["id"],
        row["number"],
        before,
        after,
        "区域边界更新",
        row["version"] + 1,
    )


def _still_there(atlas: Atlas, row: Mapping[str, Any]) -> str | None:
    """The area named by hand or, if it was retired, the nearest one above that still counts."""
    if row.get("placement") == "position":
        return None
    steps = [row["area_code"], *reversed((row["area_path"] or "").strip("/").split("/"))]
    chosen: str | None = row["area_code"]
    return next((code for code in steps if code and code in atlas), chosen)


def _write(
    connection: Connection,
    table: Table,
    moved: list[dict[str, Any]],
    shown: Sequence[str],
    actor: Actor,
) -> None:
    if not moved:
        return
    written: dict[str, Any] = {key: bindparam(f"b_{key}") for key in (*shown, "area_path")}
    stamp = {
        "version": table.c.version + 1,
        "updated_at": clock.now(),
        "updated_by": actor.name,
    }
    connection.execute(
        update(table).where(table.c.id == bindparam("b_id")).values(written | stamp), moved
    )
