"""The small sister of ``python -m tests.bench.hotspot_methods``: fixed seeds, our own areas."""

import pytest

from tests.bench.chance_maps import CHANCE, CONSTANT, demo_grounds, planted_cluster, planted_peak
from tests.bench.hotspot_bounds import most_found
from tests.bench.hotspot_candidates import METHODS, chosen, zone_counts
from tests.bench.hotspot_methods import any_hot, false_alarms, power

MAPS = 40
WILD = CHANCE[5]  # lognormal risks with a coefficient of variation of one half


@pytest.fixture(scope="module")
def year():
    return list(demo_grounds())[1]


@pytest.mark.parametrize("kind", [CONSTANT, CHANCE[4], WILD, CHANCE[7]], ids=lambda kind: kind.name)
def test_chance_shows_hardly_any_hotspot(year, kind):
    assert any_hot(chosen, kind, year, MAPS) <= 0.05
    assert false_alarms(chosen, kind, year, MAPS)[2] <= 0.05


def test_the_method_before_took_differences_for_hotspots(year):
    assert any_hot(zone_counts, WILD, year, MAPS) > 0.5


def test_planted_clusters_and_peaks_are_found(year):
    found, share, elsewhere = power(chosen, CONSTANT, year, MAPS, planted_cluster, 2.0)
    assert found >= 0.7
    assert share >= 0.7
    assert elsewhere < 1
    assert power(chosen, CONSTANT, year, MAPS, planted_peak, 4.0)[0] >= 0.7


def test_no_method_can_find_what_wild_differences_hide(year):
    assert most_found(CONSTANT, year, 200) >= 0.95
    assert most_found(WILD, year, 200) < 0.85


@pytest.mark.parametrize("name", METHODS)
def test_every_candidate_answers(year, name):
    own, cluster, cold = false_alarms(METHODS[name], CONSTANT, year, 2)
    assert 0 <= min(own, cluster, cold) <= max(own, cluster, cold) <= 1
