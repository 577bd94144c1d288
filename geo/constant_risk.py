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
        return np.asarray(self.cases.sum() * self.shares)

    @property
    def shares(self) -> Array:
        """The part of all people who live in each area; they add up to 1."""
        return np.asarray(self.people / self.people.sum()) if len(self.people) else self.people

    @property
    def near_shares(self) -> Array:
        """The part of all people who live in the neighbours of each area."""
        return np.asarray(self.around @ self.shares)

    def zone_p(self, tested: Integers, rng: np.random.Generator, plan: Plan) -> Tails:
        """Is the number of cases in an area and its neighbours more, or less, than chance gives?

        For one area that number is binomial.
        """
        total = int(self.cases.sum())
        shares = np.minimum(self.shares + self.near_shares, 1.0)[tested]

        def draw(alive: Integers, size: int) -> Array:
            return np.asarray(rng.binomial(total, shares[alive], (size, len(alive))), np.float64)

        seen = self.cases + self.around @ self.cases
        return sequential_p(np.asarray(seen)[tested], draw, plan)

    def moran_p(self, tested: Integers, rng: np.random.Generator, plan: Plan) -> Tails:
        """Is the product of an area's and its neighbours' excess larger, or smaller, than chance?

        Excess is standardised, (y - E)/√E; all neighbours are taken together as one area. The
        cases of the area are binomial, and so are those of its neighbours among the others. A
        p-value speaks of one area, so each is drawn by itself: a map drawn whole would give the
        same, at nine times the cost where few areas are left to test.
        """
        total = int(self.cases.sum())
        own_shares, expected = self.shares[tested], self.expected[tested]
        others = np.maximum(1.0 - own_shares, np.finfo(float).tiny)
        near_shares = np.clip(self.near_shares[tested] / others, 0.0, 1.0)
        near_expected = np.asarray(self.around @ self.expected)[tested]

        def draw(alive: Integers, size: int) -> Array:
            own = rng.binomial(total, own_shares[alive], (size, len(alive)))
            near = rng.binomial(total - own, near_shares[alive])
            return _excess(own, expected[alive]) * _excess(near, near_expected[alive])

        seen = np.asarray(self.around @ self.cases)[tested]
        product = _excess(self.cases[tested], expected) * _excess(seen, near_expected)
        return sequential_p(product, draw, plan)


def _excess(cases: Array | NDArray[np.int64], expected: Array) -> Array:
    # An area without neighbours expects nothing around it, and has no excess.
    spread = np.sqrt(np.where(expected > 0, expected, 1.0))
    return np.asarray((cases - expected) / spread)
