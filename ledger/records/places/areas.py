"""The tree of areas in force, and the scope of users in it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from threading import Lock
from typing import Any

import geopandas as gpd
import pandas as pd
import shapely
from sqlalchemy import URL, ColumnElement, Connection, Row, and_, func, or_, select

from geo.atlas import Atlas
from ledger.domain.access import (
    ROOT_PATH,
    Action,
    Actor,
    Reach,
    Role,
    roles_with,
)
from ledger.domain.errors import Refused
from ledger.domain.timing import clock
from ledger.storage import Store, options
from ledger.storage.tables import areas as table

REVISION = "areas_revision"


def in_force(day: date | None = None) -> ColumnElement[bool]:
    """The condition that an area is in force on ``day`` (default today): from its ``valid_from``
    on, and before its ``valid_to``. There is no other definition."""
    day = day or clock.today()
    return and_(
        or_(table.c.valid_from.is_(None), table.c.valid_from <= day),
        or_(table.c.valid_to.is_(None), table.c.valid_to > day),
    )


def read_atlas(connection: Connection, day: date | None = None) -> Atlas:
    """The tree of areas in force on ``day`` (default today, see `in_force`), geometries in WGS84
    (EPSG:4326)."""
    columns = [
        table.c[key]
        for key in (
            "code",
            "name",
            "level",
            "parent_code",
            "path",
            "population",
            "elderly",
            "geometry",
        )
    ]
    rows = connection.execute(select(*columns).where(in_force(day)).order_by(table.c.path)).all()
    return _tree(tuple(rows), tuple(column.key for column in columns))


def _tree(rows: tuple[Row[Any], ...], keys: tuple[str, ...]) -> Atlas:
    frame = pd.DataFrame(rows, columns=list(keys))
    shapes = shapely.from_wkb(frame.pop("geometry").to_numpy(dtype=object))
    return Atlas.from_frame(gpd.GeoDataFrame(frame, geometry=shapes, crs="EPSG:4326"))


def revision(connection: Connection) -> int:
    """A number that grows with every load of areas; geometry caches and ETags use it as a key."""
    return int(options.read(connection, REVISION, 0))


@dataclass(frozen=True)
class _Standing:
    """A tree and the days in which it stands: from ``since`` on, before ``until``."""

    atlas: Atlas
    since: date
    until: date

    def holds(self, day: date) -> bool:
        return self.since <= day < self.until


_cache: dict[tuple[str, int], _Standing] = {}
_cache_lock = Lock()


def current_atlas(store: Store, known: int | None = None) -> Atlas:
    """The tree of areas in force today, kept in memory until areas are loaded again or the day
    comes on which one begins or ends.

    It is immutable, so all threads can share it. ``known`` is the `revision` that the caller has
    just read: with it, a tree that is kept is found without the database.
    """
    if known is not None:
        with _cache_lock:
            found = _cache.get((_address(store.engine.url), known))
        if found is not None and found.holds(clock.today()):
            return found.atlas
    with store.reading() as connection:
        return atlas_and_revision(store, connection)[0]


def atlas_and_revision(store: Store, connection: Connection) -> tuple[Atlas, int]:
    """The tree of `current_atlas` and its revision, read in the caller's transaction."""
    key = (_address(store.engine.url), revision(connection))
    today = clock.today()
    with _cache_lock:
        found = _cache.get(key)
        if found is None or not found.holds(today):
            for old in [old for old in _cache if old[0] == key[0]]:
                del _cache[old]
            found = _cache[key] = _Standing(read_atlas(connection, today), *turns(connection))
        return found.atlas, key[1]


def turns(connection: Connection) -> tuple[date, date]:
    """The days between which the tree of today stands: since the last day, not after today, on
    which an area began or ended (`date.min`: none did), until the next one (`date.max`: none)."""
    today, since, until = clock.today(), date.min, date.max
    for column in (table.c.valid_from, table.c.valid_to):
        last = connection.execute(select(func.max(column)).where(column <= today)).scalar()
        coming = connection.execute(select(func.min(column)).where(column > today)).scalar()
        since, until = max(since, last or since), min(until, coming or until)
    return since, until


@lru_cache(maxsize=8)
def _address(url: URL) -> str:
    return hashlib.sha256(url.render_as_string(hide_password=False).encode()).hexdigest()


@lru_cache(maxsize=4)
def _names(atlas: Atlas) -> Mapping[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for area in atlas:
        found.setdefault(area.name, []).append(area.code)
    return {name: tuple(codes) for name, codes in found.items()}


def codes_named(atlas: Atlas, actor: Actor, name: str) -> tuple[str, ...]:
    """The codes of the areas of that name in the actor's scope."""
    codes = _names(atlas).get(name, ())
    return tuple(code for code in codes if actor.sees(atlas[code].path))


def require_reach(store: Store, actor: Actor, action: Action) -> None:
    """As `Actor.require`; an action that affects all areas also needs all of them in scope.

    Raises
    ------
    Refused
        If the actor's role may not do it, or part of the tree is outside the actor's scope.
    """
    actor.require(action)
    if actor.reach(action) is not Reach.TREE or actor.scope_path == ROOT_PATH:
        return
    query = select(table.c.path).where(in_force(), table.c.parent_code.is_(None))
    with store.reading() as connection:
        roots = list(connection.execute(query).scalars())
    if not roots or not all(actor.sees(path) for path in roots):
        raise Refused(
            f"{action.label}对全部辖区生效，请由辖区为全部区域的{_those_who(action)}操作。"
        )


def _those_who(action: Action) -> str:
    able = roles_with(action)
    return "或".join(role.label for role in Role if role in able)


def scope_path(atlas: Atlas, scope_code: str) -> str | None:
    """The path of a user's area; ``/`` for ``*``; None if there is no such area."""
    if scope_code == "*":
        return "/"
    return atlas[scope_code].path if scope_code in atlas else None
