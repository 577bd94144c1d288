"""Tiles of the local basemap: one MBTiles file that the administrator named, read only."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from geo.mbtiles import read_tile
from ledger.storage.own_files import what_of_ours
from pages._basemap import read_basemap
from pages._database import store

DEEPEST = 24
_TYPES = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"RIFF", "image/webp"),
)
_MISSING = Response(status_code=204, headers={"Cache-Control": "private, max-age=3600"})


def tile(request: Request) -> Response:
    """One picture; 204 where the file has none, 404 without a local basemap."""
    place = [_number(request.path_params[key]) for key in ("z", "x", "y")]
    file = read_basemap(store()).file
    if file is None or min(place) < 0 or not file.is_file() or what_of_ours(store(), file):
        return Response(status_code=404)
    z, x, y = place
    if z > DEEPEST or x >= 2**z or y >= 2**z:
        return _MISSING
    data = read_tile(file, z, x, y)
    media_type = None if data is None else picture_type(data)
    if data is None or media_type is None:
        return _MISSING
    headers = {"Cache-Control": "private, max-age=86400", "X-Content-Type-Options": "nosniff"}
    return Response(data, media_type=media_type, headers=headers)


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 9 else -1


def picture_type(data: bytes) -> str | None:
    """The media type of a picture by its first bytes; None for anything but PNG, JPEG, WebP."""
    return next((kind for magic, kind in _TYPES if data.startswith(magic)), None)


ROUTES: list[BaseRoute] = [Route("/tiles/{z}/{x}/{y}", tile)]
