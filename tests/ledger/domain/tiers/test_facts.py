"""How stored values become facts."""

from __future__ import annotations

import math
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest

from ledger.domain.tiers.facts import Fact, FactType, read_number, read_text, read_tri
from ledger.domain.tiers.kleene import ANYTHING, INFINITY

MONEY = (0, INFINITY)
MINUS_ONE = -1  # fine for a number, not for an amount of money


@pytest.mark.parametrize(
    ("value", "read"),
    [
        (True, True),
        (False, False),
        (np.True_, True),
        (np.bool_(False), False),
        (None, None),
        (math.nan, None),
        (pd.NA, None),
        ("是", None),  # a text is no answer
        (1, None),  # nor is a number
        (np.array([True]), None),
    ],
)
def test_facts_tri(value, read):
    assert read_tri(value) is read


@pytest.mark.parametrize(
    ("value", "number"),
    [
        (12, 12),
        (12.0, 12),
        (0.1, Decimal("0.1")),  # as typed, not as stored in binary
        (Decimal("0.10"), Decimal("0.1")),
        (np.int64(7), 7),
        (np.float64(2.5), Decimal("2.5")),
    ],
)
def test_facts_known_number(value, number):
    assert read_number(value, MONEY) == (number, number)


@pytest.mark.parametrize(
    "value",
    [
        None, math.nan, np.nan, pd.NA, pd.NaT, Decimal("NaN"), Decimal("sNaN"),
        math.inf, -math.inf, Decimal("Infinity"), 10**400, True, "12", "", MINUS_ONE, [3],
    ],
)  # fmt: skip
def test_facts_unusable_number_is_unknown(value):
    assert read_number(value, MONEY) == MONEY
    assert read_number(value) == ((-1, -1) if value is MINUS_ONE else ANYTHING)


@pytest.mark.parametrize(("value", "text"), [(" a ", "a"), ("", None), ("  ", None), (3, None)])
def test_facts_text(value, text):
    assert read_text(value) == text


def test_facts_choice_fits_text_only():
    assert FactType.CHOICE.fits(FactType.TEXT)
    assert FactType.TEXT.fits(FactType.CHOICE)
    assert not FactType.TRI.fits(FactType.NUMBER)
    assert FactType.of("tri") is FactType.TRI
    assert FactType.of("boolean") is None


def test_facts_bounds_of_a_declaration():
    assert Fact("x", FactType.NUMBER).bounds == ANYTHING
    assert Fact("x", FactType.NUMBER, minimum=Decimal(0)).bounds == MONEY
