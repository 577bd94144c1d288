"""How likely chance gives areas, or areas with their neighbours, as many or as few cases."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from geo.uneven_risk import Unevenness

Array = NDArray[np.float64]
Tail = Callable[[Array, Array, Array], Array]
Integers = NDArray[np.intp]


@dataclass(frozen=True)
class Base:
    """What areas are compared with: expected cases of all, and how much areas differ.

    ``uncertainty`` is the relative variance of the rate, known from so many cases.
    """

    expected: Array
    uneven: Unevenness
    uncertainty: float


def worst_tails(
    tail: Tail,
    cases: Array,
    base: Base,
    zones: sparse.csr_array | None,
    weights: Array | float = 1.0,
    without: Integers | None = None,
) -> Array:
    """p-values of all areas, or zones, under the model that gives the larger one.

    ``weights`` take areas out of all zones, ``without`` one area out of each.
    """
    squared, extra = base.uneven.most_differences, base.uneven.most_bunching
    expected = base.expected
    by_differences = (1 / (1 + squared * expected), expected + squared * expected**2)
    by_bunching = (np.ones(len(expected)), expected * (1 + extra))
    found = np.zeros(len(cases))
    for weight, variance in (by_differences, by_bunching):
        if zones is None:
            p = tail(cases, expected, variance)
        else:
            p = _of_zones(tail, cases, expected, variance, weight * weights, zones, without)
        found = np.maximum(found, p)
    return found


def _of_zones(
    tail: Tail,
    cases: Array,
    expected: Array,
    variance: Array,
    weights: Array,
    zones: sparse.csr_array,
    without: Integers | None,
) -> Array:
    """p-values of weighted sums over zones, as :func:`geo.uneven_risk.pooled_upper` takes them."""

    def sums(values: Array) -> Array:
        total = zones @ values
        return np.asarray(total if without is None else total - values[without])

    mean = sums(weights * expected)
    scale = np.where(mean > 0, sums(weights**2 * expected), 1.0) / np.where(mean > 0, mean, 1.0)
    return tail(sums(weights * cases) / scale, mean / scale, sums(weights**2 * variance) / scale**2)
