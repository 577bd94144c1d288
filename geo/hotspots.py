"""Hotspots of one period: where cases really cluster, and where a red colour would be chance.

What an area is called rests on :mod:`geo.excess`: an own excess, a cluster with its neighbours, a
cold spot, each against how much areas differ by themselves. Local statistics stand beside it. Per
area, i its index, y cases, n people, N(i) its neighbours (queen contiguity):

``gi_z``
    Getis-Ord Gi* of the crude rates, standardised (see :func:`geo.local_statistics.gi_star`).
``moran_i``
    Local Moran of the crude rates (see :func:`geo.local_statistics.local_moran`).

Their p-values are Monte-Carlo, one-sided and folded as esda's, under the null of the settings:

``measured`` (default)
    Areas differ by themselves, without neighbours being alike, as much as is measured in the map
    (:mod:`geo.uneven_risk`). Where nothing is measured, or areas are too few to measure it, this
    is the null ``population``.
``population``
    Cases fall in proportion to population. Mean rates are the wrong thing to look at then: a
    village of fifty people weighs as much as a town. The statistic with power is the number of
    cases in the area and its neighbours against what their people let expect (Besag and Newell
    1991, "The detection of clusters in rare diseases", *JRSS A* 154(1); in any fixed zone the
    likelihood ratio of Kulldorff 1997 rises with it). For ``moran_p`` counts are standardised
    under constant risk (Walter 1992; Waller and Gotway 2004, *Applied Spatial Statistics for
    Public Health Data*, sec. 7.4): (y_i - E_i)/√E_i times the same of all neighbours taken
    together, with E_i = n_i Σy/Σn.
``shuffled``
    Each area keeps its rate, the others' are dealt out anew. Given its own rate, Gi* and local
    Moran both rise or fall with the sum of the neighbours' rates, so one set of draws serves both.
    Classes rest on Gi* alone then; this is the usual method, to be compared with.

The false discovery rate of Gi* and local Moran is controlled at alpha over both directions
together: one-sided p-values at alpha/2. On a map that chance drew, the probability of any hotspot
is at most alpha.
"""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geo.constant_risk import ConstantRisk
from geo.excess import Excess
from geo.hotspot_classes import (
    HotspotClass,
    Null,
    discoveries,
    hot_kinds,
    hotspot_classes,
    moran_classes,
)
from geo.hotspot_settings import Settings
from geo.local_statistics import gi_star, local_moran
from geo.rates import crude_rates, empirical_bayes_rates, known
from geo.tested_areas import Array, Integers, TestedAreas
from geo.uneven_risk import Unevenness
from geo.weights import Neighbours

Words = NDArray[np.object_]

COLUMNS = (
    *("count", "population", "expected", "rate", "eb_rate"),
    *("neighbours", "near_count", "near_expected"),
    *("gi_z", "gi_p", "gi_class", "moran_i", "moran_p", "moran_class"),
    *("own_p", "zone_p", "hot_kind", "cluster"),
)


@dataclass(frozen=True)
class Hotspots:
    """The result for one period.

    ``table`` has one row per area, indexed by ``code`` in the order of the neighbours, with the
    columns `COLUMNS`. ``expected`` is what the area's own people let expect; ``near_count`` and
    ``near_expected`` are cases and expectation of the area *and* its neighbours, which is what
    ``gi_p`` speaks of. ``own_p`` and ``zone_p`` are what chance gives the area, or it with its
    neighbours, under `geo.excess`; ``hot_kind`` is a `geo.hotspot_classes.HotKind`, ``cluster`` the
    code of the area in the middle of the cluster, or empty. Rates are per 1,000 people. What cannot
    be computed is NaN, and its class ``few``. ``uneven`` is how much areas differ by themselves.
    ``draws`` is the largest number of draws an area needed, ``tested`` the number of areas tested,
    ``attached`` as in :class:`geo.weights.Neighbours`.
    """

    table: pd.DataFrame
    settings: Settings
    draws: int
    tested: int
    attached: tuple[tuple[str, str], ...]
    uneven: Unevenness

    @property
    def null(self) -> Null:
        """The null that was held to: where no differences were measured, constant risk."""
        if self.settings.null is Null.MEASURED and not self.uneven.measured:
            return Null.POPULATION
        return self.settings.null


