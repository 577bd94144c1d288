"""Published answers: sudden infant deaths in North Carolina, the sids2 data that libpysal ships.

100 counties, deaths and births of 1974-78 and 1979-84 (Cressie 1993, *Statistics for Spatial Data*,
pp. 386-389). Values from:

* Cressie, as shipped: the columns SIDR74 and SIDR79, deaths per 1,000 births;
* Rey and Anselin (2007), "PySAL: A Python library of spatial analytical methods", *Review of
  Regional Studies* 37(1), whose code pins empirical Bayes rates (esda, ``TestSRate``) and Moran's I
  (esda, ``test_sids``) on these data, and Gi* on six points (docstring of ``G_Local``);
* Int J Health Geogr 20 (2021), doi:10.1186/s12942-021-00298-6, table 1: the spatial scan statistic
  on 1974-78 finds a cluster of four counties in the northeast (5.12 per 1,000), a second of six in
  the south (3.76) and a low one in the mid-west.
"""

import warnings

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from esda.getisord import G_Local
from esda.moran import Moran_Local
from esda.smoothing import Empirical_Bayes
from libpysal import examples
from libpysal.graph import Graph
from libpysal.io import open as open_pysal
from libpysal.weights import DistanceBand
from scipy import sparse
from scipy.stats import binom

from geo.hotspot_settings import Settings
from geo.hotspots import find_hotspots
from geo.local_statistics import gi_star
from geo.rates import crude_rates, empirical_bayes_rates
from geo.weights import Neighbours, contiguity
from tests.geo.graphs import graph_of

PERMUTATIONS = 4999
YEARS = pytest.mark.parametrize("year", ["74", "79"])

NORTHEAST = ["Bertie", "Halifax", "Hertford", "Northampton"]
SOUTH = ["Bladen", "Columbus", "Hoke", "Robeson", "Scotland"]


@pytest.fixture(scope="module")
def counties():
    """The counties by name, in the order of the file; WGS84 is near enough for who touches whom."""
    frame = gpd.read_file(examples.get_path("sids2.shp"))
    return frame.set_crs(4267, allow_override=True).to_crs(4326).assign(code=frame["NAME"])


@pytest.fixture(scope="module")
def queen(counties):
    return contiguity(counties)


@pytest.fixture(scope="module")
def published_neighbours(counties):
    """The neighbours of sids2.gal, with which the published figures were computed."""
    weights = open_pysal(examples.get_path("sids2.gal")).read()
    matrix = sparse.csr_array(Graph.from_W(weights).sparse)
    return Neighbours(tuple(counties["code"]), matrix)


def deaths_and_births(counties, year):
    by_name = counties.set_index("code")
    return by_name[f"SID{year}"].astype(int), by_name[f"BIR{year}"]


@YEARS
def test_crude_rates_are_the_published_ones(counties, year):
    rates = crude_rates(*deaths_and_births(counties, year))
    assert rates.to_numpy() == pytest.approx(counties[f"SIDR{year}"].to_numpy(), abs=1e-6)


def test_the_whole_state(counties):
    deaths, births = deaths_and_births(counties, "74")
    assert (deaths.sum(), births.sum()) == (667, 329_962)
    assert crude_rates(deaths, births).idxmax() == "Anson"


def test_empirical_bayes_rates_are_the_published_ones(counties):
    rates = empirical_bayes_rates(*deaths_and_births(counties, "74"), per=1)
    published = [0.0016973, 0.0017054, 0.0017731, 0.0020129, 0.0035349]
    assert rates.to_numpy()[:5] == pytest.approx(published, abs=5e-8)


@YEARS
def test_empirical_bayes_rates_are_esdas(counties, year):
    deaths, births = deaths_and_births(counties, year)
    esda = Empirical_Bayes(deaths, births).r.ravel()
    assert empirical_bayes_rates(deaths, births, per=1).to_numpy() == pytest.approx(esda)


def test_gi_star_of_six_points_is_the_published_one():
    points = [(10, 10), (20, 10), (40, 10), (15, 20), (30, 20), (30, 30)]
    graph = Graph.from_W(DistanceBand(points, threshold=15))
    six = Neighbours(tuple("abcdef"), sparse.csr_array(graph.sparse))
    z = gi_star(np.array([2, 3, 3.2, 5, 8, 7]), six)
    published = [-1.39727626, -0.28917762, 0.65064964, -0.28917762, 1.23452088, 2.02424331]
    assert z == pytest.approx(published, abs=5e-9)


def test_local_moran_adds_up_to_the_published_moran(counties, published_neighbours):
    deaths, births = deaths_and_births(counties, "74")
    table = find_hotspots(deaths, births, published_neighbours, Settings(draws=1)).table
    # Anselin (1995): local values add up to n - 1 times Moran's I under row-standardised weights.
    assert table["moran_i"].sum() / 99 == pytest.approx(0.24772519320480135, abs=1e-7)


