"""The most that any method could find of a planted cluster, if at most 5 % of chance maps may show
something.

By Neyman and Pearson's lemma, of all tests of "no cluster" against "one cluster of twice the risk,
anywhere with equal probability" the one by the mean likelihood ratio of all zones finds the most.
Here it is given what no method can know: rate, law and size of the differences between areas, and
that the cluster is an area with its neighbours at twice the risk. It only has to say that there is
some cluster, not where. What it misses, every method misses that keeps to 5 % on such maps.

Counts are drawn area by area, with no fixed total: the planted cases come on top.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.special import gammaln, logsumexp

from tests.bench.chance_maps import Ground, Kind

Array = NDArray[np.float64]
TIMES = 2.0
ALPHA = 0.05
_NODES, _WEIGHTS = np.polynomial.hermite_e.hermegauss(60)
_LOG_WEIGHTS = np.log(_WEIGHTS / _WEIGHTS.sum())


def most_found(kind: Kind, ground: Ground, maps: int = 2_000, seed: int = 11) -> float:
    """The share of maps with a planted cluster on which the best test says that there is one."""
    rng = np.random.default_rng(seed)
    expected = ground.people * (ground.cases / ground.people.sum())
    middles = np.flatnonzero(ground.neighbours.cardinalities >= 4)
    n = len(expected)
    zones = sparse.csr_array(ground.neighbours.matrix + sparse.eye_array(n, format="csr"))[middles]
    law = law_of(kind)

    def evidence(cases: Array) -> Array:
        gained = law(cases, TIMES * expected) - law(cases, expected)
        return np.asarray(logsumexp((zones @ gained.T).T, axis=1))

    chance = evidence(_drawn(kind, np.broadcast_to(expected, (maps, n)), rng))
    planted = np.broadcast_to(expected, (maps, n)).copy()
    for row, zone in enumerate(rng.integers(len(middles), size=maps)):
        planted[row, zones.indices[zones.indptr[zone] : zones.indptr[zone + 1]]] *= TIMES
    least = np.quantile(chance, 1 - ALPHA)
    return float(np.mean(evidence(_drawn(kind, planted, rng)) > least))


def law_of(kind: Kind) -> Callable[[Array, Array], Array]:
    """Logarithms of the probabilities of counts with so much expected, less log(1/count!)."""
    if kind.variance > 1:
        extra = kind.variance - 1
        return lambda cases, mean: _bunched(cases, mean / extra, extra)
    if kind.variation:
        log_variance = np.log1p(kind.variation**2)
        shifts = np.sqrt(log_variance) * _NODES - log_variance / 2
        return lambda cases, mean: _lognormal(cases, mean, shifts)
    return lambda cases, mean: cases * np.log(mean) - mean


def _bunched(cases: Array, sizes: Array, extra: float) -> Array:
    gammas = gammaln(cases + sizes) - gammaln(sizes)
    return np.asarray(gammas - sizes * np.log1p(extra) + cases * np.log(extra / (1 + extra)))


def _lognormal(cases: Array, mean: Array, shifts: Array) -> Array:
    """One node of the quadrature after the other: maps times areas times nodes are too many."""
    total = np.full(cases.shape, -np.inf)
    for shift, log_weight in zip(shifts, _LOG_WEIGHTS, strict=True):
        term = cases * (np.log(mean) + shift) - mean * np.exp(shift) + log_weight
        total = np.logaddexp(total, term)
    return total


def _drawn(kind: Kind, expected: Array, rng: np.random.Generator) -> Array:
    """Counts of many maps, a row each."""
    if kind.variance > 1:
        extra = kind.variance - 1
        return rng.poisson(rng.gamma(expected / extra, extra)).astype(float)
    if kind.variation:
        log_variance = np.log1p(kind.variation**2)
        spread = np.sqrt(log_variance)
        expected = expected * rng.lognormal(-log_variance / 2, spread, expected.shape)
    return rng.poisson(expected).astype(float)
