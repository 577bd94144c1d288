"""Where a map of an area opens, also where the area is known by name alone."""

from __future__ import annotations

from sqlalchemy import func, select

from geo.atlas import Atlas, Bounds
from ledger.casework.map_overview import area_path
from ledger.domain.access import Action, Actor, under
from ledger.storage import Store
from ledger.storage.tables import institutions as table

# Half the width of what is shown around a single position, in degrees: some kilometres.
_AROUND = 0.02


def extent(store: Store, actor: Actor, atlas: Atlas, area_code: str | None) -> Bounds:
    """West, south, east, north in WGS84 degrees of what there is to see of an area (None: the top
    of the actor's scope).

    Its boundary; without one, the positions of the institutions in it; without those, the nearest
    area above it that has a boundary. NaN where there is nothing at all.

    Raises `NotFound` for an area that is not there or not in the actor's scope.
    """
    actor.require(Action.READ)
    path = area_path(actor, atlas, area_code)
    drawn = atlas.bounds(area_code)
    if _known(drawn):
        return drawn
    placed = _positions(store, actor, path)
    if placed is not None:
        return placed
    above = [atlas.bounds(area.code) for area in atlas.ancestors(area_code)] if area_code else []
    return next((bounds for bounds in reversed(above) if _known(bounds)), drawn)


def _known(bounds: Bounds) -> bool:
    return bounds[0] == bounds[0]  # NaN without any shape


def _positions(store: Store, actor: Actor, path: str) -> Bounds | None:
    sides = (func.min(table.c.lon), func.min(table.c.lat), func.max(table.c.lon))
    query = select(*sides, func.max(table.c.lat)).where(
        table.c.deleted.is_(False),
        table.c.lon.is_not(None),
        table.c.lat.is_not(None),
        actor.scope_condition(table.c.area_path),
        under(table.c.area_path, path),
    )
    with store.reading() as connection:
        west, south, east, north = connection.execute(query).one()
    if west is None:
        return None
    return west - _AROUND, south - _AROUND, east + _AROUND, north + _AROUND
