"""Points to polygons, vectorised: which polygon covers a point, which is nearest.

Two indices over one array of polygons. Neither creates a geometry per point: a regular grid of
cells names the candidates and prepared polygons decide, which is faster than a tree for the
hundreds of thousands of positions of one import.
"""

from collections.abc import Iterator
from threading import Lock

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.edges import unshared_edges
from geo.measure import distances_m, from_mercator, to_mercator

Array = NDArray[np.float64]
Integers = NDArray[np.intp]
Geometries = NDArray[np.object_]

# GEOS completes a prepared geometry at its first use, and not safely for two threads at once.
PREPARED = Lock()

_MAX_CELLS = 4_000_000
_CHUNK = 500_000
_STRIPES = 10.0
_NOWHERE = -1
# Points this near the 180th meridian (degrees) are also searched from its other side.
_SEAM = 15.0


class CoverIndex:
    """Which polygon covers a point. Borders count; of several polygons the first one wins.

    ``geometries`` are polygons in degrees; empty ones cover nothing.
    """

    def __init__(self, geometries: Geometries) -> None:
        self._filled = np.flatnonzero(
            ~shapely.is_empty(geometries) & ~shapely.is_missing(geometries)
        )
        self._polygons = geometries[self._filled]
        if len(self._filled):
            shapely.prepare(self._polygons)
            boxes = shapely.bounds(self._polygons)
            self._sides = tuple(np.ascontiguousarray(boxes.T))
            self._build_grid(boxes)

    def _build_grid(self, boxes: Array) -> None:
        self._origin = boxes[:, :2].min(axis=0)
        extent = np.maximum(boxes[:, 2:].max(axis=0) - self._origin, 1e-9)
        # Cells of half a typical polygon keep the candidates of a point at about three.
        cell = np.maximum(np.median(boxes[:, 2:] - boxes[:, :2], axis=0) / 2.0, 1e-9)
        cell = np.maximum(cell, extent / 20_000)
        crowding = np.sqrt(np.prod(np.ceil(extent / cell)) / _MAX_CELLS)
        self._cell = cell * max(crowding, 1.0)
        self._shape = np.floor(extent / self._cell).astype(np.intp) + 1
        low = np.floor((boxes[:, :2] - self._origin) / self._cell).astype(np.intp)
        high = np.floor((boxes[:, 2:] - self._origin) / self._cell).astype(np.intp)
        high = np.minimum(high, self._shape - 1)
        columns, rows = (high - low + 1).T
        polygon = np.repeat(np.arange(len(boxes)), columns * rows)
        within = _ranges(columns * rows)
        width = columns[polygon]
        cells = (low[polygon, 1] + within // width) * self._shape[0]
        cells += low[polygon, 0] + within % width
        order = np.argsort(cells, kind="stable")
        self._candidates = polygon[order]
        counts = np.bincount(cells, minlength=int(np.prod(self._shape)))
        self._starts = np.concatenate(([0], np.cumsum(counts)))

    def cover(self, lon: Array, lat: Array) -> Integers:
        """Position of the covering polygon for each point, -1 where none (or NaN)."""
        found = np.full(len(lon), _NOWHERE, dtype=np.intp)
        if len(self._filled) == 0:
            return found
        cell = self._cells_of(lon, lat)
        inside = np.flatnonzero(cell >= 0)
        # Points sorted by cell use the same prepared polygons in turn, which stay in the CPU cache.
        order = inside[np.argsort(cell[inside])]
        for chunk in _chunks(order):
            self._cover_chunk(chunk, cell[chunk], lon[chunk], lat[chunk], found)
        return found

    def _cells_of(self, lon: Array, lat: Array) -> Integers:
        with np.errstate(invalid="ignore"):
            x = np.floor((lon - self._origin[0]) / self._cell[0])
            y = np.floor((lat - self._origin[1]) / self._cell[1])
            inside = (x >= 0) & (x < self._shape[0]) & (y >= 0) & (y < self._shape[1])
        cell = np.full(len(lon), _NOWHERE, dtype=np.intp)
        cell[inside] = (y[inside] * self._shape[0] + x[inside]).astype(np.intp)
        return cell

    def _cover_chunk(
        self, rows: Integers, cell: Integers, lon: Array, lat: Array, found: Integers
    ) -> None:
        first = self._starts[cell]
        counts = self._starts[cell + 1] - first
        point = np.repeat(np.arange(len(rows)), counts)
        polygon = self._candidates[np.repeat(first, counts) + _ranges(counts)]
        west, south, east, north = self._sides
        x = lon[point]
        near = np.flatnonzero((x >= west[polygon]) & (x <= east[polygon]))
        point, polygon = point[near], polygon[near]
        y = lat[point]
        near = np.flatnonzero((y >= south[polygon]) & (y <= north[polygon]))
        point, polygon = point[near], polygon[near]
        with PREPARED:
            hit = shapely.intersects_xy(self._polygons[polygon], lon[point], y[near])
        # Candidates of a point ascend, so written backwards the first one stays.
        found[rows[point[hit][::-1]]] = self._filled[polygon[hit][::-1]]


class NearestIndex:
    """Which polygon is nearest to a point *outside* of all of them, and how far it is.

    Only unshared edges can be nearest to a point outside (see :mod:`geo.edges`). They are searched
    in Mercator, which is conformal; the distance is then taken on the ellipsoid.
    """

    def __init__(self, geometries: Geometries) -> None:
        edges = unshared_edges(geometries)
        # Ties go to the polygon that comes first.
        order = np.argsort(edges.owner, kind="stable")
        self._owner = edges.owner[order]
        self._start = np.column_stack(to_mercator(*edges.start[order].T))
        self._end = np.column_stack(to_mercator(*edges.end[order].T))
        segments = np.stack((self._start, self._end), axis=1)
        self._lines = shapely.linestrings(segments) if len(segments) else np.zeros(0, dtype=object)
        self._tree = shapely.STRtree(self._lines)

    def nearest(self, lon: Array, lat: Array) -> tuple[Integers, Array]:
        """Positions of the nearest polygons (-1 if there is none) and distances in metres."""
        owner, metres = self._search(lon, lat, lon)
        for side, turn in ((lon < _SEAM - 180.0, 360.0), (lon > 180.0 - _SEAM, -360.0)):
            rows = np.flatnonzero(side)
            if len(rows):
                other, other_metres = self._search(lon[rows] + turn, lat[rows], lon[rows])
                closer = other_metres < metres[rows]
                owner[rows[closer]] = other[closer]
                metres[rows[closer]] = other_metres[closer]
        return owner, metres

    def _search(self, search_lon: Array, lat: Array, lon: Array) -> tuple[Integers, Array]:
        owner = np.full(len(lon), _NOWHERE, dtype=np.intp)
        metres = np.full(len(lon), np.nan)
        if len(self._owner) == 0 or len(lon) == 0:
            return owner, metres
        x, y = to_mercator(search_lon, lat)
        # Neighbours one after the other walk the same branches of the tree: twice as fast.
        order = np.lexsort((y, np.floor(x * _STRIPES)))
        point, line = self._tree.query_nearest(shapely.points(x[order], y[order]))
        point = order[point]
        first = np.lexsort((line, point))
        point, line = point[first], line[first]
        keep = np.concatenate(([True], point[1:] != point[:-1]))
        point, line = point[keep], line[keep]
        owner[point] = self._owner[line]
        foot = _feet(x[point], y[point], self._start[line], self._end[line])
        metres[point] = distances_m(lon[point], lat[point], *from_mercator(*foot))
        return owner, metres


def _feet(x: Array, y: Array, start: Array, end: Array) -> tuple[Array, Array]:
    """The nearest point of each line from ``start`` to ``end`` to the point beside it."""
    along = end - start
    length = np.einsum("ij,ij->i", along, along)
    offset = (x - start[:, 0]) * along[:, 0] + (y - start[:, 1]) * along[:, 1]
    share = np.clip(offset / np.where(length > 0, length, 1.0), 0.0, 1.0)
    return start[:, 0] + share * along[:, 0], start[:, 1] + share * along[:, 1]


def _ranges(counts: Integers) -> Integers:
    """0…n-1 for each n of ``counts``, one after the other."""
    ends = np.cumsum(counts)
    return np.arange(ends[-1] if len(ends) else 0) - np.repeat(ends - counts, counts)


def _chunks(rows: Integers) -> Iterator[Integers]:
    for start in range(0, len(rows), _CHUNK):
        yield rows[start : start + _CHUNK]
