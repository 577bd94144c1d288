"""The fine mesh below everything: some thousand small cells covering island and sea.

Grids, villages and townships are sets of cells, so they nest by construction and a border is
a chain of mesh edges that both neighbours hold. All coordinates here are metres east and north
of the middle of the county.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from data.sample.noise import Floats, smooth_noise

Ints = NDArray[np.int64]

HALF_WIDTH, HALF_HEIGHT = 24_000.0, 21_000.0
CELL_COUNT = 12_000
TOWN_RADIUS = 2_600.0


@dataclass(frozen=True)
class Mesh:
    """Cells with their edges.

    Attributes
    ----------
    centres : array of shape (cells, 2)
        Centre of each cell in metres.
    vertices : array of shape (vertices, 2)
        Corners of the cells in metres.
    edges : array of shape (edges, 2)
        The two vertices of each edge.
    sides : array of shape (edges, 2)
        The two cells of each edge.
    land : array of shape (cells,)
        Whether the cell belongs to the county; the land cells are connected, without holes.
    """

    centres: Floats
    vertices: Floats
    edges: Ints
    sides: Ints
    land: NDArray[np.bool_]


def draw_coast(rng: np.random.Generator) -> shapely.Polygon:
    """An island about 36 km wide with bays and headlands, in metres."""
    angle = np.linspace(0, 2 * np.pi, 720, endpoint=False)
    radius = np.ones_like(angle)
    for k in range(2, 7):
        radius += rng.normal(0, 0.16 / k) * np.cos(k * angle + rng.uniform(0, 2 * np.pi))
    ring = np.c_[17_000 * radius * np.cos(angle), 13_800 * radius * np.sin(angle)]
    for wavelength, reach in ((14_000, 1_500), (5_000, 520)):
        east, north = (smooth_noise(rng, wavelength, octaves=2) for _ in range(2))
        ring = ring + reach * np.c_[east(ring), north(ring)]
    polygon = shapely.make_valid(shapely.Polygon(ring))
    largest = max(shapely.get_parts(polygon), key=shapely.area)
    return shapely.Polygon(largest.exterior)


def choose_seats(rng: np.random.Generator, coast: shapely.Polygon) -> Floats:
    """Seats of the six townships; the first two are the halves of the county town.

    Five centres are spread over the island by Lloyd's relaxation. The one nearest the coast
    becomes the county town, for towns grow at river mouths, and is split into two streets.
    """
    points = _points_within(rng, coast, 3_000)
    centres = points[rng.choice(len(points), 5, replace=False)]
    for _ in range(6):
        nearest = _distances(points, centres).argmin(axis=1)
        centres = np.array([points[nearest == k].mean(axis=0) for k in range(5)])
    centres = centres + rng.normal(0, 900, centres.shape)
    to_coast = shapely.distance(shapely.points(centres), coast.exterior)
    town = int(to_coast.argmin())
    direction = rng.uniform(0, np.pi)
    step = 1_500 * np.array([np.cos(direction), np.sin(direction)])
    others = np.delete(centres, town, axis=0)
    return np.vstack([centres[town] - step, centres[town] + step, others])


def build_mesh(rng: np.random.Generator, coast: shapely.Polygon, seats: Floats) -> Mesh:
    """A relaxed Voronoi mesh, finer around the seats, with the cells on land marked."""
    points = _scatter(rng, seats)
    frame = shapely.box(-HALF_WIDTH, -HALF_HEIGHT, HALF_WIDTH, HALF_HEIGHT)
    for _ in range(2):
        cells = _voronoi(points, frame)
        points = shapely.get_coordinates(shapely.centroid(cells))
    vertices, edges, sides = _shared_edges(_voronoi(points, frame))
    inside = shapely.contains_xy(coast, points[:, 0], points[:, 1])
    land = _one_island(inside, sides)
    return Mesh(points, vertices, edges, sides, land)


def _distances(points: Floats, centres: Floats) -> Floats:
    return np.hypot(*(points[:, None, :] - centres[None, :, :]).transpose(2, 0, 1))


def _points_within(rng: np.random.Generator, area: shapely.Polygon, count: int) -> Floats:
    west, south, east, north = area.bounds
    points = rng.uniform((west, south), (east, north), (3 * count, 2))
    return points[shapely.contains_xy(area, points[:, 0], points[:, 1])][:count]


def _scatter(rng: np.random.Generator, seats: Floats) -> Floats:
    """Random points, up to nine times as dense in a town as in the countryside."""
    candidates = rng.uniform(
        (-HALF_WIDTH, -HALF_HEIGHT), (HALF_WIDTH, HALF_HEIGHT), (12 * CELL_COUNT, 2)
    )
    pull = np.array([8.0, 8.0, 4.0, 3.5, 3.0, 2.5])
    near = np.exp(-((_distances(candidates, seats) / TOWN_RADIUS) ** 2) / 2)
    density = 1 + (near * pull).sum(axis=1)
    keep = rng.uniform(0, 16, len(candidates)) < density
    return candidates[keep][:CELL_COUNT]


def _voronoi(points: Floats, frame: shapely.Polygon) -> NDArray[np.object_]:
    diagram = shapely.voronoi_polygons(shapely.multipoints(points), extend_to=frame, ordered=True)
    return shapely.clip_by_rect(shapely.get_parts(diagram), *frame.bounds)


def _shared_edges(cells: NDArray[np.object_]) -> tuple[Floats, Ints, Ints]:
    """Vertices, and the edges that two cells share, from the cells' outlines."""
    coordinates, owner = shapely.get_coordinates(cells, return_index=True)
    # Corners of neighbouring cells agree to rounding; a centimetre makes them one vertex.
    keys, vertex = np.unique(
        np.round(coordinates * 100).astype(np.int64), axis=0, return_inverse=True
    )
    vertex = vertex.ravel()
    step = (owner[:-1] == owner[1:]) & (vertex[:-1] != vertex[1:])
    ends = np.c_[vertex[:-1], vertex[1:]][step]
    cell = owner[:-1][step]
    pair = np.sort(ends, axis=1)
    order = np.lexsort((cell, pair[:, 1], pair[:, 0]))
    pair, cell = pair[order], cell[order]
    twin = np.flatnonzero((pair[:-1] == pair[1:]).all(axis=1))
    return keys / 100.0, pair[twin], np.c_[cell[twin], cell[twin + 1]]


def _one_island(inside: NDArray[np.bool_], sides: Ints) -> NDArray[np.bool_]:
    """The largest connected set of inside cells, with enclosed sea cells filled."""
    land = _largest_component(inside, sides)
    sea = _largest_component(~land, sides)
    return ~sea


def _largest_component(mask: NDArray[np.bool_], sides: Ints) -> NDArray[np.bool_]:
    label = np.where(mask, np.arange(len(mask)), -1)
    links = sides[mask[sides].all(axis=1)]
    while True:
        low = label[links].min(axis=1)
        before = label.copy()
        np.minimum.at(label, links[:, 0], low)
        np.minimum.at(label, links[:, 1], low)
        if (label == before).all():
            break
    values, counts = np.unique(label[mask], return_counts=True)
    return label == values[counts.argmax()]
