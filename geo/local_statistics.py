"""Gi* and local Moran of rates, as esda computes them; NaN where they are not defined.

Gi* (Ord and Getis 1995, "Local spatial autocorrelation statistics", *Geographical Analysis* 27(4),
eq. 14) is standardised under the null that values are dealt out at random, with mean x̄ and
standard deviation s of all n areas: (Σ_j x_j - x̄ c) / (s √((n c - c²) / (n - 1))), the sum over
the area itself and its neighbours, c in number. Local Moran (Anselin 1995, "Local indicators of
spatial association", *Geographical Analysis* 27(2)) is the product of an area's standardised value
and the mean of its neighbours'; all of them add up to n - 1 times Moran's I.
"""

import warnings

import numpy as np
from numpy.typing import NDArray

from geo.weights import Neighbours

Array = NDArray[np.float64]

# Values that differ by rounding alone do not differ.
_SAME = 1e-12


def differ(values: Array) -> bool:
    """Whether there is anything to compare: values equal but for rounding are equal."""
    return len(values) > 0 and bool(np.ptp(values) > _SAME * np.abs(values).max())


def gi_star(values: Array, neighbours: Neighbours) -> Array:
    """Standardised Gi* (z) of each area: esda's ``G_Local(transform="B", star=True).Zs``.

    Not defined where all values are equal, or where an area and its neighbours are the whole map.
    (esda's ``transform="R"`` takes the variance of a sum for that of a mean; the published formula
    is met by binary weights.)
    """
    if len(values) < 3 or not differ(values):
        return np.full(len(values), np.nan)
    # Seconds to import, with all that it imports; only who looks for hotspots waits for it.
    from esda.getisord import G_Local

    with np.errstate(divide="ignore", invalid="ignore"):
        graph = neighbours.graph_with_itself
        z = G_Local(values, graph, transform="B", star=None, permutations=0).Zs
    return np.where(neighbours.cardinalities + 1 < len(values), z, np.nan)


def local_moran(values: Array, neighbours: Neighbours) -> Array:
    """Local Moran's I of each area, weights standardised by row: esda's ``Moran_Local().Is``.

    Not defined where all values are equal, or for an area without neighbours.
    """
    # esda divides by n - 2.
    if len(values) < 3 or not differ(values):
        return np.full(len(values), np.nan)
    from esda.moran import Moran_Local

    # esda changes the filters for its own warnings.
    with warnings.catch_warnings(), np.errstate(divide="ignore", invalid="ignore"):
        local = Moran_Local(values, neighbours.graph_of_means, permutations=0).Is
    return np.where(neighbours.cardinalities > 0, local, np.nan)
