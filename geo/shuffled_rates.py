"""The null "rates shuffled": each area keeps its rate, and the other rates are permuted.

Conditional permutation (Anselin 1995, "Local indicators of spatial association", *Geographical
Analysis* 27(2)), as esda does it. Rates of small and large areas count alike, so small villages
look extreme by chance more often than they should; this null is offered for comparison.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geo.sequential import Plan, Tails, sequential_p

Array = NDArray[np.float64]
Integers = NDArray[np.intp]


@dataclass(frozen=True)
class ShuffledRates:
    """``rates`` of areas, the ``cardinalities`` of their neighbours and ``near`` sums of rates.

    ``near[i]`` is the sum of ``rates`` over the neighbours of area i.
    """

    rates: Array
    cardinalities: Integers
    near: Array

    def near_p(self, tested: Integers, rng: np.random.Generator, plan: Plan) -> Tails:
        """P-values of the sum of the neighbours' rates, against sums of other areas' rates.

        Given the own rate Gi* rises with that sum, and local Moran rises or falls with it.
        """

        def draw(alive: Integers, size: int) -> Array:
            return self._sums(tested[alive], size, rng)

        return sequential_p(self.near[tested], draw, plan)

    def _sums(self, areas: Integers, size: int, rng: np.random.Generator) -> Array:
        """``size`` x len(``areas``) sums over as many others as each area has neighbours.

        One row of distinct areas serves all: an area with k neighbours takes the first k that are
        not itself, which is every set of k others with equal probability. So the sums of the first
        1, 2, … areas of the row are computed once, and corrected where an area met itself.
        """
        n = len(self.rates)
        wanted = self.cardinalities[areas]
        width = min(int(wanted.max()) + 1, n)
        rows = distinct(rng, n, width, size)
        running = np.zeros((size, width + 1))
        np.cumsum(self.rates[rows], axis=1, out=running[:, 1:])
        sums = running[:, wanted]
        position = np.full(n, -1, dtype=np.intp)
        position[areas] = np.arange(len(areas))
        reach = np.where(position >= 0, self.cardinalities, 0)
        row, column = np.nonzero(np.arange(width) < reach[rows])
        itself = rows[row, column]
        others = running[row, self.cardinalities[itself] + 1] - self.rates[itself]
        sums[row, position[itself]] = others
        return sums


def distinct(rng: np.random.Generator, n: int, k: int, size: int) -> Integers:
    """``size`` rows of ``k`` distinct positions below ``n``, every ordered choice equally likely.

    Floyd's sampling (Bentley and Floyd 1987, "A sample of brilliance", *CACM* 30(9)) for all rows
    at once, then shuffled within each row.
    """
    rows = np.empty((size, k), dtype=np.intp)
    for step, top in enumerate(range(n - k, n)):
        pick = rng.integers(0, top + 1, size=size)
        taken = (rows[:, :step] == pick[:, None]).any(axis=1)
        rows[:, step] = np.where(taken, top, pick)
    return rng.permuted(rows, axis=1)