def find_hotspots(
    cases: "pd.Series[Any]",
    population: "pd.Series[Any]",
    neighbours: Neighbours,
    settings: Settings | None = None,
) -> Hotspots:
    """Rates, Gi*, local Moran and their classes for every area of ``neighbours``.

    Parameters
    ----------
    cases
        Number of cases by area code. An area that is not named had none; NaN is no data.
    population
        Number of people by area code. Missing, zero or negative: the area has no data, and is
        nobody's neighbour.
    neighbours
        From :func:`geo.weights.contiguity`.
    settings
        Default: `Settings()`.

    Raises
    ------
    ValueError
        Cases that are negative or no whole numbers.
    """
    settings = settings or Settings()
    codes = pd.Index(neighbours.codes, name="code", dtype=object)
    counted = cases.reindex(codes, fill_value=0).astype(float)
    if ((counted < 0) | (counted % 1 > 0)).any():
        raise ValueError("cases are counts: whole numbers from 0")
    people = pd.to_numeric(population.reindex(codes)).astype(float)
    table = pd.DataFrame({"count": counted, "population": people}, index=codes)
    table["rate"] = crude_rates(counted, people)
    table["eb_rate"] = empirical_bayes_rates(counted, people)
    data = known(counted, people)
    some, near = table[data], neighbours.among(list(codes[data]))
    risk = ConstantRisk(some["count"].to_numpy(), some["population"].to_numpy(), near.matrix)
    areas = TestedAreas(risk, some["rate"].to_numpy(), near, settings)
    found = None if settings.null is Null.SHUFFLED else areas.excess()
    if found is not None:
        areas = replace(areas, risk=replace(risk, uneven=found.uneven))
    judged, draws = _judge(areas, found)
    table = table.join(judged)
    classes = ["gi_class", "moran_class"]
    table[classes] = table[classes].fillna("few")
    table[["hot_kind", "cluster"]] = table[["hot_kind", "cluster"]].fillna("")
    table["neighbours"] = table["neighbours"].fillna(0).astype(int)
    return Hotspots(
        table[list(COLUMNS)],
        settings,
        draws,
        len(areas.tested),
        neighbours.attached,
        areas.risk.uneven,
    )


def _judge(areas: TestedAreas, found: Excess | None) -> tuple[pd.DataFrame, int]:
    """The columns that only areas with data have, and the largest number of draws.

    Where rates were shuffled nothing is ``found``, and Gi* alone makes the classes.
    """
    gi, moran = areas.tails()
    n, level = len(areas.rates), areas.settings.alpha / 2
    gi_p, moran_p = (_spread(tails.folded, areas.tested, n) for tails in (gi, moran))
    blank = np.full(n, np.nan)
    if found is None:
        high = _spread(gi.high, areas.tested, n) < _spread(gi.low, areas.tested, n)
        classes = hotspot_classes(discoveries(gi_p, level), high, areas.few)
        own, cluster = np.zeros(n, dtype=bool), np.ones(n, dtype=bool)
    else:
        own, cluster = found.own, found.cluster
        classes = hotspot_classes(own | cluster | found.cold, own | cluster, areas.few)
    kinds = hot_kinds(own, cluster, classes == str(HotspotClass.HOT))
    own_high, near_high = areas.quadrants()
    columns = {
        "expected": areas.risk.expected,
        "neighbours": areas.neighbours.cardinalities,
        "near_count": areas.near,
        "near_expected": areas.near_expected,
        "gi_z": gi_star(areas.rates, areas.neighbours),
        "gi_p": gi_p,
        "gi_class": classes,
        "moran_i": local_moran(areas.rates, areas.neighbours),
        "moran_p": moran_p,
        "moran_class": moran_classes(discoveries(moran_p, level), own_high, near_high, areas.few),
        "own_p": blank if found is None else found.own_p,
        "zone_p": blank if found is None else found.zone_p,
        "hot_kind": kinds,
        "cluster": _middles(areas, found, classes),
    }
    draws = max(gi.draws.max(initial=0), moran.draws.max(initial=0))
    return pd.DataFrame(columns, index=list(areas.neighbours.codes)), int(draws)


def _middles(areas: TestedAreas, found: Excess | None, classes: Words) -> Words:
    """The code in the middle of each hot area's cluster; empty outside."""
    codes = np.array([*areas.neighbours.codes, ""], dtype=object)
    at = np.full(len(classes), -1) if found is None else found.zone
    return np.where(classes == str(HotspotClass.HOT), codes[at], "")


def _spread(values: Array, at: Integers, size: int) -> Array:
    """An array of NaN with ``values`` at the positions ``at``."""
    spread = np.full(size, np.nan)
    spread[at] = values
    return spread
