"""Changes over time: counts against another period, and patterns of hotspots over periods.

Pure functions on numbers and classes; which period is compared with which is the caller's choice.
The patterns follow the idea of emerging hot spot analysis on space-time cubes (Esri 2014, *ArcGIS
Pro: How Emerging Hot Spot Analysis works*), with fewer and plainer categories.
"""

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import betainc

from geo.hotspot_classes import HotspotClass
from geo.labelled import Labelled

Flags = NDArray[np.bool_]
Words = NDArray[np.object_]

PERIODS = 12
# Of the periods that could be judged, the share in which a persistent hotspot was hot.
LASTING = 0.75
LEAST_LASTING = 3
# Below this a percentage is misleading: one more case is already ten per cent.
SMALLEST_BASE = 10


class Pattern(Labelled):
    """How an area was hot over the last periods; see :func:`patterns`."""

    EMERGING = "emerging", "新出现"
    PERSISTENT = "persistent", "持续"
    FADING = "fading", "消退"
    SPORADIC = "sporadic", "偶发"
    NONE = "none", "非热点"


def patterns(classes: Words, periods: int = PERIODS) -> Words:
    """The pattern of each area over the last ``periods`` periods, the latest being "now".

    Of the hotspot classes only *hot* counts; a period with too few data (``few``) is neither hot
    nor judged. The first rule that holds gives the pattern:

    =========== ====================================================================
    none        hot in no period
    persistent  hot now, and in at least ¾ of the judged periods, three or more
    emerging    hot now, and before the unbroken run of hot periods up to now never
    fading      not hot now, but in at least two earlier periods
    sporadic    anything else: hot now and then, or once long ago
    =========== ====================================================================

    Parameters
    ----------
    classes
        Areas x periods, keys of :class:`geo.hotspot_classes.HotspotClass`, oldest period first.
        Fewer periods than asked for are taken as they are.

    Returns
    -------
    numpy.ndarray
        A key of :class:`Pattern` per area.
    """
    window = classes[:, -periods:] if periods > 0 else classes[:, :0]
    hot = np.asarray(window == str(HotspotClass.HOT), dtype=bool)
    chosen = np.full(len(classes), str(Pattern.NONE), dtype=object)
    if hot.shape[1] == 0:
        return chosen
    now, times = hot[:, -1], hot.sum(axis=1)
    judged = (window != str(HotspotClass.FEW)).sum(axis=1)
    lasting = now & (times >= LEAST_LASTING) & (times >= LASTING * judged)
    chosen[times > 0] = str(Pattern.SPORADIC)
    chosen[~now & (times >= 2)] = str(Pattern.FADING)
    chosen[now & (times == _run_up_to_now(hot))] = str(Pattern.EMERGING)
    chosen[lasting] = str(Pattern.PERSISTENT)
    return chosen


def _run_up_to_now(hot: Flags) -> NDArray[np.intp]:
    """For each row, how many of the last values are true without a break."""
    return np.asarray(np.cumprod(hot[:, ::-1], axis=1).sum(axis=1), dtype=np.intp)


def compare(
    now: "pd.Series[Any]", before: "pd.Series[Any]", smallest_base: int = SMALLEST_BASE
) -> pd.DataFrame:
    """Counts of one period against another: the previous one, or the same of last year.

    Parameters
    ----------
    now, before
        Cases by area code; the periods are equally long. An area that one of them does not name
        had no cases then; NaN is a period without data.
    smallest_base
        A base below this gives no percentage.

    Returns
    -------
    pandas.DataFrame
        Indexed by area code, those of ``now`` first: ``now``, ``before``, ``difference``,
        ``percent`` (NaN on a tiny base), and ``p``, the two-sided probability of a difference as
        large or larger if nothing changed: given both together, the count of now is binomial with
        one half (Przyborowski and Wilenski 1940, *Biometrika* 31).
    """
    codes = now.index.append(before.index.difference(now.index, sort=False))
    table = pd.DataFrame(
        {
            "now": now.reindex(codes, fill_value=0).astype(float),
            "before": before.reindex(codes, fill_value=0).astype(float),
        },
        index=codes,
    )
    table["difference"] = table["now"] - table["before"]
    base = table["before"].where(table["before"] >= max(smallest_base, 1))
    table["percent"] = table["difference"] / base * 100
    smaller, both = (
        table[["now", "before"]].min(axis=1, skipna=False),
        table["now"] + table["before"],
    )
    # The lower tail of the binomial, as the incomplete beta function (DLMF 8.17.5).
    tail = np.where(both == 0, 1.0, betainc(both - smaller, smaller + 1, 0.5))
    table["p"] = np.minimum(2 * tail, 1.0)
    return table
