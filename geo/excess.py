"""Where cases are more, or fewer, than areas that differ by themselves have: alone and together.

Three things are told apart, each against counts that vary as much as those of this map do
(:mod:`geo.uneven_risk`) and at a level shared out among all areas (Bonferroni):

own
    An area has far more cases than its people let expect: a peak.
cluster
    An area and its neighbours (a *zone*) have too many cases together, and still have without the
    highest of them: a lone peak makes no cluster. Of a zone, those areas are in the cluster that
    have more cases than expected.
cold
    An area, or a zone, has too few cases, once own peaks and clusters are out of the map. They
    raise what all others are expected to have, and would turn them cold.

What is looked at is left out of what it is compared with: rate and over-dispersion are measured on
the other areas. So a peak cannot hide itself, or its like, by raising them (masking; Rosner 1983,
"Percentage points for a generalized ESD many-outlier procedure", *Technometrics* 25(2)). Zones are
taken one after the other, the most unlikely first, what was found leaving the map (Zhang, Assunção
and Kulldorff 2010, "Spatial scan statistics adjusted for multiple clusters", *J. Probab. Stat.*).

``python -m tests.bench.hotspot_methods`` compares this with other methods: false alarms on maps
that chance drew in several ways, and how many planted clusters are found.
"""

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from geo.uneven_risk import Unevenness, lower, measure, pooled_upper, upper
from geo.zone_tails import Array, Base, Integers, worst_tails

Flags = NDArray[np.bool_]

# Fewer areas cannot tell how much areas differ by themselves.
FEWEST = 10
# A zone without its highest area must be unlikely to this degree.
_WITHOUT_HIGHEST = 0.005
# Zones that are looked at more closely: unlikely without their highest area at first sight.
_FIRST_SIGHT = 0.5
# So many zones are looked at, each with a measurement of all others.
_LOOKS = 8
# Other zones that are left out as well, so that two clusters do not hide each other.
_ASIDE = 1


@dataclass(frozen=True)
class Levels:
    """Probabilities that chance alone shows any own peak, any cluster, any cold spot."""

    own: float
    cluster: float
    cold: float

    @classmethod
    def of(cls, alpha: float) -> Self:
        """Shares for maps that show any hotspot with a probability of at most ``alpha``.

        Those of peaks and clusters add up to half of it: what is left out of a measurement makes
        it look a little too even, and areas may differ more wildly than either model says. Cold
        spots, looked for after that, have their own.
        """
        return cls(0.12 * alpha, 0.38 * alpha, 0.6 * alpha)


@dataclass(frozen=True)
class Excess:
    """What was found, by position of the area.

    ``own_p`` and ``zone_p``: how likely chance gives the area, or the area with its neighbours, as
    many cases. ``zone`` is the position of the area in the middle of the cluster, -1 outside any.
    ``uneven`` is what the areas differ by themselves, found areas left out.
    """

    own: Flags
    zone: Integers
    cold: Flags
    own_p: Array
    zone_p: Array
    uneven: Unevenness

    @property
    def cluster(self) -> Flags:
        """Areas that belong to a cluster."""
        return np.asarray(self.zone >= 0)


def find_excess(
    cases: Array,
    people: Array,
    around: sparse.csr_array,
    tested: Flags,
    levels: Levels,
    *,
    even: bool = False,
) -> Excess:
    """Own peaks, clusters and cold spots.

    Parameters
    ----------
    cases, people
        Of n areas; all people positive.
    around
        Neighbours: symmetric n x n matrix of ones without a diagonal.
    tested
        Areas that may be found, alone or as the middle of a zone.
    levels
        How often chance may show something.
    even
        Take it that all run the same risk, and measure no differences. So it is with fewer than
        `FEWEST` areas.
    """
    if not cases.sum():
        none = np.zeros(len(cases), dtype=bool)
        blank = np.full(len(cases), np.nan)
        return Excess(none, np.full(len(cases), -1), none, blank, blank, Unevenness())
    search = _Search(cases, people, around, tested, even or len(cases) < FEWEST)
    search.take_peaks(levels.own)
    search.take_clusters(levels.cluster)
    search.take_peaks(levels.own)  # those that a cluster hid
    own_p, zone_p = search.own_p(), search.zone_p()
    cold = search.cold(levels.cold)
    return Excess(search.own, search.zone, cold, own_p, zone_p, search.base.uneven)


