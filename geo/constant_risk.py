"""Cases drawn by chance, given how many people live where.

The null "cases fall by population": everybody is equally likely to be behind the next case.

With the total fixed, counts of areas are multinomial in proportion to their people. This is the
constant-risk hypothesis (Waller and Gotway 2004, *Applied Spatial Statistics for Public Health
Data*, ch. 7); it knows that the rate of a small village varies more than that of a town.

Where areas were measured to differ by themselves (:mod:`geo.uneven_risk`), counts are negative
binomial with the measured variance instead.
"""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from geo.sequential import Plan, Tails, sequential_p
from geo.uneven_risk import Unevenness

Array = NDArray[np.float64]
Integers = NDArray[np.intp]


@dataclass(frozen=True)
class ConstantRisk:
    """Counted ``cases`` of areas with ``people`` (all positive), and the neighbours ``around``.

    ``around`` is a symmetric n x n matrix of ones without a diagonal. ``uneven`` is how much areas
    differ by themselves: not at all under constant risk.
    """

    cases: Array
    people: Array
    around: sparse.csr_array
    uneven: Unevenness = field(default_factory=Unevenness)

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
        if self.uneven.measured:
            return self._uneven_zone_p(tested, rng, plan)
        total = int(self.cases.sum())
        shares = np.minimum(self.shares + self.near_shares, 1.0)[tested]

        def draw(alive: Integers, size: int) -> Array:
            return np.asarray(_binomial(rng, total, shares[alive], size), np.float64)

        seen = self.cases + self.around @ self.cases
        return sequential_p(np.asarray(seen)[tested], draw, plan)

    def moran_p(self, tested: Integers, rng: np.random.Generator, plan: Plan) -> Tails:
        """Is the product of an area's and its neighbours' excess larger, or smaller, than chance?

        Excess is standardised, (y - E)/√E; all neighbours are taken together as one area. The
        cases of both together are binomial, and so are the area's own among them. A p-value speaks
        of one area, so each is drawn by itself: a map drawn whole would give the same, at nine
        times the cost where few areas are left to test.
        """
        if self.uneven.measured:
            return self._uneven_moran_p(tested, rng, plan)
        total = int(self.cases.sum())
        own_shares, expected = self.shares[tested], self.expected[tested]
        both_shares = np.minimum(own_shares + self.near_shares[tested], 1.0)
        parts = np.minimum(own_shares / np.where(both_shares > 0, both_shares, 1.0), 1.0)
        near_expected = np.asarray(self.around @ self.expected)[tested]

        def draw(alive: Integers, size: int) -> Array:
            both = _binomial(rng, total, both_shares[alive], size)
            own = rng.binomial(both, parts[alive])
            return _excess(own, expected[alive]) * _excess(both - own, near_expected[alive])

        seen = np.asarray(self.around @ self.cases)[tested]
        product = _excess(self.cases[tested], expected) * _excess(seen, near_expected)
        return sequential_p(product, draw, plan)

    def _uneven_zone_p(self, tested: Integers, rng: np.random.Generator, plan: Plan) -> Tails:
        """`zone_p` where areas differ: the zone's variance is the sum of its areas'."""
        means, variances = self._with_around(self.expected)[tested], self._with_around(self._spread)
        variances = variances[tested]

        def draw(alive: Integers, size: int) -> Array:
            return _negative_binomial(rng, means[alive], variances[alive], size)

        return sequential_p(self._with_around(self.cases)[tested], draw, plan)

    def _uneven_moran_p(self, tested: Integers, rng: np.random.Generator, plan: Plan) -> Tails:
        """`moran_p` where areas differ; an area and its neighbours vary independently."""
        expected, spread = self.expected[tested], self._spread[tested]
        near = np.asarray(self.around @ self.expected)[tested]
        near_spread = np.asarray(self.around @ self._spread)[tested]

        def draw(alive: Integers, size: int) -> Array:
            own = _negative_binomial(rng, expected[alive], spread[alive], size)
            around = _negative_binomial(rng, near[alive], near_spread[alive], size)
            return _excess(own, expected[alive]) * _excess(around, near[alive])

        seen = np.asarray(self.around @ self.cases)[tested]
        product = _excess(self.cases[tested], expected) * _excess(seen, near)
        return sequential_p(product, draw, plan)

    @property
    def _spread(self) -> Array:
        return self.uneven.variance(self.expected)

    def _with_around(self, values: Array) -> Array:
        return np.asarray(values + self.around @ values)


def _binomial(rng: np.random.Generator, total: int, shares: Array, size: int) -> NDArray[np.int64]:
    """``size`` draws (rows) for each share. One share after the other: NumPy prepares it once."""
    return rng.binomial(total, shares[:, None], (len(shares), size)).T


def _negative_binomial(
    rng: np.random.Generator, means: Array, variances: Array, size: int
) -> Array:
    """``size`` draws (rows) for each mean; no mean, no cases."""
    some = np.maximum(means, 1e-12)
    over = np.maximum(variances - means, 1e-12)
    sizes = some**2 / over
    drawn = rng.negative_binomial(sizes, sizes / (sizes + some), (size, len(means)))
    return np.where(means > 0, drawn, 0).astype(np.float64)


def _excess(cases: Array | NDArray[np.int64], expected: Array) -> Array:
    # An area without neighbours expects nothing around it, and has no excess.
    spread = np.sqrt(np.where(expected > 0, expected, 1.0))
    return np.asarray((cases - expected) / spread)
