"""Which areas are neighbours: queen contiguity, islands joined to what is nearest.

Two areas are neighbours when their shapes share at least a point (queen contiguity; Cliff and Ord
1981, *Spatial Processes*, ch. 1). libpysal builds the same relation from shared vertices or from
strictly touching shapes; village borders that were digitised twice share neither, so here shapes
within `TOUCHING_DEGREES` of each other count, overlaps and T-junctions included.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from scipy import sparse

from geo.errors import AtlasError
from geo.measure import distances_m, from_mercator, to_mercator

Array = NDArray[np.float64]
Integers = NDArray[np.intp]
Geometries = NDArray[np.object_]

# About a metre on the ground: smaller gaps are drawing errors, not land between two areas.
TOUCHING_DEGREES = 1e-5
# Mercator stretches distances away from the equator; whatever lies within this multiple of the
# nearest candidate is measured again on the ellipsoid.
_LOOK_AGAIN = 1.5


@dataclass(frozen=True, eq=False)
class Neighbours:
    """The neighbours of areas; symmetric, no area is its own neighbour.

    ``codes`` gives the order of the rows and columns of ``matrix`` (n x n, ones). ``attached``
    are the pairs (code, nearest code) of areas that touch no other and were joined to the nearest.
    """

    codes: tuple[str, ...]
    matrix: sparse.csr_array
    attached: tuple[tuple[str, str], ...] = ()

    def __len__(self) -> int:
        return len(self.codes)

    @cached_property
    def cardinalities(self) -> Integers:
        """How many neighbours each area has."""
        return np.asarray(np.diff(self.matrix.indptr), dtype=np.intp)

    def among(self, codes: Sequence[str]) -> "Neighbours":
        """The relation between some of the areas, in the order given.

        Raises
        ------
        KeyError
            A code that is not among :attr:`codes`.
        """
        if tuple(codes) == self.codes:
            return self
        at = pd.Index(self.codes).get_indexer(pd.Index(codes, dtype=object))
        if (at < 0).any():
            raise KeyError(codes[int(np.argmin(at))])
        kept = set(codes)
        return Neighbours(
            tuple(codes),
            sparse.csr_array(self.matrix[at][:, at]),
            tuple(pair for pair in self.attached if kept.issuperset(pair)),
        )


def contiguity(areas: gpd.GeoDataFrame) -> Neighbours:
    """Queen contiguity of areas (WGS84), islands joined to the area nearest to them.

    Parameters
    ----------
    areas
        One row per area, its code in the column ``code`` or, without that column, in the index.
        Rows without a shape have no neighbours and are nobody's.

    Returns
    -------
    Neighbours
        In the order of the rows. A lone area has no neighbours.

    Raises
    ------
    AtlasError
        A code occurs twice.
    """
    codes = areas["code"] if "code" in areas.columns else areas.index.to_series()
    if codes.duplicated().any():
        twice = codes[codes.duplicated()].iloc[0]
        raise AtlasError(f"区域编码“{twice}”出现多次，无法确定相邻关系；请先合并同一区域的各部分")
    shapes = np.asarray(areas.geometry, dtype=object)
    matrix = _touching(shapes)
    names = tuple(str(code) for code in codes)
    lonely = np.flatnonzero(np.diff(matrix.indptr) == 0)
    pairs = _nearest(shapes, lonely)
    if pairs:
        island, nearest = np.asarray(pairs, dtype=np.intp).T
        matrix = _relation(
            len(names),
            np.concatenate((matrix.nonzero()[0], island, nearest)),
            np.concatenate((matrix.nonzero()[1], nearest, island)),
        )
    return Neighbours(names, matrix, tuple((names[a], names[b]) for a, b in pairs))


def _touching(shapes: Geometries) -> sparse.csr_array:
    tree = shapely.STRtree(shapes)
    one, other = tree.query(shapes, predicate="dwithin", distance=TOUCHING_DEGREES)
    apart = one != other
    return _relation(len(shapes), one[apart], other[apart])


def _relation(size: int, one: Integers, other: Integers) -> sparse.csr_array:
    """A symmetric matrix of ones with sorted columns, however often a pair is named."""
    matrix = sparse.csr_array((np.ones(len(one)), (one, other)), shape=(size, size))
    matrix.sum_duplicates()
    matrix.data[:] = 1.0
    return matrix


def _nearest(shapes: Geometries, lonely: Integers) -> list[tuple[int, int]]:
    """For each lonely shape the one nearest to it on the ground, where there is one."""
    drawn = np.flatnonzero(~shapely.is_empty(shapes) & ~shapely.is_missing(shapes))
    lonely = np.intersect1d(lonely, drawn)
    if len(lonely) == 0 or len(drawn) < 2:
        return []
    flat = shapely.transform(shapes[drawn], lambda xy: np.column_stack(to_mercator(*xy.T)))
    tree = shapely.STRtree(flat)
    pairs = []
    for island in lonely:
        here = int(np.searchsorted(drawn, island))
        others = _candidates(tree, flat[here], here)
        metres = _metres(flat[here], flat[others])
        pairs.append((int(island), int(drawn[others[int(np.argmin(metres))]])))
    return pairs


def _candidates(tree: shapely.STRtree, shape: shapely.Geometry, here: int) -> Integers:
    """What may be nearest, in the order of the rows: near ties are settled the same way always."""
    distance = tree.query_nearest(shape, exclusive=True, return_distance=True)[1].min()
    near = tree.query(shape, predicate="dwithin", distance=_LOOK_AGAIN * distance)
    return np.sort(near[near != here])


def _metres(shape: shapely.Geometry, others: Geometries) -> Array:
    """Geodesic lengths of the shortest lines from one Mercator shape to others."""
    ends = shapely.get_coordinates(shapely.shortest_line(shape, others)).reshape(-1, 4)
    lon, lat = from_mercator(ends[:, 0], ends[:, 1])
    to_lon, to_lat = from_mercator(ends[:, 2], ends[:, 3])
    return distances_m(lon, lat, to_lon, to_lat)
