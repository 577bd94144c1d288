"""Check the layout of a layer's areas: parts outside their parents, overlaps, and gaps.

Measures are square metres. Every check first finds the few suspects cheaply and computes shapes for
those alone, so a clean layer costs little more than reading it.
"""

from dataclasses import dataclass
from functools import partial

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.cores import many_on_all_cores, on_all_cores
from geo.edges import unshared_edges
from geo.joins import PREPARED
from geo.measure import areas_m2

Geometries = NDArray[np.object_]
Integers = NDArray[np.intp]
Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Overlaps:
    """Pairs ``first[k] < second[k]`` of shapes that overlap by ``area[k]`` square metres,
    ``share[k]`` of the smaller one."""

    first: Integers
    second: Integers
    area: Array
    share: Array


def overlaps(shapes: Geometries) -> Overlaps:
    """All pairs of shapes whose interiors meet, slivers included.

    At the border of every overlap lies an edge that is not shared by two shapes and that runs
    through the interior of one of them, or along it (see :mod:`geo.edges`).
    """
    edges = unshared_edges(shapes)
    lines = edges.lines()
    edge, polygon = many_on_all_cores(partial(_met_by, shapely.STRtree(lines)), shapes)
    owner = edges.owner[edge]
    foreign = owner != polygon
    pairs = np.column_stack((polygon[foreign], owner[foreign]))
    pairs.sort(axis=1)
    pairs = np.unique(pairs, axis=0)
    # Borders that only touch have no common interior.
    pairs = pairs[_interiors_meet(shapes[pairs[:, 0]], shapes[pairs[:, 1]])]
    first, second = pairs[:, 0], pairs[:, 1]
    area = areas_m2(shapely.intersection(shapes[first], shapes[second]))
    smaller = np.minimum(areas_m2(shapes[first]), areas_m2(shapes[second]))
    return Overlaps(first, second, area, _share(area, smaller))


def outside(shapes: Geometries, parents: Geometries) -> tuple[Array, Array]:
    """How much of each shape lies outside the parent beside it: square metres and share.

    Zero where either is empty.
    """
    area, share = np.zeros(len(shapes)), np.zeros(len(shapes))
    known = ~shapely.is_empty(shapes) & ~shapely.is_empty(parents)
    rows = np.flatnonzero(known)
    with PREPARED:
        shapely.prepare(parents)
        rows = rows[~shapely.covers(parents[rows], shapes[rows])]
    if len(rows):
        whole = areas_m2(shapes[rows])
        # Overlay limits itself to the common box. clip_by_rect is faster but loses polygons whose
        # hole lies inside the rectangle (GEOS 3.14; Néville in Seine-Maritime).
        inside = areas_m2(shapely.intersection(shapes[rows], parents[rows]))
        area[rows] = np.maximum(whole - inside, 0.0)
        share[rows] = _share(area[rows], whole)
    return area, share


def gap(parent: shapely.Geometry, children: Geometries) -> float:
    """Square metres of the parent that no child covers."""
    rest = shapely.difference(parent, shapely.union_all(children))
    return float(areas_m2(np.array([rest], dtype=object))[0])


def _interiors_meet(one: Geometries, other: Geometries) -> NDArray[np.bool_]:
    meet = partial(shapely.relate_pattern, pattern="T********")
    return np.asarray(on_all_cores(meet, one, other), dtype=np.bool_)


def _met_by(tree: shapely.STRtree, shapes: Geometries) -> tuple[Integers, Integers]:
    """Which geometries of the tree meet the shapes, and the row of the shape."""
    row, met = tree.query(shapes, predicate="intersects")
    return met, row


def _share(part: Array, whole: Array) -> Array:
    return np.divide(part, whole, out=np.zeros_like(part), where=whole > 0)
