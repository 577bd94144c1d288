"""Metres and square metres of WGS84 geometries.

Areas are computed in the cylindrical equal-area projection of the authalic sphere (Snyder, *Map
Projections: A Working Manual*, USGS 1395, eq. 3-11 and 10-1), whose areas equal those on the
ellipsoid; nothing is measured in EPSG:3857. Distances between points follow the ellipsoid.
"""

import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray
from pyproj import Geod

Array = NDArray[np.float64]
Geometries = NDArray[np.object_]

_SEMI_MAJOR_AXIS = 6378137.0
_E2 = 0.00669437999014131699614
_E = np.sqrt(_E2)
_GEOD = Geod(ellps="WGS84")
# Mercator has no poles; nobody lives beyond.
_MAX_LATITUDE = 89.5


def _authalic_q(lat: Array) -> Array:
    sine = np.sin(np.radians(lat))
    log = np.log((1.0 - _E * sine) / (1.0 + _E * sine))
    return np.asarray((1.0 - _E2) * (sine / (1.0 - _E2 * sine**2) - log / (2.0 * _E)))


def to_equal_area(geometries: Geometries) -> Geometries:
    """Geometries in metres of the equal-area projection (standard parallel: equator)."""

    def project(xy: Array) -> Array:
        east = _SEMI_MAJOR_AXIS * np.radians(xy[:, 0])
        return np.column_stack((east, 0.5 * _SEMI_MAJOR_AXIS * _authalic_q(xy[:, 1])))

    return np.asarray(shapely.transform(geometries, project), dtype=object)


def areas_m2(geometries: Geometries) -> Array:
    """Areas in square metres; 0 for lines, points, empty and missing geometries."""
    if len(geometries) == 0:
        return np.zeros(0)
    return np.nan_to_num(np.asarray(shapely.area(to_equal_area(geometries)), dtype=np.float64))


def distances_m(lon: ArrayLike, lat: ArrayLike, to_lon: ArrayLike, to_lat: ArrayLike) -> Array:
    """Geodesic distances in metres between pairs of positions."""
    return np.asarray(_GEOD.inv(lon, lat, to_lon, to_lat)[2], dtype=np.float64)


def to_mercator(lon: Array, lat: Array) -> tuple[Array, Array]:
    """Spherical Mercator coordinates, in degrees of the equator.

    Conformal: what is nearest here is nearest on the ground as long as distances are small
    against the radius of the Earth. Never for areas.
    """
    clipped = np.radians(np.clip(lat, -_MAX_LATITUDE, _MAX_LATITUDE))
    return lon, np.degrees(np.arcsinh(np.tan(clipped)))


def from_mercator(x: Array, y: Array) -> tuple[Array, Array]:
    """The inverse of :func:`to_mercator`."""
    return x, np.degrees(np.arctan(np.sinh(np.radians(y))))
