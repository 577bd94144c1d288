"""The neighbours of areas as a libpysal graph: what the published packages are asked with."""

import numpy as np
from libpysal.graph import Graph

from geo.weights import Neighbours


def graph_of(neighbours: Neighbours) -> Graph:
    """The same relation as a binary graph, in the order of the codes."""
    n = len(neighbours.codes)
    focal = np.repeat(np.arange(n), neighbours.cardinalities)
    neighbour = neighbours.matrix.indices.astype(np.intp)
    # libpysal writes an area without neighbours as a link to itself of weight zero.
    alone = np.flatnonzero(neighbours.cardinalities == 0)
    order = np.argsort(np.concatenate((focal, alone)), kind="stable")
    codes = np.asarray(neighbours.codes, dtype=object)
    weights = np.concatenate((np.ones(len(focal)), np.zeros(len(alone))))
    return Graph.from_arrays(
        codes[np.concatenate((focal, alone))[order]],
        codes[np.concatenate((neighbour, alone))[order]],
        weights[order],
    )
