"""Shapes and points for the map, within the scope of the signed-in user.

``/areas/{code}.geojson``          the areas directly below one area (``_``: top of the scope)
``/areas/backdrop.geojson``        roads and water
``/institutions/points.json``      positions, tiers and names of institutions; ``under``, ``tier``
``/tiles/{z}/{x}/{y}``             the local basemap beneath them, see `pages._web.tiles`

Everything is in the datum of the basemap in force, which is a setting and no parameter. What is
not there and what is not in scope get the same answer.
"""

from __future__ import annotations

import json
from collections.abc import Hashable, Sequence

import geopandas as gpd
import numpy as np
import shapely
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from geo.atlas import Area, Atlas
from geo.crs import SourceCrs, from_wgs84, geometries_from_wgs84
from geo.simplify import screen_digits, simplify_for_screen, to_geojson
from ledger.casework import map_overview as overview
from ledger.domain.access import Action
from ledger.domain.errors import LedgerError, NotFound
from ledger.records.places import areas
from ledger.records.places.backdrop import BackdropLine, read_backdrop
from ledger.records.revisions import read_revisions
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
        shown = overview.areas_below(atlas, actor, None if code == TOP else code)
    except LedgerError as error:
        return _refused(error)
    crs = read_basemap(store).crs
    key = ("areas", store.url, read_revisions(store).areas, shown[0].code, len(shown), crs.name)
    return answer(request, _shelf.get(key, lambda: _pack_areas(atlas, shown, crs)))


def backdrop_geojson(request: Request) -> Response:
    """Roads and water, as they were loaded."""
    store = open_store()
    crs = read_basemap(store).crs
    lines = read_backdrop(store)
    newest = lines[-1].id if lines else 0
    key = ("backdrop", store.url, read_revisions(store).areas, newest, len(lines), crs.name)
    return answer(request, _shelf.get(key, lambda: _pack_backdrop(lines, crs)))


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
        crs = read_basemap(store).crs
        revision = read_revisions(store).data
        key: Hashable = ("points", store.url, revision, actor.scope_path, path, wanted, crs.name)
        packed = _shelf.get(
            key, lambda: _pack_points(overview.points(store, actor, atlas, under), wanted, crs)
        )
    except LedgerError as error:
        return _refused(error)
    return answer(request, packed)


def _pack_areas(atlas: Atlas, shown: tuple[Area, ...], crs: SourceCrs) -> Packed:
    shapes = np.array([atlas.geometry(area.code) for area in shown], dtype=object)
    frame = gpd.GeoDataFrame(
        {"code": [area.code for area in shown], "name": [area.name for area in shown]},
        geometry=geometries_from_wgs84(shapes, crs),
        crs="EPSG:4326",
    )
    digits = screen_digits(frame)
    return pack(to_geojson(simplify_for_screen(frame), ("code", "name"), digits), GEOJSON)


def _pack_backdrop(lines: Sequence[BackdropLine], crs: SourceCrs) -> Packed:
    shapes = shapely.from_wkb(np.array([line.geometry for line in lines], dtype=object))
    # Five decimals are about a metre: a road is wider.
    texts = shapely.to_geojson(shapely.set_precision(geometries_from_wgs84(shapes, crs), 1e-5))
    features = [
        {
            "type": "Feature",
            "properties": {"kind": line.kind, "class": line.class_},
            "geometry": json.loads(text),
        }
        for line, text in zip(lines, texts, strict=True)
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


def _refused(error: LedgerError) -> Response:
    status = 404 if isinstance(error, NotFound) else 403
    return JSONResponse({"error": str(error)}, status_code=status)


ROUTES: list[BaseRoute] = [
    Route("/areas/backdrop.geojson", backdrop_geojson),
    Route("/areas/{code}.geojson", areas_geojson),
    Route("/institutions/points.json", points_json),
    *TILES,
]
