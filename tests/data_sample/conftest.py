"""The sample, drawn once for all tests of this folder."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from data.sample import DEFAULT_SEED, Sample
from data.sample.institutions import draw_institutions
from tests.sample import drawn_sample


@pytest.fixture(scope="session")
def sample() -> Sample:
    """The county of the default seed, as `init --demo` loads it."""
    return drawn_sample()


@pytest.fixture(scope="session")
def intended(sample: Sample) -> pd.Series:
    """For each institution of the sample the rule that its case was written for."""
    houses = np.random.default_rng(DEFAULT_SEED).spawn(5)[4]
    drawn = draw_institutions(houses, sample.areas, sample.water)
    assert drawn.drop(columns="intended").equals(sample.institutions)
    return drawn["intended"]
