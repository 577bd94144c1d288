"""Files that pages load: our own, and Leaflet from the packages that carry it."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles
from xstatic.pkg import leaflet, leaflet_markercluster

from pages._web.packed import PUBLIC, Packed, answer, pack

STATIC = Path(__file__).with_name("static")
_DAY = 24 * 60 * 60
_OF_PAGES = (
    *("session", "connection", "typing", "words", "menu", "grid", "cells", "changed", "columns"),
    *("keys", "record", "paste", "printing", "find", "look", "people", "early"),
)


class _Cached(StaticFiles):
    """Static files that browsers may keep for ``seconds``, then ask for changes by ETag."""

    def __init__(self, directory: str | Path, seconds: int) -> None:
        super().__init__(directory=str(directory))
        self._cache_control = f"public, max-age={seconds}" if seconds else "no-cache"

    def file_response(self, *args: Any, **kwargs: Any) -> Response:
        response = super().file_response(*args, **kwargs)
        response.headers["Cache-Control"] = self._cache_control
        return response


_LEAFLET, _CLUSTERS = Path(leaflet.BASE_DIR), Path(leaflet_markercluster.BASE_DIR)


@lru_cache(maxsize=3)
def _scripts(*parts: Path) -> Packed:
    """Scripts as one file, for a page or frame asks for them one by one."""
    text = "\n;".join(part.read_text(encoding="utf-8") for part in parts)
    # The map of the source is not served.
    return pack(text.replace("//# sourceMappingURL=", "// ").encode(), "text/javascript")


@lru_cache(maxsize=1)
def _styles() -> Packed:
    """All styles of the map's frame as one file."""
    sheets = [_LEAFLET / "leaflet.css", _CLUSTERS / "MarkerCluster.css", STATIC / "areas.css"]
    text = "\n".join(sheet.read_text(encoding="utf-8") for sheet in sheets)
    return pack(text.replace("url(images/", "url(/assets/leaflet/images/").encode(), "text/css")


def _page_script(request: Request) -> Response:
    """What every page runs before Streamlit's own scripts."""
    return answer(request, _scripts(*(STATIC / f"{name}.js" for name in _OF_PAGES)), PUBLIC)


def _map_script(request: Request) -> Response:
    """Leaflet: what the areas need besides areas.js."""
    return answer(request, _scripts(_LEAFLET / "leaflet.js"), PUBLIC)


def _points_script(request: Request) -> Response:
    """What names, institutions and the backdrop need; asked for once the areas are drawn."""
    parts = (_CLUSTERS / "leaflet.markercluster.js", STATIC / "names.js", STATIC / "points.js")
    return answer(request, _scripts(*parts), PUBLIC)


def _map_style(request: Request) -> Response:
    return answer(request, _styles(), PUBLIC)


ROUTES: list[BaseRoute] = [
    Route("/assets/page.js", _page_script, name="page-script"),
    Route("/assets/map/map.js", _map_script, name="map-script"),
    Route("/assets/map/points.js", _points_script, name="map-points"),
    Route("/assets/map/map.css", _map_style, name="map-style"),
    # Leaflet comes with a pinned version; our own files change with every update of the program.
    Mount("/assets/leaflet", _Cached(leaflet.BASE_DIR, 7 * _DAY), name="leaflet"),
    Mount(
        "/assets/markercluster",
        _Cached(leaflet_markercluster.BASE_DIR, 7 * _DAY),
        name="markercluster",
    ),
    Mount("/assets/app", _Cached(STATIC, 0), name="app-assets"),
]
