"""Check whether a layer is in the datum that it is said to be in.

Files labelled WGS84 are often GCJ-02 or BD-09, some 500 m off. A layer alone does not show this,
but a comparison with loaded areas does: in the right datum it fits into the areas above it, onto
its earlier version, or around the areas below it, clearly better than in any other. If it does not
fit, either the new layer or the loaded one may be wrong.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.crs import BD09, GCJ02, WGS84, SourceCrs, geometries_to_wgs84
from geo.gcj02 import EAST, NORTH, SOUTH, WEST
from geo.layout import outside

Geometries = NDArray[np.object_]
Integers = NDArray[np.intp]
Misfit = Callable[[Geometries, Geometries], float]

# Misfits below this are explained by inexact drawing.
_GOOD_FIT = 0.002
# "Clearly better": less than this part of the present misfit remains.
_REMAINS = 0.4
_SAMPLE = 400


@dataclass(frozen=True, slots=True)
class BetterDatum:
    """Another datum fits better: misfits are shares of area, 0 (fits) to 1."""

    crs: SourceCrs
    misfit: float
    present_misfit: float


def may_be_shifted(world: Geometries) -> NDArray[np.bool_]:
    """True for shapes where the datums differ: inside the box of GCJ-02 around China."""
    west, south, east, north = shapely.bounds(world).T
    with np.errstate(invalid="ignore"):
        inside = (west > WEST) & (east < EAST) & (south > SOUTH) & (north < NORTH)
    return np.asarray(inside, dtype=np.bool_)


class Comparison:
    """New shapes beside loaded ones, row by row: how well they fit under each datum.

    ``raw`` are file coordinates, ``world`` the same shapes in WGS84 as read by ``crs``,
    ``reference`` the loaded WGS84 shape beside each; ``misfit`` is 0 where they fit, up to 1.
    Pairs with an empty shape do not count, and of many pairs a sample is compared.
    """

    def __init__(
        self,
        raw: Geometries,
        world: Geometries,
        crs: SourceCrs,
        reference: Geometries,
        misfit: Misfit,
    ) -> None:
        rows = np.flatnonzero(~shapely.is_empty(world) & ~shapely.is_empty(reference))
        if len(rows) > _SAMPLE:
            rows = rows[np.unique(np.linspace(0, len(rows) - 1, _SAMPLE).astype(np.intp))]
        self._raw, self._world, self._reference = raw[rows], world[rows], reference[rows]
        self._crs, self._misfit = crs, misfit

    @cached_property
    def present(self) -> float:
        """The misfit as the layer is read now; 0 without anything to compare."""
        return self._misfit(self._world, self._reference) if len(self._world) else 0.0

    @cached_property
    def _nearest(self) -> tuple[SourceCrs, float]:
        """The datum in which the new shapes fit best, among the others, and the misfit."""
        return _least(
            (other, self._misfit(shapes, self._reference)) for other, shapes in self._readings()
        )

    @property
    def better(self) -> BetterDatum | None:
        """Another datum of the new shapes that fits clearly better, if one does."""
        return self._clearly(lambda: self._nearest)

    @property
    def better_loaded(self) -> BetterDatum | None:
        """The datum in which the loaded shapes may have been, while they were read as WGS84."""
        return self._clearly(
            lambda: _least(
                (other, self._misfit(self._world, _read_as(self._reference, other)))
                for other in (GCJ02, BD09)
            )
        )

    def _clearly(self, nearest: Callable[[], tuple[SourceCrs, float]]) -> BetterDatum | None:
        if self.present < _GOOD_FIT:
            return None
        crs, misfit = nearest()
        return BetterDatum(crs, misfit, self.present) if misfit < _REMAINS * self.present else None

    @property
    def confirms(self) -> bool:
        """Whether the layer fits as it is read now, and would not in any other datum."""
        if not len(self._world) or self.present >= _GOOD_FIT:
            return False
        return self._nearest[1] > max(2 * _GOOD_FIT, self.present / _REMAINS)

    def _readings(self) -> Iterator[tuple[SourceCrs, Geometries]]:
        """The same shapes in WGS84, read in each of the other datums."""
        if self._crs in (GCJ02, BD09):
            source = self._raw
            others = [other for other in (WGS84, GCJ02, BD09) if other != self._crs]
        else:
            # Also for projected files: their coordinates may come from a shifted map.
            source, others = self._world, [GCJ02, BD09]
        for other in others:
            yield other, _read_as(source, other)


def _least(found: Iterable[tuple[SourceCrs, float]]) -> tuple[SourceCrs, float]:
    return min(found, key=lambda reading: reading[1])


def _read_as(shapes: Geometries, crs: SourceCrs) -> Geometries:
    return np.asarray(shapely.make_valid(geometries_to_wgs84(shapes, crs)), dtype=object)


def inside_share(shapes: Geometries, parents: Geometries) -> float:
    """The misfit of areas within those above them: the share of their area that lies outside."""
    _, share = outside(shapes, parents)
    weight = shapely.area(shapes)
    return float((share * weight).sum() / weight.sum())


def around_share(shapes: Geometries, children: Geometries) -> float:
    """The misfit of areas around those below them: the share of the latter that lies outside."""
    return inside_share(children, shapes)


def difference_share(shapes: Geometries, former: Geometries) -> float:
    """The misfit of areas and their earlier versions: 1 - overlap ÷ union."""
    common = shapely.area(shapely.intersection(shapes, former))
    union = shapely.area(shapes) + shapely.area(former) - common
    return float(1.0 - common.sum() / union.sum())


def mostly_inside(small: Geometries, large: Geometries, least: float = 0.6) -> Integers:
    """For each small shape the row of the large one that holds most of it; -1 where none holds
    the share ``least`` of its area."""
    found = np.full(len(small), -1, dtype=np.intp)
    best = np.full(len(small), least)
    row, at = shapely.STRtree(large).query(small, predicate="intersects")
    if len(row) == 0:
        return found
    whole = shapely.area(small[row])
    common = shapely.area(shapely.intersection(small[row], large[at]))
    share = np.divide(common, whole, out=np.zeros_like(common), where=whole > 0)
    for one, other, part in zip(row, at, share, strict=True):
        if part >= best[one]:
            found[one], best[one] = other, part
    return found
