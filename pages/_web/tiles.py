"""Tiles of the local basemap: one MBTiles file that the administrator named, read only.

MBTiles 1.3: an SQLite file with a table ``tiles (zoom_level, tile_column, tile_row, tile_data)``,
rows counted from the south, while addresses count from the north.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from pages._database import store
from pages._web.basemap import read_basemap

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
    with store().reading() as connection:
        file = read_basemap(connection).file
    if file is None or not file.is_file() or min(place) < 0:
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


def read_tile(file: Path, z: int, x: int, y: int) -> bytes | None:
    """The tile at zoom ``z``, column ``x`` from the west, row ``y`` from the north."""
    address = f"{file.resolve().as_uri()}?mode=ro"
    query = "SELECT tile_data FROM tiles WHERE zoom_level=? AND tile_column=? AND tile_row=?"
    try:
        with closing(sqlite3.connect(address, uri=True)) as connection:
            row = connection.execute(query, (z, x, 2**z - 1 - y)).fetchone()
    except sqlite3.DatabaseError:
        return None  # not an MBTiles file: the map stays white, the rest of it works
    return None if row is None or not isinstance(row[0], bytes) else row[0]


def picture_type(data: bytes) -> str | None:
    """The media type of a picture by its first bytes; None for anything but PNG, JPEG, WebP."""
    return next((kind for magic, kind in _TYPES if data.startswith(magic)), None)


ROUTES: list[BaseRoute] = [Route("/tiles/{z}/{x}/{y}", tile)]
