"""Shapes of one level of areas under one area, also those of a past period, for the hotspot map.

``/regions/{level}.geojson?under=CODE``   today's areas; without ``under`` all in scope
``…&period=2026-04-01_2026-06-30``        those counted in that period, where they were others

What is not there and what is not in scope get the same answer.
"""

from __future__ import annotations

import geopandas as gpd
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from geo.crs import SourceCrs, geometries_from_wgs84
from geo.simplify import screen_digits, simplify_for_screen, to_geojson
from ledger.casework import map_overview as overview
from ledger.domain.access import Action
from ledger.domain.errors import LedgerError, NotFound
from ledger.domain.timing import clock
from ledger.domain.timing.periods import Period, read_period
from ledger.records.places import areas
from ledger.records.revisions import read_revisions
from ledger.reporting.statistics.regions import Regions, read_regions
from pages._basemap import read_basemap
from pages._database import store as open_store
from pages._web.gate import actor_of_request
from pages._web.packed import Packed, Shelf, answer, pack

_shelf = Shelf()


def regions_geojson(request: Request) -> Response:
    """The areas of a level, simplified together for one screen."""
    store, actor = open_store(), actor_of_request(request)
    params = request.query_params
    try:
        actor.require(Action.READ)
        atlas = areas.current_atlas(store)
        path = overview.area_path(actor, atlas, params.get("under") or overview.top_of(actor))
        given = params.get("period")
        period = read_period(given) if given else Period(clock.today(), clock.today())
        basis = "then" if given else "today"
        level = str(request.path_params["level"])
        regions = read_regions(store, level, path, period, basis)  # type: ignore[arg-type]
        if regions.frame.empty:
            raise NotFound("区域")
        crs, revision = read_basemap(store).crs, read_revisions(store).areas
    except LedgerError as error:
        return JSONResponse({"error": str(error)}, 404 if isinstance(error, NotFound) else 403)
    key = ("regions", store.url, revision, level, path, given, crs.name)
    return answer(request, _shelf.get(key, lambda: _pack(regions, crs)))


def _pack(regions: Regions, crs: SourceCrs) -> Packed:
    shapes = regions.frame.geometry.to_numpy()
    frame = gpd.GeoDataFrame(
        regions.frame[["code", "name"]].copy(),
        geometry=geometries_from_wgs84(shapes, crs),
        crs="EPSG:4326",
    )
    text = to_geojson(simplify_for_screen(frame), ("code", "name"), screen_digits(frame))
    return pack(text, "application/geo+json")


ROUTES: list[BaseRoute] = [Route("/regions/{level}.geojson", regions_geojson)]
