"""Regions grown over the mesh: every region is connected and about as compact as its peers."""

from __future__ import annotations

import heapq
import math
from collections.abc import Container, Iterable, Sequence

import numpy as np

from data.sample.mesh import Ints, Mesh
from data.sample.noise import Floats

# For each node its neighbours with the cost of the step there.
Graph = list[list[tuple[int, float]]]


def build_graph(pairs: Ints, costs: Floats, size: int) -> Graph:
    """Undirected graph of `size` nodes from pairs of nodes, shape (n, 2), and costs (n,)."""
    graph: Graph = [[] for _ in range(size)]
    for (a, b), cost in zip(pairs.tolist(), costs.tolist(), strict=True):
        graph[a].append((b, cost))
        graph[b].append((a, cost))
    return graph


def land_graph(mesh: Mesh, relief: Floats, exponent: float) -> Graph:
    """Graph of the land cells; a step costs its length, scaled by the relief.

    Parameters
    ----------
    relief : array of shape (cells,)
        Positive factors; steps between high cells are dear, so borders run along ridges.
    exponent : float
        0 measures in metres, 1 in cells (a short step in town costs as much as a long one
        in the country, so regions hold as many cells in both).
    """
    pairs = mesh.sides[mesh.land[mesh.sides].all(axis=1)]
    length = np.hypot(*(mesh.centres[pairs[:, 0]] - mesh.centres[pairs[:, 1]]).T)
    count = np.bincount(pairs.ravel(), minlength=len(mesh.land)).clip(1)
    local = (
        np.bincount(pairs.ravel(), weights=np.repeat(length, 2), minlength=len(mesh.land)) / count
    )
    local = np.where(local > 0, local, 1.0)
    spacing = local[pairs].mean(axis=1) ** exponent
    return build_graph(pairs, length / spacing * relief[pairs].mean(axis=1), len(mesh.land))


def spread(
    graph: Graph, seeds: Sequence[int], within: Iterable[int], goals: Container[int] = ()
) -> tuple[dict[int, int], dict[int, int]]:
    """Nearest seed by path cost for each node of `within`, in the order of that cost.

    With `goals` the search ends at the first of them, which then is the last key of `owner`.

    Returns
    -------
    owner : dict
        Node to index of its seed; a region is connected because each node takes the seed of
        the node it was reached from. Nodes that cannot be reached are missing.
    previous : dict
        Node to the node before it on the cheapest path; seeds are missing.
    """
    # A node outside has no best cost, and one that has its seed cannot be reached at less.
    best = dict.fromkeys(within, math.inf) | dict.fromkeys(seeds, 0.0)
    queue = [(0.0, seed, k, -1) for k, seed in enumerate(seeds)]
    heapq.heapify(queue)
    owner: dict[int, int] = {}
    previous: dict[int, int] = {}
    while queue:
        cost, node, k, before = heapq.heappop(queue)
        if node in owner:
            continue
        owner[node] = k
        if before >= 0:
            previous[node] = before
        if node in goals:
            break
        for neighbour, step in graph[node]:
            reached = cost + step
            if reached < best.get(neighbour, -1.0):
                best[neighbour] = reached
                heapq.heappush(queue, (reached, neighbour, k, node))
    return owner, previous


def trace_back(previous: dict[int, int], node: int) -> list[int]:
    """Path from `node` to the seed it was reached from."""
    path = [node]
    while path[-1] in previous:
        path.append(previous[path[-1]])
    return path


def partition(
    rng: np.random.Generator, graph: Graph, centres: Floats, cells: Sequence[int], count: int
) -> dict[int, int]:
    """Split connected `cells` into `count` connected regions of similar extent.

    Seeds are drawn at random and moved to the middle of their regions a few times (Lloyd on
    a graph). Returns cell to region, 0 … count - 1.
    """
    seeds = [int(s) for s in rng.choice(np.asarray(cells), count, replace=False)]
    for _ in range(5):
        owner, _ = spread(graph, seeds, cells)
        parts: list[list[int]] = [[] for _ in range(count)]
        for cell in cells:
            parts[owner[cell]].append(cell)
        seeds = [_middle(centres, part) for part in parts]
    owner, _ = spread(graph, seeds, cells)
    return owner


def _middle(centres: Floats, cells: Sequence[int]) -> int:
    here = centres[cells]
    offset = here - here.mean(axis=0)
    return cells[int((offset**2).sum(axis=1).argmin())]
