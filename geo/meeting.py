"""Do marked places lie in or beside hotspots more often than chance brings them together?

Both are clustered on a map: bad homes lie where homes are, and hotspots take their neighbours with
them. Two patterns that have nothing to do with each other therefore meet far more often than marks
dealt anew among the homes let expect: on independent clustered maps that test says "more than
chance" on up to 30 % of them (`tests.bench.chance_meetings`). So the patterns are kept as they are
and shifted against each other, as on a torus (Lotwick and Silverman 1982, "Methods for analysing
spatial processes of several types of points", *JRSS B* 44): the areas with homes are strung along
a Hilbert curve, which keeps neighbours together, and one pattern is moved along the other by every
possible step. A string tears some neighbours apart; so it is laid at `CURVES` angles and the
largest p-value counts.

Every step is tried: nothing is drawn, and the same map always has the same answer.
"""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

from geo.labelled import Labelled
from geo.measure import to_mercator
from geo.weights import Neighbours

Array = NDArray[np.float64]
Flags = NDArray[np.bool_]

CURVES = 6
# At most 5 % of maps by chance may be said to be more than chance, clustered ones too.
LEVEL = 0.025
# With fewer areas that hold homes no shift can be that rare.
LEAST_AREAS = 40
_TIE = 1e-9


class Verdict(Labelled):
    """What can be said of a meeting."""

    MORE = "more", "超出偶然"
    CHANCE = "chance", "可能只是偶然"
    FEW = "few", "数据太少，无法判断"


@dataclass(frozen=True)
class Meeting:
    """``together`` of ``marked`` homes lie in or beside a hotspot.

    ``expected`` are those that would if the marked were spread evenly over the homes; ``p`` is the
    share of shifts that bring as many together or more (NaN where it cannot be judged).
    """

    together: int
    marked: int
    expected: float
    p: float

    @property
    def verdict(self) -> Verdict:
        """More than chance only where p is at most `LEVEL`."""
        if np.isnan(self.p):
            return Verdict.FEW
        return Verdict.MORE if self.p <= LEVEL else Verdict.CHANCE


def in_or_beside(hot: Flags, neighbours: Neighbours) -> Flags:
    """The areas that are hot or have a hot neighbour, in the order of ``neighbours.codes``."""
    return np.asarray(hot | (neighbours.matrix @ hot.astype(np.float64) > 0))


def meeting(marked: Array, homes: Array, near: Flags, shapes: gpd.GeoSeries) -> Meeting:
    """Judge how many marked homes lie in areas that are ``near``.

    Parameters
    ----------
    marked, homes
        Homes that are marked, and all homes, by area (n).
    near
        Whether an area is a hotspot or beside one (`in_or_beside`).
    shapes
        The areas (n), WGS84.

    Returns
    -------
    Meeting
        ``p`` is NaN if fewer than `LEAST_AREAS` areas hold homes, none or all of these areas are
        near, or no home or every home is marked.
    """
    together, all_marked, all_homes = marked[near].sum(), marked.sum(), homes.sum()
    expected = all_marked * homes[near].sum() / all_homes if all_homes else 0.0
    p = np.nan
    held = homes > 0
    spread = 0 < near[held].sum() < held.sum() and 0 < all_marked < all_homes
    if held.sum() >= LEAST_AREAS and spread:
        excess = marked[held] - homes[held] * all_marked / all_homes
        orders = _strings(shapes[held])
        p = max(_shifted_p(excess[order], near[held][order]) for order in orders)
    return Meeting(int(together), int(all_marked), float(expected), float(p))


def _strings(shapes: gpd.GeoSeries) -> list[NDArray[np.intp]]:
    """The order of the areas along a Hilbert curve, laid at several angles."""
    centres = shapely.centroid(shapes.to_numpy())
    x, y = to_mercator(shapely.get_x(centres), shapely.get_y(centres))
    found = []
    for angle in np.arange(CURVES) * np.pi / (2 * CURVES):
        turned = gpd.GeoSeries.from_xy(
            x * np.cos(angle) + y * np.sin(angle), y * np.cos(angle) - x * np.sin(angle)
        )
        found.append(np.argsort(turned.hilbert_distance().to_numpy(), kind="stable"))
    return found


def _shifted_p(excess: Array, near: Flags) -> float:
    """The share of all circular shifts with as much excess near as there is; that of no shift is
    one of them. The sums of all shifts are one correlation."""
    spectrum = np.fft.rfft(excess) * np.conj(np.fft.rfft(near.astype(np.float64)))
    sums = np.fft.irfft(spectrum, len(excess))
    return float(np.mean(sums >= excess[near].sum() - _TIE * max(1.0, np.abs(excess).sum())))
