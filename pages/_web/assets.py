"""Files that pages load: our own, and Leaflet from the packages that carry it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from starlette.responses import Response
from starlette.routing import BaseRoute, Mount
from starlette.staticfiles import StaticFiles
from xstatic.pkg import leaflet, leaflet_markercluster

STATIC = Path(__file__).with_name("static")
_DAY = 24 * 60 * 60


class _Cached(StaticFiles):
    """Static files that browsers may keep for ``seconds``, then ask for changes by ETag."""

    def __init__(self, directory: str | Path, seconds: int) -> None:
        super().__init__(directory=str(directory))
        self._cache_control = f"public, max-age={seconds}" if seconds else "no-cache"

    def file_response(self, *args: Any, **kwargs: Any) -> Response:
        response = super().file_response(*args, **kwargs)
        response.headers["Cache-Control"] = self._cache_control
        return response


ROUTES: list[BaseRoute] = [
    # Leaflet comes with a pinned version; our own files change with every update of the program.
    Mount("/assets/leaflet", _Cached(leaflet.BASE_DIR, 7 * _DAY), name="leaflet"),
    Mount(
        "/assets/markercluster",
        _Cached(leaflet_markercluster.BASE_DIR, 7 * _DAY),
        name="markercluster",
    ),
    Mount("/assets/app", _Cached(STATIC, 0), name="app-assets"),
]
