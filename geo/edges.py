"""Edges of polygons, and which of them no other polygon shares.

In a clean partition every inner edge belongs to exactly two polygons, vertex by vertex. Crossing
such an edge leaves one polygon and enters the other, so the number of polygons over a point changes
only at *unshared* edges. Hence every overlap, every gap and the outer border are bounded by
unshared edges, and looking at those few is enough to find them all.
"""

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

Geometries = NDArray[np.object_]
Integers = NDArray[np.intp]
Array = NDArray[np.float64]

_MIX_A = np.uint64(0x9E3779B97F4A7C15)
_MIX_B = np.uint64(0xC2B2AE3D27D4EB4F)


@dataclass(frozen=True, slots=True)
class Edges:
    """Straight edges: ``owner[k]`` is the polygon of the edge ``start[k]`` to ``end[k]``."""

    owner: Integers
    start: Array
    end: Array

    def __len__(self) -> int:
        return len(self.owner)

    def lines(self) -> Geometries:
        """The edges as two-point lines."""
        if len(self) == 0:
            return np.zeros(0, dtype=object)
        return np.asarray(shapely.linestrings(np.stack((self.start, self.end), axis=1)))


def polygon_edges(geometries: Geometries) -> Edges:
    """All edges of polygons and multipolygons; other geometries have none."""
    parts, part_owner = shapely.get_parts(geometries, return_index=True)
    rings, ring_part = shapely.get_rings(parts, return_index=True)
    coordinates, ring_of = shapely.get_coordinates(rings, return_index=True)
    inner = np.flatnonzero(ring_of[1:] == ring_of[:-1])
    owner = part_owner[ring_part[ring_of[inner]]]
    return Edges(owner, coordinates[inner], coordinates[inner + 1])


def unshared_edges(geometries: Geometries) -> Edges:
    """The edges that do not occur exactly twice, once in each direction."""
    # With the interior always on the left, polygons side by side run along their edge in opposite
    # directions, polygons on top of each other in the same.
    edges = polygon_edges(shapely.orient_polygons(geometries))
    if len(edges) == 0:
        return edges
    key = _symmetric_key(edges.start, edges.end)
    order = np.argsort(key)
    ordered = key[order]
    first = np.flatnonzero(np.concatenate(([True], ordered[1:] != ordered[:-1])))
    counts = np.diff(np.append(first, len(ordered)))
    forward = _runs_forward(edges)[order].astype(np.intp)
    balanced = np.add.reduceat(forward, first) == 1
    alone = np.repeat((counts != 2) | ~balanced, counts)
    kept = np.sort(order[alone])
    # Edges of no length bound nothing.
    long = (edges.start[kept] != edges.end[kept]).any(axis=1)
    kept = kept[long]
    return Edges(edges.owner[kept], edges.start[kept], edges.end[kept])


def _runs_forward(edges: Edges) -> NDArray[np.bool_]:
    dx, dy = (edges.end - edges.start).T
    return np.asarray((dx > 0) | ((dx == 0) & (dy > 0)))


def _symmetric_key(start: Array, end: Array) -> NDArray[np.uint64]:
    """A 64-bit hash of an edge that is the same in both directions."""
    return _point_key(start) + _point_key(end)


def _point_key(points: Array) -> NDArray[np.uint64]:
    # Adding 0.0 turns -0.0 into 0.0, which is the same place.
    bits: NDArray[np.uint64] = np.ascontiguousarray(points + 0.0).view(np.uint64)
    x: NDArray[np.uint64] = bits[:, 0] * _MIX_A
    y: NDArray[np.uint64] = bits[:, 1] * _MIX_B
    x = (x ^ (x >> np.uint64(29))) * _MIX_B
    y = (y ^ (y >> np.uint64(31))) * _MIX_A
    mixed: NDArray[np.uint64] = x + y
    return mixed ^ (mixed >> np.uint64(32))
