"""Numbers of hotspots as their reader may see them: exact, or with small counts kept from view.

Outside the handling office (`ledger.statistics.small_counts`)

- a count below three is not told, nor the rates that are that count divided by people;
- expected cases and smoothed rates depend on the total, from which one hidden count could be
  worked out: they are computed anew with every hidden count taken as one, so that they do not
  depend on the hidden counts at all;
- test statistics (Gi* z, local Moran, cases with the neighbours) can be solved for a neighbour's
  count and are not told; probabilities are told in steps;
- classes (hot, cold …) are those of the exact counts: they are the answer that leaders need.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from geo.rates import PER_THOUSAND, empirical_bayes_rates, known
from ledger.statistics.small_counts import LEAST

# Below which of these a probability lies is all that is told of it.
STEPS = (0.001, 0.01, 0.05, 0.1, 0.5, 1.0)
_TAKEN_AS = 1.0
_SOLVABLE = ("gi_z", "moran_i", "near_count", "near_expected")


@dataclass(frozen=True, eq=False)
class Seen:
    """Numbers by area code: the columns of `geo.hotspots.COLUMNS`, and ``before``, ``year_before``.

    Counts that are hidden are NA (``count``, ``before`` and ``year_before`` are ``Int64``).
    ``exact`` says whether nothing is hidden.
    """

    table: pd.DataFrame
    exact: bool

    @cached_property
    def hidden(self) -> int:
        """In how many areas the count of the period is hidden."""
        return int(self.table["count"].isna().sum())

    @cached_property
    def total(self) -> int:
        """The sum of the counts that are told."""
        return int(self.table["count"].sum())

    def of_class(self, name: str) -> list[str]:
        """The codes of one Gi* class, by code."""
        return sorted(self.table.index[self.table["gi_class"] == name])


def seen_by(
    table: pd.DataFrame,
    before: Mapping[str, int],
    year_before: Mapping[str, int],
    *,
    exact: bool,
) -> Seen:
    """The numbers for a reader: all of them if ``exact``, else without small counts."""
    shown = table.copy()
    shown["count"] = whole(table["count"], exact=exact)
    for name, counts in (("before", before), ("year_before", year_before)):
        earlier = pd.Series(counts, dtype="float64").reindex(table.index, fill_value=0.0)
        shown[name] = whole(earlier, exact=exact)
    if not exact:
        _hide(shown, table)
    return Seen(shown, exact)


def whole(counts: pd.Series, *, exact: bool) -> pd.Series:
    """Counts as ``Int64``; unless ``exact``, those that are small are NA."""
    kept = counts.astype("float64") if exact else counts.where(counts >= LEAST).astype("float64")
    return kept.round().astype("Int64")


def step_of(probability: float) -> float:
    """The step that a probability lies below; NaN for none."""
    if np.isnan(probability):
        return float("nan")
    return next(step for step in STEPS if probability <= step)


def _hide(shown: pd.DataFrame, table: pd.DataFrame) -> None:
    """Take out, in place, whatever leads to a small count."""
    small = shown["count"].isna()
    taken = table["count"].where(~small, _TAKEN_AS)
    people = table["population"]
    there = known(taken, people)
    share = taken[there].sum() / people[there].sum() if there.any() else np.nan
    shown["expected"] = (people * share).where(there).round()
    shown["rate"] = (table["rate"]).where(~small)
    shown["eb_rate"] = empirical_bayes_rates(taken, people, PER_THOUSAND).where(~small)
    for column in _SOLVABLE:
        shown[column] = np.nan
    for column in ("gi_p", "moran_p"):
        shown[column] = table[column].astype(float).map(step_of)
