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


class _Cached(StaticFiles):
    """Static files that browsers may keep for ``seconds``, then ask for changes by ETag."""

    def __init__(self, directory: str | Path, seconds: int) -> None:
        super().__init__(directory=str(directory))
        self._cache_control = f"public, max-age={seconds}" if seconds else "no-cache"

    def file_response(self, *args: Any, **kwargs: Any) -> Response:
        response = super().file_response(*args, **kwargs)
        response.headers["Cache-Control"] = self._cache_control
        return response


@lru_cache(maxsize=2)
def _map_bundle(ending: str) -> Packed:
    """Everything of one kind that the map's frame needs besides areas.js, as one file."""
    leaflet_folder, cluster_folder = Path(leaflet.BASE_DIR), Path(leaflet_markercluster.BASE_DIR)
    if ending == "js":
        parts = [
            leaflet_folder / "leaflet.js",
            cluster_folder / "leaflet.markercluster.js",
            STATIC / "points.js",
        ]
        text = "\n;".join(part.read_text(encoding="utf-8") for part in parts)
        # The map of the source is not served.
        return pack(text.replace("//# sourceMappingURL=", "// ").encode(), "text/javascript")
    sheets = [leaflet_folder / "leaflet.css", cluster_folder / "MarkerCluster.css"]
    text = "\n".join(sheet.read_text(encoding="utf-8") for sheet in (*sheets, STATIC / "areas.css"))
    return pack(text.replace("url(images/", "url(/assets/leaflet/images/").encode(), "text/css")


def _map_script(request: Request) -> Response:
    return answer(request, _map_bundle("js"), PUBLIC)


def _map_style(request: Request) -> Response:
    return answer(request, _map_bundle("css"), PUBLIC)


ROUTES: list[BaseRoute] = [
    Route("/assets/map/map.js", _map_script, name="map-script"),
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
