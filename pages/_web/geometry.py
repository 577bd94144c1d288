"""Shapes and points for the map, within the scope of whoever asks.

``/areas/{code}.geojson``          the areas directly below one area (``_``: top of the scope)
``/areas/backdrop.geojson``        roads and water
``/institutions/points.json``      positions, tiers and names of institutions; ``under``, ``tier``
``/tiles/{z}/{x}/{y}``             the local basemap beneath them, see `pages._web.tiles`

Everything is in the datum of the basemap in force, which is a setting and no parameter. What is
not there and what is not in scope get the same answer.
"""

from __future__ import annotations

import json
from collections.abc import Hashable
from typing import Any

import geopandas as gpd
import numpy as np
import shapely
from sqlalchemy import select
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from geo.atlas import Area, Atlas
from geo.crs import SourceCrs, from_wgs84, geometries_from_wgs84
from geo.simplify import screen_digits, simplify_for_screen, to_geojson
from ledger.casework import map_overview as overview
from ledger.domain.access import ROOT_PATH, Action, Actor
from ledger.domain.errors import LedgerError, NotFound
from ledger.records.history import audit
from ledger.records.places import areas
from ledger.storage import Store
from ledger.storage.own_tables import backdrop
from pages import _map_opening as map_opening
from pages._basemap import read_basemap
from pages._database import store as open_store
from pages._web.gate import actor_of_request, session_token_of
from pages._web.packed import Packed, Shelf, answer, pack
from pages._web.tiles import ROUTES as TILES

TOP = "_"
GEOJSON = "application/geo+json"
_shelf = Shelf()


def areas_geojson(request: Request) -> Response:
    """The areas directly below one area, simplified for their level."""
    store, actor = open_store(), actor_of_request(request)
    code = request.path_params["code"]
    try:
        atlas = areas.current_atlas(store)
        shown = areas_below(atlas, actor, None if code == TOP else code)
    except LedgerError as error:
        return _refused(error)
    crs = _datum(store)
    key = ("areas", store.url, _areas_revision(store), shown[0].code, len(shown), crs.name)
    return answer(request, _shelf.get(key, lambda: _pack_areas(atlas, shown, crs)))


def backdrop_geojson(request: Request) -> Response:
    """Roads and water, as they were loaded."""
    store = open_store()
    crs = _datum(store)
    with store.reading() as connection:
        rows = connection.execute(select(backdrop).order_by(backdrop.c.id)).all()
    newest = rows[-1].id if rows else 0
    key = ("backdrop", store.url, _areas_revision(store), newest, len(rows), crs.name)
    return answer(request, _shelf.get(key, lambda: _pack_backdrop(rows, crs)))


def points_json(request: Request) -> Response:
    """Institutions with a position under one area, optionally of some tiers only."""
    map_opening.areas_drawn(session_token_of(request))
    store, actor = open_store(), actor_of_request(request)
    under = request.query_params.get("under") or None
    tiers = request.query_params.get("tier")
    wanted = None if tiers is None else frozenset(tiers.split(","))
    try:
        actor.require(Action.READ)
        atlas = areas.current_atlas(store)
        path = overview.area_path(actor, atlas, under)
        crs = _datum(store)
        with store.reading() as connection:
            revision = audit.revision(connection)
        key: Hashable = ("points", store.url, revision, actor.scope_path, path, wanted, crs.name)
        packed = _shelf.get(
            key, lambda: _pack_points(overview.points(store, actor, atlas, under), wanted, crs)
        )
    except LedgerError as error:
        return _refused(error)
    return answer(request, packed)


def areas_below(atlas: Atlas, actor: Actor, code: str | None) -> tuple[Area, ...]:
    """The areas shown for ``code``: its children, or itself if it has none.

    ``None`` is the top of the actor's scope. Raises `NotFound` alike for an area that is not
    there and one out of scope.
    """
    if code is None and actor.scope_path == ROOT_PATH:
        shown = atlas.roots()
    else:
        own = actor.scope_path.strip("/").rpartition("/")[2]
        overview.area_path(actor, atlas, code)
        code = own if code is None else code
        area = atlas.get(code)
        if area is None:
            raise NotFound("区域")
        shown = atlas.children(area.code) or (area,)
    if not shown:
        raise NotFound("区域")
    return shown


def _pack_areas(atlas: Atlas, shown: tuple[Area, ...], crs: SourceCrs) -> Packed:
    shapes = np.array([atlas.geometry(area.code) for area in shown], dtype=object)
    frame = gpd.GeoDataFrame(
        {"code": [area.code for area in shown], "name": [area.name for area in shown]},
        geometry=geometries_from_wgs84(shapes, crs),
        crs="EPSG:4326",
    )
    digits = screen_digits(frame)
    return pack(to_geojson(simplify_for_screen(frame), ("code", "name"), digits), GEOJSON)


def _pack_backdrop(rows: Any, crs: SourceCrs) -> Packed:
    shapes = shapely.from_wkb(np.array([row.geometry for row in rows], dtype=object))
    # Five decimals are about a metre: a road is wider.
    texts = shapely.to_geojson(shapely.set_precision(geometries_from_wgs84(shapes, crs), 1e-5))
    features = [
        {
            "type": "Feature",
            "properties": {"kind": row.kind, "class": row.class_},
            "geometry": json.loads(text),
        }
        for row, text in zip(rows, texts, strict=True)
    ]
    return pack({"type": "FeatureCollection", "features": features}, GEOJSON)


def _pack_points(
    points: list[overview.Point], wanted: frozenset[str] | None, crs: SourceCrs
) -> Packed:
    kept = [p for p in points if wanted is None or (p.tier or "none") in wanted]
    lon, lat = from_wgs84([p.lon for p in kept], [p.lat for p in kept], crs)
    rows = [
        [p.id, round(x, 6), round(y, 6), p.tier, p.name]
        for p, x, y in zip(kept, lon.tolist(), lat.tolist(), strict=True)
    ]
    return pack({"points": rows})


def _datum(store: Store) -> SourceCrs:
    with store.reading() as connection:
        return read_basemap(connection).crs


def _areas_revision(store: Store) -> int:
    with store.reading() as connection:
        return areas.revision(connection)


def _refused(error: LedgerError) -> Response:
    status = 404 if isinstance(error, NotFound) else 403
    return JSONResponse({"error": str(error)}, status_code=status)


ROUTES: list[BaseRoute] = [
    Route("/areas/backdrop.geojson", backdrop_geojson),
    Route("/areas/{code}.geojson", areas_geojson),
    Route("/institutions/points.json", points_json),
    *TILES,
]
