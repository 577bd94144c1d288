"""How often homes and hotspots that have nothing to do with each other are said to meet.

``python -m tests.bench.chance_meetings [MAPS]`` makes maps of 400 villages. Hotspots are scattered,
three centres with their neighbours, or the top of a smooth field; homes lie evenly or where it is
dense; marks are dealt one by one, by village, or by a smooth field: eighteen kinds of chance. A
plant (the share of marks twice to four times as high in and beside hotspots) shows the power.
Beside `geo.meeting` stands the test that deals marks anew among the homes (hypergeometric).
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray
from scipy import sparse
from scipy.stats import hypergeom

from geo.meeting import LEVEL, in_or_beside, meeting
from geo.weights import Neighbours

Array = NDArray[np.float64]
SIDE = 20
HOTSPOTS = ("scattered", "centres", "field")
HOMES = ("even", "dense")
MARKS = ("one by one", "by village", "field")
LIFTS = (2, 3, 4)
_STEP = 0.02  # degrees between villages
_SHARE = 0.2  # of homes that are marked


@dataclass(frozen=True)
class Land:
    """Villages like honeycombs: centres (n x 2, in steps), neighbours, distances, shapes."""

    centres: Array
    neighbours: Neighbours
    distances: Array
    shapes: gpd.GeoSeries

    def field(self, rng: np.random.Generator, reach: float) -> Array:
        """A smooth random field."""
        return np.asarray(np.exp(-((self.distances / reach) ** 2)) @ rng.normal(size=len(self)))

    def __len__(self) -> int:
        return len(self.centres)


def land() -> Land:
    """The map on which everything is played."""
    centres = np.array([(x + 0.5 * (y % 2), 0.87 * y) for y in range(SIDE) for x in range(SIDE)])
    apart = np.hypot(*(centres[:, None] - centres[None]).transpose(2, 0, 1))
    touching = sparse.csr_array(((apart < 1.1) & (apart > 0)).astype(float))
    codes = tuple(f"V{at:03d}" for at in range(len(centres)))
    shapes = gpd.GeoSeries(shapely.buffer(shapely.points((110, 30) + _STEP * centres), _STEP / 2))
    return Land(centres, Neighbours(codes, touching), apart, shapes)


def hotspots_by_chance(on: Land, kind: str, rng: np.random.Generator) -> NDArray[np.bool_]:
    """Which villages are hotspots, whatever homes there are."""
    if kind == "field":
        height = on.field(rng, 3)
        return np.asarray(height > np.quantile(height, 0.92))
    hot = np.zeros(len(on), dtype=bool)
    hot[rng.choice(len(on), 6 if kind == "scattered" else 3, replace=False)] = True
    return hot if kind == "scattered" else in_or_beside(hot, on.neighbours)


def homes_by_chance(on: Land, kind: str, rng: np.random.Generator) -> Array:
    """Homes by village."""
    rate = np.full(len(on), 0.7) if kind == "even" else 0.7 * np.exp(on.field(rng, 2) / 2.2)
    return rng.poisson(rate).astype(float)


def marks_by_chance(on: Land, homes: Array, kind: str, rng: np.random.Generator) -> Array:
    """Marked homes by village, whatever hotspots there are."""
    share = np.full(len(on), _SHARE)
    if kind == "by village":
        share = (rng.random(len(on)) < _SHARE).astype(float)
    if kind == "field":
        height = on.field(rng, 3)
        share = np.where(height > np.quantile(height, 1 - _SHARE), 0.75, 0.06)
    return rng.binomial(homes.astype(int), share).astype(float)


def said_more(on: Land, marked: Array, homes: Array, near: NDArray[np.bool_]) -> tuple[bool, bool]:
    """Whether `geo.meeting`, and marks dealt anew at 5 %, say "more than chance"."""
    found = meeting(marked, homes, near, on.shapes)
    dealt = hypergeom.sf(found.together - 1, homes.sum(), marked.sum(), homes[near].sum())
    return found.p <= LEVEL, bool(dealt <= 0.05)


def false_alarms(
    maps: int, seed: int = 20261130
) -> Iterator[tuple[tuple[str, str, str], float, float]]:
    """Of each kind of chance: the share of maps on which either test says more than chance."""
    on, rng = land(), np.random.default_rng(seed)
    for kinds in product(HOTSPOTS, HOMES, MARKS):
        said = []
        for _ in range(maps):
            hot = hotspots_by_chance(on, kinds[0], rng)
            homes = homes_by_chance(on, kinds[1], rng)
            marked = marks_by_chance(on, homes, kinds[2], rng)
            said.append(said_more(on, marked, homes, in_or_beside(hot, on.neighbours)))
        ours, dealt = np.mean(said, axis=0)
        yield kinds, float(ours), float(dealt)


def power(maps: int, seed: int = 20261130) -> Iterator[tuple[int, float]]:
    """Of each plant: the share of maps on which it is found."""
    on, rng = land(), np.random.default_rng(seed)
    for lift in LIFTS:
        said = []
        for _ in range(maps):
            near = in_or_beside(hotspots_by_chance(on, "centres", rng), on.neighbours)
            homes = homes_by_chance(on, "even", rng)
            share = np.where(near, min(0.15 * lift, 1), 0.15)
            marked = rng.binomial(homes.astype(int), share).astype(float)
            said.append(said_more(on, marked, homes, near)[0])
        yield lift, float(np.mean(said))


def main() -> None:
    """Print both tables."""
    maps = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000
    print(f"{maps} maps each; hotspots, homes, marks: shifts | marks dealt anew")
    for kinds, ours, dealt in false_alarms(maps):
        print(f"{', '.join(kinds):32} {ours:6.1%} | {dealt:6.1%}")
    for lift, found in power(maps):
        print(f"planted {lift} times: found on {found:.1%}")


if __name__ == "__main__":
    main()