@YEARS
def test_the_statistics_are_esdas(counties, queen, year):
    deaths, births = deaths_and_births(counties, year)
    graph = Graph.build_contiguity(counties.set_index("code"), rook=False)
    rates = (deaths / births * 1000).to_numpy()
    table = find_hotspots(deaths, births, queen, Settings(draws=1)).table
    gi = G_Local(rates, graph, transform="B", star=True, permutations=0)
    assert table["gi_z"].to_numpy() == pytest.approx(gi.Zs)
    assert table["moran_i"].to_numpy() == pytest.approx(
        Moran_Local(rates, graph, permutations=0).Is
    )


@YEARS
def test_gi_star_by_the_formula(counties, queen, year):
    """Ord and Getis (1995), eq. 14, written out."""
    deaths, births = deaths_and_births(counties, year)
    x = (deaths / births).to_numpy()
    w = queen.matrix.toarray() + np.eye(100)
    card, spread = w.sum(axis=1), x.std()
    z = (w @ x - x.mean() * card) / (spread * np.sqrt((100 * card - card**2) / 99))
    table = find_hotspots(deaths, births, queen, Settings(draws=1)).table
    assert table["gi_z"].to_numpy() == pytest.approx(z)


def esdas_p(observed, drawn, p_sim):
    """esda's p-values, and where draws often equal what was observed.

    esda leaves equal draws out of the lower tail, so that a county among counties without any death
    seems extreme; for those the p-value is counted anew from esda's own draws, ties included.
    """
    same = np.isclose(drawn, observed, rtol=1e-9, atol=1e-12)
    high = ((drawn > observed) | same).sum(axis=0)
    low = ((drawn < observed) | same).sum(axis=0)
    # Of two neighbours one in 4851 pairs is the same pair: that is no tie worth speaking of.
    tied = same.mean(axis=0) > 0.001
    return np.where(tied, (np.minimum(high, low) + 1) / (len(drawn) + 1), p_sim), tied


@YEARS
def test_shuffled_p_is_esdas_within_monte_carlo_error(counties, queen, year):
    deaths, births = deaths_and_births(counties, year)
    settings = Settings(null="shuffled", draws=PERMUTATIONS)
    table = find_hotspots(deaths, births, queen, settings).table
    options = {"permutations": PERMUTATIONS, "seed": 12345, "n_jobs": 1}
    with warnings.catch_warnings():
        # esda announces another default for a later release.
        warnings.simplefilter("ignore")
        gi = G_Local(table["rate"], graph_of(queen), transform="B", star=True, **options)
        moran = Moran_Local(table["rate"], graph_of(queen), **options)
    for ours, observed, run in (("gi_p", gi.Gs, gi), ("moran_p", moran.Is, moran)):
        p, tied = esdas_p(observed, run.sim, run.p_sim)
        assert tied.sum() < 10
        error = 4 * np.sqrt(2 * p * (1 - p) / PERMUTATIONS) + 2 / PERMUTATIONS
        away = np.abs(table[ours].to_numpy() - p)
        assert (away <= error).all(), table.index[away > error]


@YEARS
def test_population_p_is_binomial_within_monte_carlo_error(counties, queen, year):
    deaths, births = deaths_and_births(counties, year)
    settings = Settings(null="population", draws=PERMUTATIONS)
    table = find_hotspots(deaths, births, queen, settings).table
    zone = queen.matrix.toarray() + np.eye(100)
    near, share = zone @ deaths.to_numpy(), zone @ births.to_numpy() / births.sum()
    exact = np.minimum(
        binom.sf(near - 1, deaths.sum(), share), binom.cdf(near, deaths.sum(), share)
    )
    error = 4 * np.sqrt(exact * (1 - exact) / PERMUTATIONS) + 2 / PERMUTATIONS
    assert (np.abs(table["gi_p"].to_numpy() - exact) <= error).all()


def test_the_clusters_of_the_literature_are_found(counties, queen):
    deaths, births = deaths_and_births(counties, "74")
    together = pd.DataFrame({"deaths": deaths, "births": births}).loc[NORTHEAST].sum()
    assert round(together["deaths"] / together["births"] * 1000, 2) == 5.12
    table = find_hotspots(deaths, births, queen, Settings(null="population")).table
    assert (table.loc[NORTHEAST, "gi_class"] == "hot").all()
    assert (table.loc[NORTHEAST, "moran_class"] == "high-high").all()
    south = table.loc[SOUTH]
    assert ((south["gi_class"] == "hot") | (south["moran_class"] == "high-high")).all()
    assert (table.loc[["Davie", "Davidson", "Rowan", "Iredell"], "gi_class"] == "cold").all()


def test_both_clusters_survive_the_measured_differences(counties, queen):
    """Those of the literature stand also when counties differ by themselves.

    Anson is an outlier (Cressie 1993, ch. 6) under constant risk alone.
    """
    found = find_hotspots(*deaths_and_births(counties, "74"), queen)
    table = found.table
    assert found.null == "measured"
    assert (table.loc[NORTHEAST, "hot_kind"] == "cluster").all()
    assert set(table["cluster"]) == {"", "Northampton", "Columbus"}
    constant = find_hotspots(
        *deaths_and_births(counties, "74"), queen, Settings(null="population")
    ).table
    assert constant.at["Anson", "hot_kind"] == "own"
