"""The drawn backdrop: sea, river with a lake, streams, and the roads between the seats."""

from __future__ import annotations

from collections.abc import Container
from itertools import pairwise

import geopandas as gpd
import numpy as np
import shapely

from data.sample.boundaries import SEA, Borders, Division
from data.sample.growth import build_graph, land_graph, spread, trace_back
from data.sample.linework import (
    chains,
    cut_corners,
    interpolate,
    relax,
    to_degrees,
    to_metres,
)
from data.sample.mesh import Ints, Mesh
from data.sample.noise import Floats, smooth_noise

SEA_BELT = 8_000.0
LAKE_LENGTH = 1_300.0
ROAD_NAMES = {"trunk": "示例大道（演）", "county": "县道（演）", "township": "乡道（演）"}


def draw_water(
    rng: np.random.Generator,
    mesh: Mesh,
    division: Division,
    borders: Borders,
    county: shapely.Polygon,
) -> gpd.GeoDataFrame:
    """Sea around the county, one river with a lake, and streams that feed it.

    Returns
    -------
    GeoDataFrame in EPSG:4326: `name`, `kind` (sea, lake, river, stream), `geometry`; polygons,
    but lines for streams. The river runs along borders of grids, as rivers do.
    """
    course, branches = _river_courses(rng, mesh, division, borders)
    lake = _lake(rng, course[int(0.42 * len(course))])
    river = _river(course)
    streams = [shapely.LineString(line) for line in branches]
    shore = shapely.transform(county, to_metres)
    # Out and half-way back rounds off the scallops that the headlands leave.
    belt = shore.buffer(3 * SEA_BELT, quad_segs=32).buffer(-2 * SEA_BELT)
    sea = shapely.Polygon(
        to_degrees(shapely.get_coordinates(belt.exterior)),
        [shapely.get_coordinates(county.exterior)],
    )
    rows = [
        ("示例海", "sea", sea),
        ("澄月湖（演）", "lake", _degrees(lake)),
        ("长演河（演）", "river", _degrees(shapely.intersection(river, shore))),
    ]
    rows += [("支流（演）", "stream", _degrees(s)) for s in streams]
    return gpd.GeoDataFrame(rows, columns=["name", "kind", "geometry"], crs="EPSG:4326")


def draw_roads(
    rng: np.random.Generator, mesh: Mesh, division: Division, water: gpd.GeoDataFrame
) -> gpd.GeoDataFrame:
    """Roads between township seats, and from them to every village.

    Returns
    -------
    GeoDataFrame in EPSG:4326: `name`, `kind` (trunk, county, township), `geometry` lines that
    meet at their ends. Roads avoid the lake and the beach.
    """
    lake = water.loc[water["kind"] == "lake", "geometry"].iloc[0]
    wet = shapely.contains_xy(lake.buffer(0.002), to_degrees(mesh.centres))
    beach = np.zeros(len(mesh.land), dtype=bool)
    coastal = mesh.land[mesh.sides].sum(axis=1) == 1
    beach[mesh.sides[coastal].ravel()] = True
    relief = np.exp(0.5 * smooth_noise(rng, 4_000)(mesh.centres)) + 40.0 * wet + 1.5 * beach
    used = _road_steps(mesh, division, relief)
    place = mesh.centres.copy()
    placed: set[int] = set()
    rows = []
    # Larger roads first: they flow on where smaller ones join them.
    for number, kind in enumerate(ROAD_NAMES):
        steps = np.array(sorted(s for s, k in used.items() if k == number), dtype=np.int64)
        for chain in chains(steps, np.zeros(len(steps), dtype=np.int64), placed):
            place[chain] = relax(place[chain], 5)
            line = to_degrees(interpolate(place[chain], 2))
            rows.append((ROAD_NAMES[kind], kind, shapely.LineString(line)))
        placed.update(steps.ravel().tolist())
    return gpd.GeoDataFrame(rows, columns=["name", "kind", "geometry"], crs="EPSG:4326")


def _river_courses(
    rng: np.random.Generator, mesh: Mesh, division: Division, borders: Borders
) -> tuple[Floats, list[Floats]]:
    """The river from its source to the sea by the county town, and its branches, in metres."""
    length = shapely.length(borders.lines)
    inland = (borders.sides != SEA).all(axis=1)
    lookup = np.append(division.parents(division.grid, division.township), SEA)
    pair = lookup[borders.sides[inland]]
    # Rivers part townships more often than they cross them.
    cost = length[inland] * np.where(pair[:, 0] != pair[:, 1], 0.55, 1.0)
    cost *= rng.uniform(0.7, 1.3, len(cost))
    ends = borders.ends[inland]
    graph = build_graph(ends, cost, len(mesh.vertices))
    inner = np.unique(ends)
    shore = np.unique(borders.ends[~inland])
    mouths = np.intersect1d(inner, shore)
    town = mesh.centres[division.seats[:2]].mean(axis=0)
    mouth = int(mouths[np.hypot(*(mesh.vertices[mouths] - town).T).argmin()])
    springs = _far_from(mesh.vertices, np.setdiff1d(inner, shore), mesh.vertices[shore], 3_200)
    wet = [mouth]
    courses: list[Floats] = []
    for branch in range(4):
        owner, previous = spread(graph, wet, np.setdiff1d(inner, shore).tolist())
        reach = {s: len(trace_back(previous, s)) for s in springs if s in owner}
        ranked = sorted(reach, key=lambda s: (-reach[s], s))
        path = trace_back(previous, ranked[0])
        if len(path) < 4:
            break
        wet += path
        course = _walk(borders, inland, path)
        courses.append(cut_corners(relax(course, 12 if branch == 0 else 8)))
    return courses[0], courses[1:]


