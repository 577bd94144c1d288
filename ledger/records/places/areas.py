"""The tree of areas in force, and the scope of users in it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from threading import Lock
from typing import Any

import geopandas as gpd
import pandas as pd
import shapely
from sqlalchemy import URL, ColumnElement, Connection, Row, and_, or_, select

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
from ledger.storage import Store, options
from ledger.storage.tables import areas as table

REVISION = "areas_revision"


def in_force(day: date | None = None) -> ColumnElement[bool]:
    """The condition that an area is in force on ``day``; without a day: it has no ``valid_to``."""
    if day is None:
        return table.c.valid_to.is_(None)
    return and_(
        or_(table.c.valid_from.is_(None), table.c.valid_from <= day),
        or_(table.c.valid_to.is_(None), table.c.valid_to > day),
    )


def read_atlas(connection: Connection, day: date | None = None) -> Atlas:
    """The tree of areas in force on ``day`` (see `in_force`), geometries in WGS84 (EPSG:4326)."""
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


_cache: dict[tuple[str, int], Atlas] = {}
_cache_lock = Lock()


def current_atlas(store: Store) -> Atlas:
    """The tree of areas without an end, kept in memory until areas are loaded again.

    It is immutable, so all threads can share it.
    """
    with store.reading() as connection:
        return atlas_and_revision(store, connection)[0]


def atlas_and_revision(store: Store, connection: Connection) -> tuple[Atlas, int]:
    """The tree of `current_atlas` and its revision, read in the caller's transaction."""
    key = (_address(store.engine.url), revision(connection))
    with _cache_lock:
        if key not in _cache:
            for old in [old for old in _cache if old[0] == key[0]]:
                del _cache[old]
            _cache[key] = read_atlas(connection)
        return _cache[key], key[1]


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
