"""Townships, villages and grids: sets of mesh cells, and the outlines drawn around them."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from data.sample.growth import land_graph, partition, spread
from data.sample.linework import (
    chains,
    crossing,
    cut_corners,
    relax,
    roughen,
    to_degrees,
)
from data.sample.mesh import Ints, Mesh
from data.sample.noise import Floats, smooth_noise

# 街道 ×2, 镇 ×3, 乡: how many villages each township has.
VILLAGES_PER_TOWNSHIP = (13, 12, 18, 17, 16, 14)
CELLS_PER_GRID = 14.8
LONGEST_STEP = 110.0  # metres between two vertices of a border, about
SEA = -1


@dataclass(frozen=True)
class Division:
    """Which region each cell belongs to, per level; `SEA` for cells at sea.

    Attributes
    ----------
    township, village, grid : arrays of shape (cells,)
        Region numbers from 0; each village lies in one township, each grid in one village.
    seats : list of int
        The cell of each township's seat.
    """

    township: Ints
    village: Ints
    grid: Ints
    seats: list[int]

    def parents(self, child: Ints, parent: Ints) -> Ints:
        """For each child region the number of the parent region it lies in."""
        land = child != SEA
        above = np.zeros(child.max() + 1, dtype=np.int64)
        above[child[land]] = parent[land]
        return above


@dataclass(frozen=True)
class Borders:
    """Every border line of the county, drawn once.

    Attributes
    ----------
    lines : array of LineString
        WGS84; lines meet at their ends only.
    sides : array of shape (lines, 2)
        Grid number on either side, `SEA` for the coast.
    ends : array of shape (lines, 2)
        Mesh vertices at the ends of each line.
    """

    lines: NDArray[np.object_]
    sides: Ints
    ends: Ints


def divide(rng: np.random.Generator, mesh: Mesh, seats: Floats) -> Division:
    """Split the island into townships around their seats, these into villages, into grids."""
    land = np.flatnonzero(mesh.land)
    relief = np.exp(0.6 * smooth_noise(rng, 5_000)(mesh.centres))
    by_metre, by_cell = land_graph(mesh, relief, 0.0), land_graph(mesh, relief, 1.0)
    seat_cells = [int(land[np.hypot(*(mesh.centres[land] - seat).T).argmin()]) for seat in seats]
    owner, _ = spread(by_metre, seat_cells, land.tolist())
    township = _as_array(owner, len(mesh.land))
    village = np.full_like(township, SEA)
    grid = np.full_like(township, SEA)
    villages = grids = 0
    for k, count in enumerate(VILLAGES_PER_TOWNSHIP):
        cells = np.flatnonzero(township == k).tolist()
        for cell, part in partition(rng, by_cell, mesh.centres, cells, count).items():
            village[cell] = villages + part
        villages += count
    for v in range(villages):
        cells = np.flatnonzero(village == v).tolist()
        count = round(len(cells) / CELLS_PER_GRID * rng.lognormal(0, 0.25))
        count = int(np.clip(count, 2, 12))
        for cell, part in partition(rng, by_cell, mesh.centres, cells, count).items():
            grid[cell] = grids + part
        grids += count
    return Division(township, village, grid, seat_cells)


def draw_borders(rng: np.random.Generator, mesh: Mesh, grid: Ints) -> Borders:
    """Curve every line between two grids, or between a grid and the sea, exactly once.

    Where two curves would cross, theirs are drawn again with less swing.
    """
    pairs = np.sort(grid[mesh.sides], axis=1)
    between = pairs[:, 0] != pairs[:, 1]
    pairs, edges = pairs[between], mesh.edges[between]
    kinds = (pairs[:, 0] + 1) * (grid.max() + 2) + pairs[:, 1]
    found = chains(edges, kinds)
    pair_of = {
        tuple(sorted(e)): tuple(p) for e, p in zip(edges.tolist(), pairs.tolist(), strict=True)
    }
    sides = np.array([pair_of[tuple(sorted(c[:2]))] for c in found], dtype=np.int64)
    keys = rng.integers(0, 2**63, len(found))
    swing = np.ones(len(found))
    lines = [
        _curve(mesh.vertices[c], k, 1.0, s[0] == SEA)
        for c, k, s in zip(found, keys, sides, strict=True)
    ]
    while len(bad := crossing(lines)):
        if (swing[bad] == 0).all():
            raise RuntimeError("border lines of the sample cross even without swing")
        swing[bad] = np.where(swing[bad] > 0.2, swing[bad] / 2, 0.0)
        for i in bad:
            lines[i] = _curve(mesh.vertices[found[i]], keys[i], swing[i], sides[i, 0] == SEA)
    ends = np.array([(c[0], c[-1]) for c in found], dtype=np.int64)
    return Borders(np.array(lines, dtype=object), sides, ends)


def outlines(borders: Borders, region: Ints) -> list[shapely.Polygon]:
    """Polygon of each region from the border lines around it.

    Parameters
    ----------
    region : array of shape (grids,)
        For each grid the number of the region it is in, without gaps from 0.
    """
    lookup = np.append(region, SEA)  # grid -1, the sea, finds the last entry
    sides = lookup[borders.sides]
    polygons = []
    for k in range(region.max() + 1):
        around = ((sides == k).sum(axis=1)) == 1
        faces = shapely.get_parts(shapely.polygonize(borders.lines[around]))
        if len(faces) != 1:
            raise RuntimeError(f"region {k} of the sample is drawn as {len(faces)} faces, not 1")
        polygons.append(shapely.normalize(faces[0]))
    return polygons


def _as_array(owner: dict[int, int], size: int) -> Ints:
    labels = np.full(size, SEA, dtype=np.int64)
    labels[list(owner)] = list(owner.values())
    return labels


def _curve(corners: Floats, key: int, swing: float, coast: bool) -> shapely.LineString:
    """Turn a chain of mesh edges into a natural line; `swing` 0 returns the bare chain."""
    if swing == 0:
        return shapely.LineString(to_degrees(corners))
    rng = np.random.default_rng(int(key))
    points = cut_corners(relax(corners, 1 if coast else max(1, round(4 * swing))))
    longest = np.hypot(*np.diff(points, axis=0).T).max()
    rounds = max(2 if coast else 1, math.ceil(math.log2(longest / LONGEST_STEP)))
    points = roughen(rng, points, (0.17 if coast else 0.12) * swing, rounds)
    return shapely.LineString(to_degrees(points))
