"""Speed of hotspots: 12 periods of Gi* with 999 permutations on 35,357 communes, against esda."""

import time
import warnings

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from esda.getisord import G_Local

from geo.hotspot_settings import Settings
from geo.hotspots import find_hotspots
from geo.weights import contiguity
from tests.geo.graphs import graph_of

pytestmark = pytest.mark.bench

PERIODS = 12
PERMUTATIONS = 999


@pytest.fixture(scope="module")
def communes(shared_data):
    frame = gpd.read_parquet(shared_data / "france_communes.parquet")
    return frame.drop_duplicates("code").reset_index(drop=True)


@pytest.fixture(scope="module")
def periods(communes):
    """People of 35,357 communes, and the cases of twelve months among them."""
    rng = np.random.default_rng(12)
    people = pd.Series(np.round(rng.lognormal(6.0, 1.3, len(communes))) + 1, index=communes["code"])
    shares = people / people.sum()
    return people, [
        pd.Series(rng.multinomial(30_000, shares), index=people.index) for _ in range(PERIODS)
    ]


@pytest.fixture(scope="module")
def neighbours(communes):
    start = time.perf_counter()
    found = contiguity(communes)
    print(f"\ncontiguity of {len(found)} communes {time.perf_counter() - start:.1f} s")
    return found


def test_twelve_periods_against_esda(periods, neighbours):
    people, months = periods
    graph = graph_of(neighbours)
    find_hotspots(months[0], people, neighbours, Settings(null="shuffled", draws=9))

    def esda(cases):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            G_Local(
                (cases / people).to_numpy(),
                graph,
                transform="B",
                star=True,
                permutations=PERMUTATIONS,
                keep_simulations=False,
                n_jobs=1,
                seed=1,
            )

    def ours(cases):
        settings = Settings(null="shuffled", draws=PERMUTATIONS)
        assert find_hotspots(cases, people, neighbours, settings).draws == PERMUTATIONS

    seconds = {"esda": 0.0, "ours": 0.0}
    # In turns and in processor time: both use one thread, and others on the machine do not count.
    for cases in months:
        for name, action in (("esda", esda), ("ours", ours)):
            start = time.process_time()
            action(cases)
            seconds[name] += time.process_time() - start
    ratio = seconds["ours"] / seconds["esda"]
    print(
        f"\n{PERIODS} periods, {PERMUTATIONS} permutations, {len(neighbours)} communes:"
        f" esda's Gi* {seconds['esda']:.1f} s; ours with rates, Gi*, local Moran and classes"
        f" {seconds['ours']:.1f} s: {ratio:.2f}×"
    )
    assert ratio <= 1.2


def test_the_default_null_on_a_county_and_on_all_communes(periods, neighbours):
    people, _ = periods
    some = neighbours.codes[:600]
    county = neighbours.among(list(some))
    print()
    for where, around, total in (("600 villages", county, 900), ("35,357", neighbours, 30_000)):
        here = people.reindex(list(around.codes))
        shares = here / here.sum()
        rng = np.random.default_rng(3)
        cases = pd.Series(rng.multinomial(total, shares), index=here.index)
        start = time.process_time()
        found = find_hotspots(cases, here, around)
        spent = time.process_time() - start
        print(
            f"{where}: {total} cases, up to {found.draws} draws,"
            f" {spent:.2f} s of processor time a period"
        )
        assert spent < 60
