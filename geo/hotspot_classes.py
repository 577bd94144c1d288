"""What an area is said to be: hotspot classes with their Chinese labels, and who gets which.

An area is called hot, cold or clustered only if its p-value survives the false-discovery-rate
control of Benjamini and Hochberg (1995, "Controlling the false discovery rate", *JRSS B* 57(1)),
*and* enough cases and neighbours stand behind it. The control counts all areas that were tested,
the ones with too few cases too: leaving them out after a look at their cases would be cheating.
"""

import numpy as np
from numpy.typing import NDArray

from geo.labelled import Labelled

Array = NDArray[np.float64]
Flags = NDArray[np.bool_]
Words = NDArray[np.object_]


class Null(Labelled):
    """What a map without hotspots looks like (see :mod:`geo.hotspots`)."""

    MEASURED = "measured", "各区域本来有多大差别，由数据量出"
    POPULATION = "population", "案件按人口随机分布"
    SHUFFLED = "shuffled", "各区域的比率随机互换"


class HotspotClass(Labelled):
    """Class of an area by Getis-Ord Gi*: it together with its neighbours."""

    HOT = "hot", "热点"
    COLD = "cold", "冷点"
    NONE = "none", "不显著"
    FEW = "few", "数据太少"


class HotKind(Labelled):
    """In what way an area is hot."""

    OWN = "own", "自身偏多"
    CLUSTER = "cluster", "成片偏多"
    BOTH = "both", "自身和成片都偏多"
    NONE = "", ""


# The kinds of areas that have an excess of their own.
OWN = (HotKind.OWN, HotKind.BOTH)


class MoranClass(Labelled):
    """Class of an area by local Moran: the area, then its neighbours."""

    HIGH_HIGH = "high-high", "高-高"
    LOW_LOW = "low-low", "低-低"
    HIGH_LOW = "high-low", "高-低"
    LOW_HIGH = "low-high", "低-高"
    NONE = "none", "不显著"
    FEW = "few", "数据太少"


def discoveries(p: Array, level: float) -> Flags:
    """Which tests the Benjamini-Hochberg step rejects at ``level``; NaN is no test.

    Of n p-values in order, those up to the last with p(k) * n / k <= level (Benjamini and Hochberg
    1995, *J. R. Stat. Soc. B* 57). `scipy.stats` has it, and takes a second to import.
    """
    tested = np.sort(p[~np.isnan(p)])
    adjusted = tested * (len(tested) / np.arange(1, len(tested) + 1))
    below = np.flatnonzero(adjusted <= level)
    if not len(below):
        return np.zeros(len(p), dtype=bool)
    return np.asarray(p <= tested[below[-1]])


def hotspot_classes(found: Flags, high: Flags, few: Flags) -> Words:
    """Hot where ``found`` and ``high``, cold where found and not high; ``few`` goes before."""
    return _choose(
        [
            (few, HotspotClass.FEW),
            (found & high, HotspotClass.HOT),
            (found & ~high, HotspotClass.COLD),
        ],
        HotspotClass.NONE,
    )


def hot_kinds(own: Flags, cluster: Flags, hot: Flags) -> Words:
    """In what way the areas that are ``hot`` are so."""
    return _choose(
        [
            (hot & own & cluster, HotKind.BOTH),
            (hot & own, HotKind.OWN),
            (hot & cluster, HotKind.CLUSTER),
        ],
        HotKind.NONE,
    )


def moran_classes(found: Flags, own_high: Flags, near_high: Flags, few: Flags) -> Words:
    """The quadrant of Moran's scatterplot where ``found``; ``few`` goes before."""
    return _choose(
        [
            (few, MoranClass.FEW),
            (found & own_high & near_high, MoranClass.HIGH_HIGH),
            (found & ~own_high & ~near_high, MoranClass.LOW_LOW),
            (found & own_high & ~near_high, MoranClass.HIGH_LOW),
            (found & ~own_high & near_high, MoranClass.LOW_HIGH),
        ],
        MoranClass.NONE,
    )


def _choose(rules: list[tuple[Flags, Labelled]], otherwise: Labelled) -> Words:
    """The key of the first rule that holds, for each area."""
    chosen = np.full(len(rules[0][0]), str(otherwise), dtype=object)
    for holds, key in reversed(rules):
        chosen[holds] = str(key)
    return chosen
