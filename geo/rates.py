"""Rates of cases by population: as counted, and smoothed where people are few.

A rate of a small village jumps with every single case. The empirical Bayes rate draws it towards
the rate of all areas together, the more the fewer people it stands on (Marshall 1991, "Mapping
disease and mortality rates using empirical Bayes estimators", *Applied Statistics* 40(2), 283-294).

Areas whose population is missing, zero, negative or infinite, or whose cases are missing, have no
data: NaN, never 0.
"""

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Array = NDArray[np.float64]

PER_THOUSAND = 1000.0


def known(cases: "pd.Series[Any]", population: "pd.Series[Any]") -> NDArray[np.bool_]:
    """Where a rate can be computed at all; ``population`` is aligned to the index of ``cases``."""
    counted, people = _numbers(cases, population)
    with np.errstate(invalid="ignore"):
        return np.asarray(np.isfinite(counted) & np.isfinite(people) & (people > 0))


def crude_rates(
    cases: "pd.Series[Any]", population: "pd.Series[Any]", per: float = PER_THOUSAND
) -> "pd.Series[float]":
    """Cases per ``per`` people.

    Parameters
    ----------
    cases
        Number of cases, indexed by area code.
    population
        Number of people, indexed by area code; aligned to ``cases``.
    per
        People that the rate refers to.

    Returns
    -------
    pandas.Series
        Indexed as ``cases``; NaN where there are no data.
    """
    counted, people = _numbers(cases, population)
    rates = np.full(len(counted), np.nan)
    there = known(cases, population)
    rates[there] = counted[there] / people[there] * per
    return pd.Series(rates, index=cases.index, name="rate")


def empirical_bayes_rates(
    cases: "pd.Series[Any]", population: "pd.Series[Any]", per: float = PER_THOUSAND
) -> "pd.Series[float]":
    """Global empirical Bayes rates (Marshall 1991): the same values as esda's `Empirical_Bayes`.

    With the overall rate m = Σy/Σn, the rates r_i = y_i/n_i and the mean population n̄, the
    variance between areas is a = Σ n_i (r_i - m)² / Σn - m/n̄ and the smoothed rate is
    m + a / (a + m/n_i) · (r_i - m). Where a is not positive the areas differ no more than
    chance would have it, and Marshall takes a = 0: every area gets the overall rate (esda keeps the
    negative variance, which draws rates away from the mean).

    Parameters and result as for :func:`crude_rates`.
    """
    counted, people = _numbers(cases, population)
    there = known(cases, population)
    rates = np.full(len(counted), np.nan)
    if there.any():
        rates[there] = _marshall(counted[there], people[there]) * per
    return pd.Series(rates, index=cases.index, name="eb_rate")


def _marshall(cases: Array, population: Array) -> Array:
    mean = cases.sum() / population.sum()
    rates = cases / population
    between = np.average((rates - mean) ** 2, weights=population) - mean / population.mean()
    if between <= 0:
        return np.full(len(cases), mean)
    return np.asarray(mean + between / (between + mean / population) * (rates - mean))


def _numbers(cases: "pd.Series[Any]", population: "pd.Series[Any]") -> tuple[Array, Array]:
    aligned = population.reindex(cases.index)
    return (
        pd.to_numeric(cases).to_numpy(dtype=np.float64, na_value=np.nan),
        pd.to_numeric(aligned).to_numpy(dtype=np.float64, na_value=np.nan),
    )
