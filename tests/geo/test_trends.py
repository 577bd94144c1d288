"""Patterns over the last periods, and one period against another."""

import warnings

import numpy as np
import pandas as pd
import pytest
from scipy.stats import binomtest

from geo.trends import Pattern, compare, patterns

KEYS = {"h": "hot", "c": "cold", ".": "none", "?": "few"}


def pattern(text, **options):
    """The pattern of one area; the latest period stands last."""
    return patterns(np.array([[KEYS[letter] for letter in text]], dtype=object), **options)[0]


@pytest.mark.parametrize(
    ("periods", "expected"),
    [
        ("............", "none"),
        ("cccccccccccc", "none"),
        ("????????????", "none"),
        # new: one run up to now, nothing before
        ("...........h", "emerging"),
        (".........hhh", "emerging"),
        ("....hhhhhhhh", "emerging"),
        ("??????????hh", "emerging"),
        ("c..........h", "emerging"),
        # lasting: now, and nine of twelve
        ("hhhhhhhhhhhh", "persistent"),
        ("...hhhhhhhhh", "persistent"),
        ("hhhh.hh.hh.h", "persistent"),
        ("hhh?hhh?hhhh", "persistent"),
        ("???hh.hhhhh?", "fading"),
        # gone: not now, but twice or more
        ("hhhhhhhhhhh.", "fading"),
        (".hh.........", "fading"),
        ("hhhhhhhhhhhc", "fading"),
        ("h.h.h.h.h.h?", "fading"),
        # now and then
        ("h..........h", "sporadic"),
        ("hh..hh..hh.h", "sporadic"),
        ("..........h.", "sporadic"),
        ("h...........", "sporadic"),
    ],
)
def test_twelve_periods(periods, expected):
    assert pattern(periods) == expected


@pytest.mark.parametrize(
    ("periods", "expected"),
    [
        ("", "none"),
        ("h", "emerging"),
        ("hh", "emerging"),
        ("hhh", "persistent"),
        ("h.", "sporadic"),
    ],
)
def test_fewer_periods(periods, expected):
    assert pattern(periods) == expected


def test_only_the_last_periods_count():
    assert pattern("hhhh" + "." * 12) == "none"
    assert pattern("hhhh" + "." * 5, periods=9) == "fading"
    assert pattern("hhhh" + "." * 5, periods=5) == "none"


def test_many_areas_at_once():
    classes = np.array([["hot", "none"], ["none", "hot"], ["none", "none"]], dtype=object)
    assert patterns(classes).tolist() == ["sporadic", "emerging", "none"]
    assert patterns(classes[:0]).tolist() == []
    assert Pattern("fading").label == "消退"


@pytest.fixture(autouse=True)
def no_warnings():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        yield


def test_one_period_against_another():
    now = pd.Series({"a": 15, "b": 30, "c": 3})
    before = pd.Series({"a": 10, "b": 40, "c": 2})
    table = compare(now, before)
    assert table["difference"].tolist() == [5, -10, 1]
    assert table["percent"].tolist()[:2] == [50, -25]
    # Two cases last month are no base for "plus fifty per cent".
    assert np.isnan(table.loc["c", "percent"])
    assert compare(now, before, smallest_base=2).loc["c", "percent"] == 50


def test_p_is_the_binomial_test():
    now = pd.Series({"a": 15, "b": 30, "c": 3, "d": 0, "e": 4})
    before = pd.Series({"a": 10, "b": 60, "c": 3, "d": 0, "e": 0})
    expected = [
        binomtest(x, x + y).pvalue if x + y else 1.0 for x, y in zip(now, before, strict=True)
    ]
    assert compare(now, before)["p"].tolist() == pytest.approx(expected)


def test_areas_that_one_period_does_not_name():
    table = compare(pd.Series({"a": 2}), pd.Series({"b": 12}))
    assert table.index.tolist() == ["a", "b"]
    assert table["now"].tolist() == [2, 0]
    assert table["percent"].tolist()[1] == -100


def test_a_period_without_data_is_compared_with_nothing():
    table = compare(pd.Series({"a": np.nan}), pd.Series({"a": 12}))
    assert table[["now", "difference", "percent", "p"]].isna().all(axis=None)
