"""The null "cases fall by population": everybody is equally likely to be behind the next case.

With the total fixed, counts of areas are multinomial in proportion to their people. This is the
constant-risk hypothesis (Waller and Gotway 2004, *Applied Spatial Statistics for Public Health
Data*, ch. 7); it knows that the rate of a small village varies more than that of a town.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from geo.sequential import Plan, Tails, sequential_p

Array = NDArray[np.float64]
Integers = NDArray[np.intp]


@dataclass(frozen=True)
class ConstantRisk:
    """Counted ``cases`` of areas with ``people`` (all positive), and the neighbours ``around``.

    ``around`` is a symmetric n x n matrix of ones without a diagonal.
    """

    cases: Array
    people: Array
    around: sparse.csr_array

    @property
    def expected(self) -> Array:
        """Cases of each area if all its people ran the risk of everybody."""
        share = self.people / self.people.sum() if len(self.people) else self.people
        return np.asarray(self.cases.sum() * share)

    def zone_p(self, tested: Integers, rng: np.random.Generator, plan: Plan) -> Tails:
        """Is the number of cases in an area and its neighbours more, or less, than chance gives?

        For one area that number is binomial; the draws are held against that in the tests.
        """
        zones = sparse.csr_array(self.around + sparse.eye_array(len(self.cases), format="csr"))

        def draw(alive: Integers, size: int) -> Array:
            part = sparse.csr_array(zones[tested[alive]])
            cells = _named(part)
            return _sums(part, cells, self._maps(cells, size, rng))

        return sequential_p(np.asarray(zones @ self.cases)[tested], draw, plan)

    def moran_p(self, tested: Integers, rng: np.random.Generator, plan: Plan) -> Tails:
        """Is the product of an area's and its neighbours' excess larger, or smaller, than chance?

        Excess is standardised, (y - E)/√E; all neighbours are taken together as one area.
        """
        expected = self.expected
        near_expected = np.asarray(self.around @ expected)

        def product(at: Integers, own: Array, near: Array) -> Array:
            return _excess(own, expected[at]) * _excess(near, near_expected[at])

        def draw(alive: Integers, size: int) -> Array:
            at = tested[alive]
            part = sparse.csr_array(self.around[at])
            cells = np.union1d(_named(part), at)
            maps = self._maps(cells, size, rng)
            own = maps[:, np.searchsorted(cells, at)]
            return product(at, own, _sums(part, cells, maps))

        near = np.asarray(self.around @ self.cases)
        return sequential_p(product(tested, self.cases[tested], near[tested]), draw, plan)

    def _maps(self, cells: Integers, size: int, rng: np.random.Generator) -> Array:
        """``size`` maps (rows) of the areas ``cells``.

        Areas that nobody looks at are lumped together, which leaves the others' counts as random
        as they were.
        """
        shares = self.people[cells] / self.people.sum()
        rest = max(1.0 - shares.sum(), 0.0)
        drawn = rng.multinomial(int(self.cases.sum()), np.append(shares, rest), size=size)
        return np.asarray(drawn[:, :-1], dtype=np.float64)


def _excess(cases: Array, expected: Array) -> Array:
    # An area without neighbours expects nothing around it, and has no excess.
    spread = np.sqrt(np.where(expected > 0, expected, 1.0))
    return np.asarray((cases - expected) / spread)


def _named(part: sparse.csr_array) -> Integers:
    """The columns that a sparse matrix names, ascending."""
    return np.unique(part.indices).astype(np.intp)


def _sums(part: sparse.csr_array, cells: Integers, maps: Array) -> Array:
    """For each map (row) the sums over the areas that each row of ``part`` names."""
    return np.asarray((part[:, cells] @ maps.T).T)