class _Search:
    """The map while it is searched: ``kept`` are the areas in which nothing was found."""

    def __init__(
        self, cases: Array, people: Array, around: sparse.csr_array, tested: Flags, even: bool
    ) -> None:
        n = len(cases)
        self.cases, self.people, self.tested, self.even = cases, people, tested, even
        self.level_expected = people * (cases.sum() / people.sum())
        self.zones = sparse.csr_array(around + sparse.eye_array(n, format="csr"))
        self.number = max(int(tested.sum()), 1)
        self.kept = np.ones(n, dtype=bool)
        self.own = np.zeros(n, dtype=bool)
        self.zone = np.full(n, -1, dtype=np.intp)
        self.base = self.base_of(self.kept)

    def base_of(self, areas: Flags) -> Base:
        """Rate and over-dispersion of some of the areas."""
        total, people = self.cases[areas].sum(), self.people[areas].sum()
        expected = self.people * ((total + 0.5) / people)
        uneven = Unevenness() if self.even else measure(self.cases[areas], expected[areas])
        return Base(expected, uneven, 1 / (total + 0.5))

    def enough(self, areas: Flags) -> bool:
        """Whether areas can be what others are compared with: half of the map is left."""
        return bool(2 * areas.sum() >= len(areas))

    def own_p(self) -> Array:
        """How likely chance gives each area as many cases, at first sight."""
        return worst_tails(upper, self.cases, self.base, None)

    def zone_p(self, free: Array | float = 1.0) -> Array:
        """The same of each area with its neighbours, as far as they are ``free``."""
        return worst_tails(upper, self.cases, self.base, self.zones, free)

    def take_peaks(self, level: float) -> None:
        """Find areas with an own excess."""
        least = level / self.number
        while True:
            p = np.where(self.tested & ~self.own, self.own_p(), np.inf)
            if not np.isfinite(p.min()):
                break
            candidates = np.flatnonzero(p <= max(least, p.min()))
            others = self.kept.copy()
            others[candidates] = False
            if not self.enough(others):
                break
            base = self.base_of(others)
            found = [at for at in candidates if self.pooled(np.array([at]), base) <= least]
            if not found:
                break
            self.own[found] = True
            self.kept[found] = False
            self.base = self.base_of(self.kept)

    def pooled(self, areas: Integers, base: Base) -> float:
        """How likely the areas have so many cases together."""
        return pooled_upper(self.cases[areas], base.expected[areas], base.uneven, base.uncertainty)

    def take_clusters(self, level: float) -> None:
        """Find zones with too many cases, the most unlikely first."""
        while (middle := self.next_cluster(level / self.number)) is not None:
            members = self.free_members(middle)
            high = members[self.cases[members] > self.level_expected[members]]
            self.zone[high] = middle
            self.kept[high] = False
            self.base = self.base_of(self.kept)

    def next_cluster(self, least: float) -> int | None:
        """The middle of the most unlikely zone that is a cluster."""
        free = (self.zone < 0).astype(float)
        p = self.zone_p(free)
        likely = ~self.tested | (self.without_highest(free) > _FIRST_SIGHT)
        p[likely] = np.inf
        order = [at for at in np.argsort(p, kind="stable")[:_LOOKS] if not likely[at]]
        for middle in order:
            members = self.free_members(int(middle))
            base = self.base_without(int(middle), p)
            if len(members) < 2 or base is None:
                continue
            if self.pooled(members, base) > least:
                return None
            if self.pooled(self.less_highest(members, base), base) <= _WITHOUT_HIGHEST:
                return int(middle)
        return None

    def base_without(self, middle: int, p: Array) -> Base | None:
        """What a zone is compared with: the map without it, and without `_ASIDE` other zones."""
        others = self.kept.copy()
        others[self.free_members(middle)] = False
        if not self.enough(others):
            return None
        aside, taken = 0, set(self.free_members(middle).tolist())
        for at in np.argsort(p, kind="stable"):
            if aside == _ASIDE or not np.isfinite(p[at]):
                break
            members = self.free_members(int(at))
            if taken.isdisjoint(members.tolist()):
                taken |= set(members.tolist())
                aside += 1
                others[members] = False
        if not self.enough(others):
            return None
        return self.base_of(others)

    def free_members(self, middle: int) -> Integers:
        """An area and its neighbours, as far as they are in no cluster yet."""
        members = self.members(middle)
        return members[self.zone[members] < 0]

    def members(self, middle: int) -> Integers:
        """An area and its neighbours."""
        begin, end = self.zones.indptr[middle : middle + 2]
        return np.asarray(self.zones.indices[begin:end], dtype=np.intp)

    def less_highest(self, members: Integers, base: Base) -> Integers:
        """The members of a zone without the one whose cases are the least likely."""
        p = [self.pooled(members[at : at + 1], base) for at in range(len(members))]
        return np.delete(members, int(np.argmin(p)))

    def without_highest(self, weights: Array) -> Array:
        """p-values of all zones without their highest area, at first sight."""
        p = np.where(weights == 0, 1.0, self.own_p())
        rank = np.argsort(np.argsort(p))
        lowest = np.minimum.reduceat(rank[self.zones.indices], self.zones.indptr[:-1])
        highest = np.argsort(rank)[lowest]
        return worst_tails(upper, self.cases, self.base, self.zones, weights, highest)

    def cold(self, level: float) -> Flags:
        """Areas that have too few cases, alone or with neighbours, what was found left out."""
        least = level / 2 / self.number
        alone = worst_tails(lower, self.cases, self.base, None) <= least
        kept = self.kept.astype(float)
        zones = worst_tails(lower, self.cases, self.base, self.zones, kept) <= least
        in_zones = (self.zones @ (zones & self.tested).astype(float)) > 0
        fewer = self.cases < np.minimum(self.base.expected, self.level_expected)
        return np.asarray(self.kept & fewer & ((alone & self.tested) | in_zones))
