"""The basemap that an office chose: none, tiles of another server, or a local MBTiles file.

The choice stands in the database (`ledger.people.office`); what the browser asks for has no say
in it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from geo.crs import SourceCrs, from_wgs84, parse_crs, to_wgs84
from geo.errors import GeoError
from geo.layers import Bounds, Tiles
from ledger.people.office import basemap_in_force
from ledger.storage import Store

LOCAL_TILES = "/tiles/{z}/{x}/{y}"
DATUMS = ("wgs84", "cgcs2000", "gcj02", "bd09")
_TEXTS = ("kind", "url", "key", "path", "credit", "subdomains")


@dataclass(frozen=True)
class Basemap:
    """The background of the map, under the areas.

    ``kind`` is ``none``, ``xyz``, ``wmts`` or ``mbtiles``; ``url`` the template of an xyz or wmts
    server with ``{z}``, ``{x}``, ``{y}`` and, if it asks for one, ``{key}``; ``path`` the MBTiles
    file; ``datum`` the coordinate system in which the tiles are drawn.
    """

    kind: str = "none"
    url: str = ""
    key: str = ""
    path: str = ""
    credit: str = ""
    datum: str = "wgs84"
    deepest: int = 18
    subdomains: str = "abc"

    @property
    def crs(self) -> SourceCrs:
        """The datum as a coordinate system."""
        return parse_crs(self.datum)

    @property
    def file(self) -> Path | None:
        """The MBTiles file, if the basemap is one."""
        return Path(self.path) if self.kind == "mbtiles" and self.path else None

    def tiles(self) -> Tiles | None:
        """What the map element needs; None for a white ground."""
        if self.file is not None:
            return Tiles(LOCAL_TILES, self.credit, self.deepest)
        if self.kind not in ("xyz", "wmts"):
            return None
        address = self.url.replace("{key}", self.key)
        return Tiles(address, self.credit, self.deepest, self.subdomains)

    def bounds(self, bounds: Bounds) -> Bounds:
        """WGS84 bounds in the datum of the tiles."""
        west, south, east, north = bounds
        lon, lat = from_wgs84([west, east], [south, north], self.crs)
        return float(lon[0]), float(lat[0]), float(lon[1]), float(lat[1])

    def shifted(self, lon: float, lat: float) -> tuple[float, float]:
        """A WGS84 position in the datum of the tiles."""
        x, y = from_wgs84([lon], [lat], self.crs)
        return float(x[0]), float(y[0])

    def unshifted(self, lon: float, lat: float) -> tuple[float, float]:
        """A position clicked on the tiles, in WGS84."""
        x, y = to_wgs84([lon], [lat], self.crs)
        return float(x[0]), float(y[0])


def read_basemap(store: Store) -> Basemap:
    """The basemap in force. A choice that cannot be understood counts as none."""
    return parse_basemap(basemap_in_force(store))


def parse_basemap(value: Any) -> Basemap:
    """The stored option as a `Basemap`; anything out of order gives the white ground."""
    if not isinstance(value, Mapping):
        return Basemap()
    texts = {key: str(value[key]) for key in _TEXTS if value.get(key) is not None}
    try:
        datum = parse_crs(str(value.get("datum") or "wgs84")).name
        deepest = min(max(int(value.get("deepest") or 18), 0), 22)
    except (GeoError, TypeError, ValueError):
        return Basemap()
    chosen = Basemap(**texts, datum=datum, deepest=deepest)
    usable = chosen.file is not None or _is_template(chosen)
    return chosen if usable and datum in DATUMS else Basemap()


def _is_template(basemap: Basemap) -> bool:
    if basemap.kind not in ("xyz", "wmts"):
        return False
    holes = all(hole in basemap.url for hole in ("{z}", "{x}", "{y}"))
    return holes and basemap.url.startswith(("/", "http://", "https://"))
