"""Lines: chains of edges between junctions, and the curves drawn for them.

A chain is curved once and used by everything on either side of it, so neighbours and levels
share their borders vertex by vertex.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

import numpy as np
import shapely

from data.sample.mesh import Ints
from data.sample.noise import Floats

LON0, LAT0 = 127.5, 29.5
_METRES_PER_DEGREE = 6_371_000.0 * np.pi / 180
_SCALE = np.array([_METRES_PER_DEGREE * np.cos(np.radians(LAT0)), _METRES_PER_DEGREE])
DECIMALS = 6  # about 0.1 m


def to_degrees(metres: Floats) -> Floats:
    """Metres east and north of the county's middle, shape (n, 2), to WGS84 longitude, latitude.

    An affine map, so it moves no line across another.
    """
    return np.round(metres / _SCALE + (LON0, LAT0), DECIMALS)


def to_metres(degrees: Floats) -> Floats:
    """Inverse of `to_degrees`."""
    return (degrees - (LON0, LAT0)) * _SCALE


def chains(edges: Ints, kinds: Ints, stops: Collection[int] = ()) -> list[list[int]]:
    """Join edges into chains that end where lines meet, their kind changes, or at a stop.

    Parameters
    ----------
    edges : array of shape (n, 2)
        Vertex ids.
    kinds : array of shape (n,)
        A chain holds edges of one kind.
    stops : collection of vertex ids
        Vertices where a chain has to end even if it could go on.

    Returns
    -------
    list of lists of vertex ids; a closed line without junction starts and ends at one vertex.
    """
    at: dict[int, list[int]] = {}
    for k, (a, b) in enumerate(edges.tolist()):
        at.setdefault(a, []).append(k)
        at.setdefault(b, []).append(k)
    inner = {v for v, ks in at.items() if len(ks) == 2 and kinds[ks[0]] == kinds[ks[1]]}
    inner -= set(stops)
    left = set(range(len(edges)))
    found = []
    starts = [v for v in sorted(at) if v not in inner] + sorted(inner)
    for start in starts:
        for first in at[start]:
            if first in left:
                found.append(_follow(edges, at, inner, left, start, first))
    return found


def _follow(
    edges: Ints, at: dict[int, list[int]], inner: set[int], left: set[int], start: int, first: int
) -> list[int]:
    chain, edge = [start], first
    while True:
        left.discard(edge)
        a, b = (int(v) for v in edges[edge])
        chain.append(b if chain[-1] == a else a)
        here = chain[-1]
        if here not in inner or here == start:
            return chain
        edge = at[here][0] if at[here][1] == edge else at[here][1]


def relax(points: Floats, rounds: int) -> Floats:
    """Average each inner point with its neighbours; the ends stay."""
    points = points.copy()
    for _ in range(rounds):
        points[1:-1] = 0.25 * points[:-2] + 0.5 * points[1:-1] + 0.25 * points[2:]
    return points


def cut_corners(points: Floats, rounds: int = 1) -> Floats:
    """Chaikin's corner cutting with fixed ends."""
    for _ in range(rounds):
        if len(points) < 3:
            return points
        early = 0.75 * points[:-1] + 0.25 * points[1:]
        late = 0.25 * points[:-1] + 0.75 * points[1:]
        middle = np.stack([early, late], axis=1).reshape(-1, 2)
        points = np.vstack([points[:1], middle[1:-1], points[-1:]])
    return points


def interpolate(points: Floats, rounds: int) -> Floats:
    """Four-point subdivision: a smooth curve through every given point."""
    for _ in range(rounds):
        wide = np.vstack([2 * points[0] - points[1], points, 2 * points[-1] - points[-2]])
        middle = (9 * (wide[1:-2] + wide[2:-1]) - wide[:-3] - wide[3:]) / 16
        points = np.vstack([np.stack([points[:-1], middle], axis=1).reshape(-1, 2), points[-1:]])
    return points


def roughen(rng: np.random.Generator, points: Floats, amplitude: float, rounds: int) -> Floats:
    """Fractal midpoint displacement: each segment gets a midpoint moved sideways.

    `amplitude` is the standard deviation of the move, as a share of the segment's length.
    """
    for _ in range(rounds):
        step = np.diff(points, axis=0)
        move = amplitude * rng.normal(0, 1, len(step)).clip(-2, 2)
        middle = points[:-1] + step / 2 + move[:, None] * np.c_[-step[:, 1], step[:, 0]]
        points = np.vstack([np.stack([points[:-1], middle], axis=1).reshape(-1, 2), points[-1:]])
    return points


def crossing(lines: Sequence[shapely.LineString]) -> Ints:
    """Indices of lines that cross themselves or meet another one elsewhere than at its ends."""
    array = np.asarray(lines, dtype=object)
    bad = set(np.flatnonzero(~shapely.is_simple(array)).tolist())
    tree = shapely.STRtree(array)
    for predicate in ("crosses", "overlaps", "covers"):
        left, right = tree.query(array, predicate=predicate)
        bad.update(left[left != right].tolist())
    touching, other = tree.query(array, predicate="touches")
    shared = shapely.intersection(shapely.boundary(array[touching]), shapely.boundary(array[other]))
    met = shapely.intersection(array[touching], array[other])
    bad.update(
        touching[shapely.get_num_coordinates(met) > shapely.get_num_coordinates(shared)].tolist()
    )
    return np.array(sorted(bad), dtype=np.int64)
