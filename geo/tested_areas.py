"""The areas with data: who is whose neighbour, which are tested, and how likely chance is."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from geo.constant_risk import ConstantRisk
from geo.excess import Excess, Levels, find_excess
from geo.hotspot_classes import Null
from geo.hotspot_settings import Settings
from geo.local_statistics import differ
from geo.sequential import Plan, Tails
from geo.shuffled_rates import ShuffledRates
from geo.weights import Neighbours

Array = NDArray[np.float64]
Integers = NDArray[np.intp]
Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class TestedAreas:
    """The areas with data: cases, people and rates of each, and who is whose neighbour."""

    risk: ConstantRisk
    rates: Array
    neighbours: Neighbours
    settings: Settings

    @cached_property
    def z(self) -> Array:
        """Rates in standard deviations from their mean; zeros if all are equal."""
        if not differ(self.rates):
            return np.zeros(len(self.rates))
        return np.asarray((self.rates - self.rates.mean()) / self.rates.std())

    @cached_property
    def near_z(self) -> Array:
        """Sums of `z` over the neighbours."""
        return np.asarray(self.neighbours.matrix @ self.z)

    @cached_property
    def near(self) -> Array:
        """Cases in the area and its neighbours."""
        return np.asarray(self.risk.cases + self.neighbours.matrix @ self.risk.cases)

    @cached_property
    def near_expected(self) -> Array:
        """Cases expected in the area and its neighbours."""
        expected = self.risk.expected
        return np.asarray(expected + self.neighbours.matrix @ expected)

    @cached_property
    def alone(self) -> Flags:
        """Areas with too few neighbours."""
        return np.asarray(self.neighbours.cardinalities < self.settings.minimum_neighbours)

    @cached_property
    def few(self) -> Flags:
        """Areas with too little behind them to judge."""
        most = np.maximum(self.near, self.near_expected)
        return np.asarray(self.alone | (most < self.settings.minimum_cases))

    @cached_property
    def tested(self) -> Integers:
        """Positions of the areas that are tested.

        Whom to test must not depend on the cases seen; ``few`` only takes back what was found.
        """
        return np.flatnonzero(~self.alone & (self.risk.cases.sum() > 0))

    def excess(self) -> Excess:
        """Own peaks, clusters and cold spots."""
        return find_excess(
            self.risk.cases,
            self.risk.people,
            self.neighbours.matrix,
            ~self.alone,
            Levels.of(self.settings.alpha),
            even=self.settings.null is Null.POPULATION,
        )

    def tails(self) -> tuple[Tails, Tails]:
        """One-sided p-values of the tested areas, for Gi* and for local Moran."""
        gi_seed, moran_seed = np.random.SeedSequence(self.settings.seed).spawn(2)
        gi_rng, moran_rng = np.random.default_rng(gi_seed), np.random.default_rng(moran_seed)
        level, most = self.settings.alpha / 2, self.settings.most_draws
        plan = Plan(level, len(self.tested), most, self.settings.draws)
        if self.settings.null is not Null.SHUFFLED:
            with ThreadPoolExecutor(1) as beside:  # NumPy draws without holding Python's lock
                gi = beside.submit(self.risk.zone_p, self.tested, gi_rng, plan)
                moran = self.risk.moran_p(self.tested, moran_rng, plan)
            return gi.result(), moran
        shuffled = ShuffledRates(self.z, self.neighbours.cardinalities, self.near_z)
        tails = shuffled.near_p(self.tested, gi_rng, plan)
        return tails, tails

    def quadrants(self) -> tuple[Flags, Flags]:
        """Whether the area, and whether its neighbours, are above what the null lets expect."""
        if self.settings.null is Null.SHUFFLED:
            return self.z > 0, self.near_z > 0
        expected = self.risk.expected
        above = self.near - self.risk.cases > self.near_expected - expected
        return self.risk.cases > expected, above
