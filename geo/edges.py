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

from geo.cores import many_on_all_cores, on_all_cores

Geometries = NDArray[np.object_]
Integers = NDArray[np.intp]
Array = NDArray[np.float64]
Keys = NDArray[np.uint64]

_MIX_A = np.uint64(0x9E3779B97F4A7C15)
_MIX_B = np.uint64(0xC2B2AE3D27D4EB4F)
_DIRECTION = np.uint64(1)
_TABLE = 1 << 22
_TABLE_SHIFT = np.uint64(64 - 22)


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


def unshared_edges(geometries: Geometries) -> Edges:
    """The edges that do not occur exactly twice, once in each direction.

    Edges of no length are left out; geometries other than (multi)polygons have no edges.
    """
    # With the interior always on the left, polygons side by side run along their edge in opposite
    # directions, polygons on top of each other in the same.
    rings, owner = many_on_all_cores(_oriented_rings, geometries)
    points, ring = shapely.get_coordinates(rings, return_index=True)
    follows = ring[1:] == ring[:-1]
    kept = np.flatnonzero(follows)[_without_partner(_edge_keys(points)[follows])]
    kept = kept[(points[kept] != points[kept + 1]).any(axis=1)]
    return Edges(owner[ring[kept]], points[kept], points[kept + 1])


def _oriented_rings(geometries: Geometries) -> tuple[Geometries, Integers]:
    """All rings with the interior on their left, and the geometry of each."""
    parts, part_owner = shapely.get_parts(shapely.orient_polygons(geometries), return_index=True)
    rings, ring_part = shapely.get_rings(parts, return_index=True)
    return rings, part_owner[ring_part]


def _edge_keys(points: Array) -> Keys:
    """A key for each step from one point to the next: 63 bits name the edge, the lowest one tells
    the direction. Equal edges have equal keys; different ones do not in practice."""
    point: Keys = on_all_cores(_point_keys, points)
    start, end = point[:-1], point[1:]
    edge: Keys = (start + end) & ~_DIRECTION
    return edge | (start < end)


def _point_keys(points: Array) -> Keys:
    # Adding 0.0 turns -0.0 into 0.0, which is the same place.
    bits: Keys = np.ascontiguousarray(points + 0.0).view(np.uint64)
    x: Keys = bits[:, 0] * _MIX_A
    y: Keys = bits[:, 1] * _MIX_B
    x = (x ^ (x >> np.uint64(29))) * _MIX_B
    y = (y ^ (y >> np.uint64(31))) * _MIX_A
    point: Keys = x + y
    return point ^ (point >> np.uint64(32))


def _without_partner(keys: Keys) -> NDArray[np.bool_]:
    """True for keys that are not one of exactly two with opposite directions."""
    ordered = np.sort(keys)
    edge = ordered & ~_DIRECTION
    first = np.flatnonzero(np.concatenate(([True], edge[1:] != edge[:-1]))) if len(edge) else edge
    counts = np.diff(np.append(first, len(edge)))
    pair = first[counts == 2]
    opposite = ordered[pair] != ordered[pair + 1]
    odd = np.concatenate((edge[first[counts != 2]], edge[pair[~opposite]]))
    # Few keys are odd: a table of bits finds nearly all others before an exact look.
    table = np.zeros(_TABLE, dtype=bool)
    table[odd >> _TABLE_SHIFT] = True
    found = np.flatnonzero(table[keys >> _TABLE_SHIFT])
    alone = np.zeros(len(keys), dtype=bool)
    alone[found] = np.isin(keys[found] & ~_DIRECTION, odd)
    return alone
