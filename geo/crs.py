"""Source coordinate systems by name, and positions and geometries to WGS84 and back.

Chinese boundary files come in WGS84, CGCS2000, GCJ-02 (most map providers), BD-09 (Baidu) or in a
projected system with an EPSG number. The system is always named by a person, never guessed.

CGCS2000 (also as EPSG:4490) differs from WGS84 by centimetres and is taken as equal to it.
GCJ-02 is WGS84 outside its bounding box around China, see :mod:`geo.gcj02`.
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import pyproj
import shapely
from numpy.typing import ArrayLike, NDArray
from pyproj.exceptions import CRSError

from geo import gcj02
from geo.errors import UnknownCrsError

Array = NDArray[np.float64]
Geometries = NDArray[np.object_]

WGS84_EPSG = 4326
# Geographic systems that are WGS84 within the accuracy of administrative boundaries.
_SAME_AS_WGS84 = frozenset({4326, 4490, 4979, 4480})
_LABELS = {"wgs84": "WGS84", "cgcs2000": "CGCS2000", "gcj02": "GCJ-02", "bd09": "BD-09"}
CRS_CHOICES = "wgs84、cgcs2000、gcj02、bd09 或 EPSG:编号(如 EPSG:4547)"


@dataclass(frozen=True, slots=True)
class SourceCrs:
    """A coordinate system that a file or a map provider uses.

    ``name`` is one of ``wgs84 cgcs2000 gcj02 bd09`` or ``EPSG:n``; ``epsg`` is set only for the
    latter; ``geographic`` tells degrees (True) from metres (False).
    """

    name: str
    epsg: int | None = None
    geographic: bool = True

    @property
    def label(self) -> str:
        """The name people know, such as ``GCJ-02`` or ``EPSG:4547``."""
        return _LABELS.get(self.name, self.name)

    @property
    def is_wgs84(self) -> bool:
        """True when positions need no change."""
        return self.name in ("wgs84", "cgcs2000") or self.epsg in _SAME_AS_WGS84

    def __str__(self) -> str:
        return self.name


WGS84 = SourceCrs("wgs84")
GCJ02 = SourceCrs("gcj02")
BD09 = SourceCrs("bd09")


def parse_crs(text: str) -> SourceCrs:
    """The coordinate system that ``text`` names, in any case, with or without hyphens.

    Examples
    --------
    >>> parse_crs("GCJ-02").name
    'gcj02'
    >>> parse_crs("epsg:4547").epsg
    4547

    Raises
    ------
    UnknownCrsError
        For any other name, and for EPSG numbers that are no horizontal system.
    """
    shown = text.strip()
    plain = re.sub(r"[\s_-]", "", shown).lower()
    if plain in _LABELS:
        return SourceCrs(plain)
    match = re.fullmatch(r"epsg:{1,2}(\d{1,6})", plain)
    if match is None:
        raise UnknownCrsError(f"不认识坐标系“{shown[:60]}”，可用的有：{CRS_CHOICES}。")
    epsg = int(match[1])
    try:
        crs = pyproj.CRS.from_epsg(epsg)
    except CRSError:
        raise UnknownCrsError(
            f"没有编号为 EPSG:{epsg} 的坐标系，可用的有：{CRS_CHOICES}。"
        ) from None
    if not (crs.is_geographic or crs.is_projected):
        raise UnknownCrsError(f"EPSG:{epsg} 不是平面或经纬度坐标系，可用的有：{CRS_CHOICES}。")
    return SourceCrs(f"EPSG:{epsg}", epsg, bool(crs.is_geographic))


def to_wgs84(lon: ArrayLike, lat: ArrayLike, crs: SourceCrs) -> tuple[Array, Array]:
    """Positions in ``crs`` as WGS84 longitude and latitude in degrees.

    ``lon`` and ``lat`` are easting and northing (in the system's unit) for a projected ``crs``.
    Scalars give arrays without dimension. What cannot be converted becomes NaN.
    """
    x, y = _pair(lon, lat)
    if crs.is_wgs84:
        return x, y
    if crs.name == "gcj02":
        return gcj02.gcj02_to_wgs84(x, y)
    if crs.name == "bd09":
        return gcj02.gcj02_to_wgs84(*gcj02.bd09_to_gcj02(x, y))
    return _finite(_transformer(crs.epsg, WGS84_EPSG).transform(x, y))


def from_wgs84(lon: ArrayLike, lat: ArrayLike, crs: SourceCrs) -> tuple[Array, Array]:
    """WGS84 positions in ``crs``: the inverse of :func:`to_wgs84`."""
    x, y = _pair(lon, lat)
    if crs.is_wgs84:
        return x, y
    if crs.name == "gcj02":
        return gcj02.wgs84_to_gcj02(x, y)
    if crs.name == "bd09":
        return gcj02.gcj02_to_bd09(*gcj02.wgs84_to_gcj02(x, y))
    return _finite(_transformer(WGS84_EPSG, crs.epsg).transform(x, y))


def geometries_to_wgs84(geometries: Geometries, crs: SourceCrs) -> Geometries:
    """Two-dimensional geometries in ``crs`` as WGS84; elevations are dropped.

    Every vertex is moved by itself, so borders shared before are shared after.
    """
    return _transform(geometries, crs, forward=False)


def geometries_from_wgs84(geometries: Geometries, crs: SourceCrs) -> Geometries:
    """WGS84 geometries in ``crs``, for instance to lie right on GCJ-02 tiles."""
    return _transform(geometries, crs, forward=True)


def _transform(geometries: Geometries, crs: SourceCrs, *, forward: bool) -> Geometries:
    high = shapely.has_z(geometries)
    flat = shapely.force_2d(geometries) if high.any() else np.array(geometries, dtype=object)
    if crs.is_wgs84 or flat.size == 0:
        return flat
    convert = from_wgs84 if forward else to_wgs84

    def move(xy: Array) -> Array:
        return np.column_stack(convert(xy[:, 0], xy[:, 1], crs))

    return np.asarray(shapely.transform(flat, move), dtype=object)


def _pair(lon: ArrayLike, lat: ArrayLike) -> tuple[Array, Array]:
    x, y = np.broadcast_arrays(np.asarray(lon, np.float64), np.asarray(lat, np.float64))
    return x, y


def _finite(xy: Any) -> tuple[Array, Array]:
    """PROJ marks failures with infinity; everything here expects NaN."""
    x, y = np.asarray(xy[0], np.float64), np.asarray(xy[1], np.float64)
    bad = ~(np.isfinite(x) & np.isfinite(y))
    return np.where(bad, np.nan, x), np.where(bad, np.nan, y)


@lru_cache(maxsize=32)
def _transformer(source: int | None, target: int | None) -> pyproj.Transformer:
    return pyproj.Transformer.from_crs(source, target, always_xy=True)
