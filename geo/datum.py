"""Is a layer really in the datum it is said to be in?

Files labelled WGS84 are often GCJ-02 or BD-09, some 500 m off. A layer alone cannot tell. Beside
areas already loaded it can: read in the right datum, it fits into its parents, or onto its former
self, clearly better than in any other.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.crs import BD09, GCJ02, WGS84, SourceCrs, geometries_to_wgs84
from geo.gcj02 import EAST, NORTH, SOUTH, WEST
from geo.layout import outside

Geometries = NDArray[np.object_]

# Misfits below this need no other explanation than drawing.
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


def better_datum_for_children(
    raw: Geometries, world: Geometries, crs: SourceCrs, parents: Geometries
) -> BetterDatum | None:
    """Compare the area outside of ``parents`` under each datum.

    ``raw`` are file coordinates, ``world`` the same shapes in WGS84 as read by ``crs``, ``parents``
    the WGS84 shapes of the area above each.
    """
    return _best(raw, world, crs, parents, _outside_share)


def better_datum_for_same(
    raw: Geometries, world: Geometries, crs: SourceCrs, former: Geometries
) -> BetterDatum | None:
    """Compare with the shapes that the same codes had before: misfit is 1 - overlap ÷ union."""
    return _best(raw, world, crs, former, _difference_share)


def _best(
    raw: Geometries,
    world: Geometries,
    crs: SourceCrs,
    reference: Geometries,
    misfit_of: Callable[[Geometries, Geometries], float],
) -> BetterDatum | None:
    usable = ~shapely.is_empty(world) & ~shapely.is_empty(reference)
    rows = np.flatnonzero(usable)
    if len(rows) == 0:
        return None
    rows = rows[np.unique(np.linspace(0, len(rows) - 1, min(len(rows), _SAMPLE)).astype(np.intp))]
    present = misfit_of(world[rows], reference[rows])
    if present < _GOOD_FIT:
        return None
    readings = [
        BetterDatum(other, misfit_of(shapes, reference[rows]), present)
        for other, shapes in _other_readings(raw[rows], world[rows], crs)
    ]
    best = min(readings, key=lambda reading: reading.misfit)
    return best if best.misfit < _REMAINS * present else None


def _other_readings(
    raw: Geometries, world: Geometries, crs: SourceCrs
) -> list[tuple[SourceCrs, Geometries]]:
    """The same shapes in WGS84, read in each of the other datums."""
    if crs in (GCJ02, BD09):
        source, others = raw, [other for other in (WGS84, GCJ02, BD09) if other != crs]
    else:
        # Also for projected files: what their metres stand on may be a shifted map.
        source, others = world, [GCJ02, BD09]
    return [(other, shapely.make_valid(geometries_to_wgs84(source, other))) for other in others]


def _outside_share(shapes: Geometries, parents: Geometries) -> float:
    _, share = outside(shapes, parents)
    weight = shapely.area(shapes)
    return float((share * weight).sum() / weight.sum())


def _difference_share(shapes: Geometries, former: Geometries) -> float:
    common = shapely.area(shapely.intersection(shapes, former))
    union = shapely.area(shapes) + shapely.area(former) - common
    return float(1.0 - common.sum() / union.sum())
