"""Gi* and local Moran of rates, the values that esda computes; NaN where they are not defined.

Gi* (Ord and Getis 1995, "Local spatial autocorrelation statistics", *Geographical Analysis* 27(4),
eq. 14) is standardised under the null that values are dealt out at random, with mean x̄ and
standard deviation s of all n areas: (Σ_j x_j - x̄ c) / (s √((n c - c²) / (n - 1))), the sum over
the area itself and its neighbours, c in number. Local Moran (Anselin 1995, "Local indicators of
spatial association", *Geographical Analysis* 27(2)) is the product of an area's standardised value
and the mean of its neighbours', times (n - 1) / n; all of them add up to n - 1 times Moran's I.

Written out here: esda and libpysal take seconds and 60 MB to import, scikit-learn with them. The
tests hold the values against theirs.
"""

import numpy as np
from numpy.typing import NDArray

from geo.weights import Neighbours

Array = NDArray[np.float64]

# Values that differ by rounding alone do not differ.
_SAME = 1e-12


def differ(values: Array) -> bool:
    """Whether the values differ by more than rounding."""
    return len(values) > 0 and bool(np.ptp(values) > _SAME * np.abs(values).max())


def gi_star(values: Array, neighbours: Neighbours) -> Array:
    """Standardised Gi* (z) of each area: esda's ``G_Local(transform="B", star=True).Zs``.

    Not defined where all values are equal, or where an area and its neighbours are the whole map.
    (esda's ``transform="R"`` takes the variance of a sum for that of a mean; the published formula
    is met by binary weights.)
    """
    n = len(values)
    if n < 3 or not differ(values):
        return np.full(n, np.nan)
    number = neighbours.cardinalities + 1.0
    total = values + neighbours.matrix @ values
    spread = values.std() * np.sqrt((n * number - number**2) / (n - 1))
    with np.errstate(divide="ignore", invalid="ignore"):
        z = (total - values.mean() * number) / spread
    return np.where(number < n, z, np.nan)


def local_moran(values: Array, neighbours: Neighbours) -> Array:
    """Local Moran's I of each area, weights standardised by row: esda's ``Moran_Local().Is``.

    Not defined where all values are equal, or for an area without neighbours.
    """
    n = len(values)
    if n < 3 or not differ(values):
        return np.full(n, np.nan)
    z = (values - values.mean()) / values.std()
    with np.errstate(divide="ignore", invalid="ignore"):
        mean_around = (neighbours.matrix @ z) / neighbours.cardinalities
    return np.where(neighbours.cardinalities > 0, (n - 1) / n * z * mean_around, np.nan)
