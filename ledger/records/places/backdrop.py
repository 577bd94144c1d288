"""Roads and water that maps draw beneath the areas, as they were loaded."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from ledger.storage import Store
from ledger.storage.own_tables import backdrop


@dataclass(frozen=True)
class BackdropLine:
    """One road or piece of water; ``geometry`` is WKB in WGS84 degrees."""

    id: int
    kind: str
    class_: str | None
    geometry: bytes


def read_backdrop(store: Store) -> tuple[BackdropLine, ...]:
    """All roads and water, in the order in which they were loaded."""
    columns = (backdrop.c.id, backdrop.c.kind, backdrop.c.class_, backdrop.c.geometry)
    with store.reading() as connection:
        rows = connection.execute(select(*columns).order_by(backdrop.c.id))
        return tuple(BackdropLine(*row) for row in rows)
