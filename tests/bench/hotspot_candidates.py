"""Methods that were candidates for finding hotspots; the one that the product uses comes last.

Each says of every area whether it has an own excess, is in a cluster, or is cold. Most of them know
only clusters: what is shown is then an area *and* its neighbours.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse
from scipy.special import ndtr

from geo.excess import Levels, find_excess
from geo.hotspot_classes import discoveries
from geo.local_statistics import gi_star
from geo.rates import empirical_bayes_rates
from geo.uneven_risk import lower, measure, upper
from tests.bench.chance_maps import Ground

Array = NDArray[np.float64]
Flags = NDArray[np.bool_]
ALPHA = 0.05
SIMULATED = 99


@dataclass(frozen=True)
class Shown:
    """What a map shows, by position of the area."""

    own: Flags
    cluster: Flags
    cold: Flags

    @property
    def hot(self) -> Flags:
        """Hot in either way."""
        return self.own | self.cluster


Method = Callable[[Array, Ground], Shown]


def zone_counts(cases: Array, ground: Ground) -> Shown:
    """Until 0.2: cases of area and neighbours are binomial by population; BH (Besag, Newell 1991).

    The binomial of a small share is taken for Poisson here.
    """
    return _both_sides(*_zone_tails(cases, ground, lambda expected: expected))


def smoothed_gi_star(cases: Array, ground: Ground) -> Shown:
    """Gi* of empirical Bayes rates under randomisation, normal p-values, BH (Ord, Getis 1995)."""
    people = pd.Series(ground.people)
    rates = empirical_bayes_rates(pd.Series(cases), people).to_numpy()
    z = np.nan_to_num(gi_star(np.asarray(rates, dtype=np.float64), ground.neighbours))
    return _both_sides(ndtr(-z), ndtr(z))


def scan(cases: Array, ground: Ground) -> Shown:
    """Kulldorff's spatial scan statistic (1997), zones an area and its neighbours, Poisson.

    The likelihood ratio of a zone against the largest of `SIMULATED` maps of constant risk; single
    areas against a Poisson count, BH.
    """
    zones, expected = _zones(ground), _expected(cases, ground)
    rng = np.random.default_rng(1)
    maps = rng.multinomial(int(cases.sum()), ground.people / ground.people.sum(), SIMULATED)
    inside = zones @ expected
    drawn = _likelihood_ratio((zones @ maps.T).T, inside, cases.sum())
    seen = _likelihood_ratio(zones @ cases, inside, cases.sum())
    least = np.sort(drawn.max(axis=1))[-int(ALPHA * (SIMULATED + 1))]
    high = zones @ cases > inside
    found = seen > least
    own = discoveries(upper(cases, expected, expected), ALPHA / 2)
    return Shown(
        own,
        ((zones @ (found & high).astype(float)) > 0) & (cases > expected),
        ((zones @ (found & ~high).astype(float)) > 0) & (cases < expected),
    )


def negative_binomial(cases: Array, ground: Ground) -> Shown:
    """Areas and zones as negative binomials, over-dispersion measured on the whole map; BH."""
    expected = _expected(cases, ground)
    uneven = measure(cases, expected)
    high, low = _zone_tails(cases, ground, uneven.variance)
    zones = _both_sides(high, low)
    own = discoveries(upper(cases, expected, uneven.variance(expected)), ALPHA / 2)
    return Shown(own, zones.cluster, zones.cold)


def chosen(cases: Array, ground: Ground) -> Shown:
    """`geo.excess`: what is looked at is left out of what it is compared with; peaks come first."""
    matrix = ground.neighbours.matrix
    tested = ground.neighbours.cardinalities > 0
    found = find_excess(cases, ground.people, matrix, tested, Levels.of(ALPHA))
    return Shown(found.own, found.cluster, found.cold)


METHODS: dict[str, Method] = {
    "zone counts by population (until 0.2)": zone_counts,
    "Gi* of smoothed rates": smoothed_gi_star,
    "spatial scan, Poisson": scan,
    "negative binomial, whole map": negative_binomial,
    "geo.excess (chosen)": chosen,
}


def _zones(ground: Ground) -> sparse.csr_array:
    return sparse.csr_array(ground.neighbours.matrix + sparse.eye_array(len(ground.people)))


def _expected(cases: Array, ground: Ground) -> Array:
    return np.asarray(ground.people * (cases.sum() / ground.people.sum()))


def _zone_tails(
    cases: Array, ground: Ground, variance: Callable[[Array], Array]
) -> tuple[Array, Array]:
    zones, expected = _zones(ground), _expected(cases, ground)
    counts, means, variances = zones @ cases, zones @ expected, zones @ variance(expected)
    return upper(counts, means, variances), lower(counts, means, variances)


def _both_sides(high: Array, low: Array) -> Shown:
    found = discoveries(np.minimum(high, low), ALPHA / 2)
    return Shown(np.zeros(len(high), dtype=bool), found & (high < low), found & (low < high))


def _likelihood_ratio(inside: Array, expected: Array, total: float) -> Array:
    """The logarithm of Kulldorff's ratio, of high and of low zones."""
    outside, rest = total - inside, total - expected
    with np.errstate(divide="ignore", invalid="ignore"):
        within = np.where(inside > 0, inside * np.log(inside / expected), 0.0)
        without = np.where(outside > 0, outside * np.log(outside / rest), 0.0)
    return within + without
