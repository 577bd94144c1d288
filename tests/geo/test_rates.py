"""Rates: crude, and smoothed after Marshall (1991)."""

import warnings

import numpy as np
import pandas as pd
import pytest
from esda.smoothing import Empirical_Bayes

from geo.rates import crude_rates, empirical_bayes_rates

CODES = list("abcde")
CASES = pd.Series([0, 2, 9, 1, 30], index=CODES)
PEOPLE = pd.Series([50, 400, 2500, 90, 4000], index=CODES)


@pytest.fixture(autouse=True)
def no_warnings():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        yield


def test_crude_rates_are_cases_per_thousand():
    assert crude_rates(CASES, PEOPLE).tolist() == pytest.approx([0, 5, 3.6, 1000 / 90, 7.5])
    assert crude_rates(CASES, PEOPLE, per=100)["b"] == 0.5


def test_people_are_found_by_code_not_by_position():
    pd.testing.assert_series_equal(
        crude_rates(CASES, PEOPLE[::-1]), crude_rates(CASES, PEOPLE), check_exact=True
    )


def test_smoothing_is_esdas():
    cases = pd.Series([12, 2, 40, 1, 9], index=CODES)
    expected = Empirical_Bayes(cases, PEOPLE).r.ravel() * 1000
    assert empirical_bayes_rates(cases, PEOPLE).tolist() == pytest.approx(expected.tolist())


def test_small_villages_are_drawn_further_towards_the_mean():
    cases = pd.Series([1, 8, 80, 1, 5], index=CODES)
    mean = cases.sum() / PEOPLE.sum() * 1000
    crude, smooth = crude_rates(cases, PEOPLE), empirical_bayes_rates(cases, PEOPLE)
    kept = (smooth - mean) / (crude - mean)
    assert kept.between(0, 1).all()
    assert kept[PEOPLE.sort_values().index].is_monotonic_increasing


def test_differences_that_chance_explains_are_smoothed_away():
    # esda keeps the negative variance here and answers with rates beyond the mean.
    cases = pd.Series([1, 8, 50, 2, 80], index=CODES)
    mean = cases.sum() / PEOPLE.sum() * 1000
    assert empirical_bayes_rates(cases, PEOPLE).tolist() == pytest.approx([mean] * 5)
    assert not np.allclose(Empirical_Bayes(cases, PEOPLE).r * 1000, mean, rtol=1e-3)


@pytest.mark.parametrize("nobody", [0, -3, np.nan, np.inf, None])
def test_without_people_there_are_no_data(nobody):
    people = PEOPLE.astype(object)
    people["b"] = nobody
    for rates in (crude_rates(CASES, people), empirical_bayes_rates(CASES, people)):
        assert rates.isna().tolist() == [False, True, False, False, False]
        assert np.isfinite(rates.drop("b")).all()


def test_an_area_whose_people_nobody_counted_has_no_data():
    assert (
        crude_rates(CASES, PEOPLE.drop("c")).isna().tolist() == [False] * 2 + [True] + [False] * 2
    )


def test_an_area_without_data_does_not_move_the_others():
    people = PEOPLE.astype(float)
    people["e"] = np.nan
    rest = empirical_bayes_rates(CASES.drop("e"), PEOPLE.drop("e"))
    pd.testing.assert_series_equal(empirical_bayes_rates(CASES, people).drop("e"), rest)


def test_missing_cases_are_no_data_and_no_cases_are_zero():
    cases = CASES.astype(float)
    cases["a"] = np.nan
    assert np.isnan(crude_rates(cases, PEOPLE)["a"])
    assert (empirical_bayes_rates(CASES * 0, PEOPLE) == 0).all()


def test_nothing_and_one_area():
    assert empirical_bayes_rates(CASES[:0], PEOPLE).empty
    assert empirical_bayes_rates(CASES[1:2], PEOPLE).tolist() == [5.0]