def _far_from(vertices: Floats, candidates: Ints, shore: Floats, least: float) -> list[int]:
    away = np.array([np.hypot(*(shore - vertices[c]).T).min() for c in candidates])
    return [int(c) for c in candidates[away > least]]


def _walk(borders: Borders, inland: np.ndarray, path: list[int]) -> Floats:
    """Coordinates in metres along the border lines from junction to junction."""
    line_at = {}
    for i in np.flatnonzero(inland):
        a, b = borders.ends[i].tolist()
        line_at[(a, b)] = (i, False)
        line_at[(b, a)] = (i, True)
    pieces = []
    for a, b in pairwise(path):
        i, backwards = line_at[(a, b)]
        points = to_metres(shapely.get_coordinates(borders.lines[i]))
        pieces.append(points[::-1] if backwards else points)
    return np.vstack([pieces[0], *(p[1:] for p in pieces[1:])])


def _river(course: Floats) -> shapely.Geometry:
    """The course as a surface that widens from 30 m to 400 m at the mouth."""
    width = 15.0 + 185.0 * np.linspace(0, 1, len(course) - 1) ** 1.5
    segments = shapely.linestrings(np.stack([course[:-1], course[1:]], axis=1))
    return shapely.union_all(shapely.buffer(segments, width, quad_segs=3)).simplify(2.0)


def _lake(rng: np.random.Generator, middle: Floats) -> shapely.Polygon:
    angle = np.linspace(0, 2 * np.pi, 140, endpoint=False)
    radius = np.ones_like(angle)
    for k in range(2, 8):
        radius += rng.normal(0, 0.36 / k) * np.cos(k * angle + rng.uniform(0, 2 * np.pi))
    turn = rng.uniform(0, np.pi)
    x, y = LAKE_LENGTH * radius * np.cos(angle), 0.6 * LAKE_LENGTH * radius * np.sin(angle)
    ring = np.c_[x * np.cos(turn) - y * np.sin(turn), x * np.sin(turn) + y * np.cos(turn)]
    return shapely.make_valid(shapely.Polygon(ring + middle))


def _road_steps(mesh: Mesh, division: Division, relief: Floats) -> dict[tuple[int, int], int]:
    """Steps between cells that carry a road, with 0 trunk, 1 county, 2 township road."""
    graph = land_graph(mesh, relief, 0.0)
    land = np.flatnonzero(mesh.land).tolist()
    seats = division.seats
    used: dict[tuple[int, int], int] = {}

    def build(start: int, goals: Container[int], kind: int) -> None:
        owner, previous = spread(graph, [start], land, goals)
        path = trace_back(previous, next(reversed(owner)))
        for a, b in pairwise(path):
            used.setdefault(_step(a, b), kind)
            # A built road draws later ones to itself.
            for one, other in ((a, b), (b, a)):
                graph[one] = [(n, c * 0.7 if n == other else c) for n, c in graph[one]]

    between = mesh.centres[seats][:, None] - mesh.centres[seats][None]
    apart = np.hypot(between[..., 0], between[..., 1])
    for seat in (1, *np.argsort(-apart[0], kind="stable")[:2].tolist()):
        build(seats[seat], {seats[0]}, 0)
    for seat, others in enumerate(apart):
        for other in np.argsort(others, kind="stable")[1:4]:
            build(seats[seat], {seats[int(other)]}, 1)
    network = {cell for step in used for cell in step}
    for centre in _village_centres(mesh, division, relief):
        build(centre, network, 2)
        network.update(cell for step in used for cell in step)
    return used


def _village_centres(mesh: Mesh, division: Division, relief: Floats) -> list[int]:
    """The dry middle cell of each village, those near their township's seat first."""
    centres = []
    for village in range(division.village.max() + 1):
        cells = np.flatnonzero((division.village == village) & (relief < 20))
        offset = mesh.centres[cells] - mesh.centres[cells].mean(axis=0)
        centres.append(int(cells[(offset**2).sum(axis=1).argmin()]))
    seat = mesh.centres[np.array(division.seats)[division.township[centres]]]
    away = np.hypot(*(mesh.centres[centres] - seat).T)
    return [centres[i] for i in np.argsort(away, kind="stable")]


def _step(a: int, b: int) -> tuple[int, int]:
    return (a, b) if a < b else (b, a)


def _degrees(geometry: shapely.Geometry) -> shapely.Geometry:
    return shapely.make_valid(shapely.transform(geometry, to_degrees))
