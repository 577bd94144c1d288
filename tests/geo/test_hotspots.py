"""Hotspots: what is found, what is not, and input that no map can be made of."""

import warnings

import numpy as np
import pandas as pd
import pytest

from geo.hotspot_classes import Null
from geo.hotspot_settings import Settings
from geo.hotspots import COLUMNS, find_hotspots
from tests.geo.villages import chequerboard, fallen, unequal_people

BOARD = chequerboard(9, 10)
NULLS = pytest.mark.parametrize("null", list(Null))
# A village in the middle with the eight around it.
CENTRE = 44
CLUSTER = [BOARD.codes[at] for at in (CENTRE, *BOARD.matrix[[CENTRE]].indices)]


@pytest.fixture(autouse=True)
def no_warnings():
    """Bad input answers; it does not warn about divisions."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        yield


@pytest.fixture
def people():
    return unequal_people(BOARD, np.random.default_rng(7))


@pytest.fixture
def cases(people):
    risk = np.where(people.index.isin(CLUSTER), 4.0, 1.0)
    return fallen(people, 400, np.random.default_rng(8), risk)


def only(value, table, *columns):
    return all((table[column] == value).all() for column in columns)


def test_one_row_per_area_in_order(cases, people):
    found = find_hotspots(cases[::-1], people.sample(frac=1, random_state=1), BOARD)
    assert tuple(found.table.columns) == COLUMNS
    assert (found.table.index.name, tuple(found.table.index)) == ("code", BOARD.codes)
    assert found.table["count"].tolist() == cases.tolist()
    assert found.table["expected"].sum() == pytest.approx(400)


def test_a_planted_cluster_is_found(cases, people):
    table = find_hotspots(cases, people, BOARD).table
    assert table.loc[CLUSTER[0], "gi_class"] == "hot"
    assert table.loc[CLUSTER[0], "moran_class"] == "high-high"
    hot = table.index[table["gi_class"] == "hot"]
    # Hot are villages of the cluster or next to it, nobody else.
    members = BOARD.matrix[[BOARD.codes.index(code) for code in CLUSTER]].indices
    assert set(hot) <= {BOARD.codes[at] for at in members} | set(CLUSTER)


@pytest.mark.parametrize("null", list(Null))
def test_what_is_hot_is_so_in_a_way_that_is_named(cases, people, null):
    """One definition: the class hot, which lists and maps read, and own excess or cluster."""
    table = find_hotspots(cases, people, BOARD, Settings(null=null)).table
    assert ((table["gi_class"] == "hot") == (table["hot_kind"] != "")).all()
    assert (table["gi_class"] == "hot").any()


def test_the_neighbourhood_is_what_p_speaks_of(cases, people):
    row = find_hotspots(cases, people, BOARD).table.loc[CLUSTER[0]]
    assert row["near_count"] == cases[CLUSTER].sum()
    assert row["near_expected"] == pytest.approx(people[CLUSTER].sum() / people.sum() * 400)


@NULLS
def test_the_same_seed_gives_the_same_map(cases, people, null):
    settings = Settings(null=null, seed=5)
    first, second = (find_hotspots(cases, people, BOARD, settings) for _ in range(2))
    pd.testing.assert_frame_equal(first.table, second.table, check_exact=True)
    assert (first.settings.seed, first.draws) == (5, second.draws)
    other = find_hotspots(cases, people, BOARD, Settings(null=null, seed=6))
    assert not first.table["gi_p"].equals(other.table["gi_p"])


def test_draws_are_few_unless_an_area_needs_them(cases, people):
    rng = np.random.default_rng(3)
    quiet = find_hotspots(fallen(people, 400, rng), people, BOARD)
    fixed = find_hotspots(cases, people, BOARD, Settings(draws=99))
    assert 1000 < quiet.draws < 72_000
    assert (fixed.draws, fixed.tested) == (99, 90)


def test_999_draws_cannot_find_one_area_among_90(cases, people):
    few = find_hotspots(cases, people, BOARD, Settings(draws=999))
    assert few.table["gi_p"].min() == 1 / 1000 > 0.025 / 90


@NULLS
def test_no_cases(people, null):
    found = find_hotspots(people * 0, people, BOARD, Settings(null=null))
    assert only("few", found.table, "gi_class", "moran_class")
    assert only(0, found.table, "rate", "eb_rate", "expected")
    assert (found.draws, found.tested) == (0, 0)
    assert found.table[["gi_z", "gi_p", "moran_i", "moran_p"]].isna().all(axis=None)


def test_a_period_that_names_no_area(people):
    nothing = pd.Series(dtype=int)
    pd.testing.assert_frame_equal(
        find_hotspots(nothing, people, BOARD).table,
        find_hotspots(people * 0, people, BOARD).table,
    )


@NULLS
def test_all_counts_equal(null):
    same = pd.Series(6, index=BOARD.codes)
    found = find_hotspots(same, same * 100, BOARD, Settings(null=null))
    assert only("none", found.table, "gi_class", "moran_class")
    assert found.table["gi_z"].isna().all()
    assert (found.table["gi_p"] > 0.3).all()


@NULLS
@pytest.mark.parametrize("rows", [1, 2])
def test_hardly_any_area(null, rows):
    board = chequerboard(1, rows)
    some = pd.Series([7, 9][:rows], index=board.codes)
    found = find_hotspots(some, some * 100, board, Settings(null=null))
    assert only("few" if rows == 1 else "none", found.table, "gi_class", "moran_class")
    assert found.table["rate"].tolist() == [10.0] * rows


def test_no_area_at_all(cases, people):
    found = find_hotspots(cases, people, chequerboard(9, 10).among([]))
    assert found.table.empty
    assert tuple(found.table.columns) == COLUMNS


@NULLS
@pytest.mark.parametrize("nobody", [0, np.nan, -1])
def test_an_area_without_people_has_no_data_and_is_nobodys_neighbour(cases, people, null, nobody):
    people[CLUSTER[0]] = nobody
    settings = Settings(null=null, draws=199)
    table = find_hotspots(cases, people, BOARD, settings).table
    row = table.loc[CLUSTER[0]]
    assert row[["rate", "eb_rate", "expected", "gi_z", "gi_p", "moran_i", "moran_p"]].isna().all()
    assert (row["gi_class"], row["moran_class"], row["neighbours"]) == ("few", "few", 0)
    assert row["count"] == cases[CLUSTER[0]]
    without = BOARD.among([code for code in BOARD.codes if code != CLUSTER[0]])
    rest = find_hotspots(cases.drop(CLUSTER[0]), people.drop(CLUSTER[0]), without, settings).table
    pd.testing.assert_frame_equal(table.drop(CLUSTER[0]), rest)


@NULLS
def test_nobody_lives_anywhere(cases, people, null):
    found = find_hotspots(cases, people * np.nan, BOARD, Settings(null=null))
    assert only("few", found.table, "gi_class", "moran_class")
    assert found.table["rate"].isna().all()


@NULLS
def test_areas_without_neighbours(null):
    alone = chequerboard(1, 7).among(["V000", "V002", "V004", "V006"])
    cases = pd.Series([0, 9, 30, 2], index=alone.codes)
    found = find_hotspots(cases, pd.Series(500, index=alone.codes), alone, Settings(null=null))
    assert only("few", found.table, "gi_class", "moran_class")
    assert found.table["moran_i"].isna().all()
    assert found.table["rate"].tolist() == [0, 18, 60, 4]


def test_too_few_cases_to_judge_unless_many_should_have_come(people):
    one = (people * 0).astype(int)
    one.iloc[0] = 4
    # All four cases in one thin village: very unlikely, and still four cases.
    judged = find_hotspots(one, people, BOARD, Settings(minimum_cases=4)).table
    assert judged["gi_class"].iloc[0] == "hot"
    assert find_hotspots(one, people, BOARD).table["gi_class"].iloc[0] == "few"
    # Nothing happened in the middle where hundreds were to be expected: that is a cold spot.
    edge = fallen(people, 300, np.random.default_rng(3), np.where(people.index.isin(CLUSTER), 0, 1))
    cold = find_hotspots(edge, people, BOARD).table.loc[CLUSTER[0]]
    assert (cold["near_count"], cold["gi_class"]) == (0, "cold")
    assert cold["near_expected"] > 100


def test_minimum_neighbours(cases, people):
    table = find_hotspots(cases, people, BOARD, Settings(minimum_neighbours=4, draws=99)).table
    corners = table["neighbours"] < 4
    assert corners.sum() == 4
    assert (table["gi_class"] == "few")[corners].all()
    assert table["gi_p"].isna().equals(corners)


@pytest.mark.parametrize("wrong", [-1, 0.5])
def test_cases_are_counted(cases, people, wrong):
    cases = cases.astype(float)
    cases.iloc[3] = wrong
    with pytest.raises(ValueError, match="whole numbers"):
        find_hotspots(cases, people, BOARD)


@pytest.mark.parametrize(
    "wrong",
    [{"alpha": 0}, {"alpha": 5}, {"draws": 0}, {"minimum_neighbours": 0}, {"null": "chance"}],
)
def test_settings_that_make_no_sense(wrong):
    with pytest.raises(ValueError, match=r"."):
        Settings(**wrong)


@pytest.mark.slow
def test_chance_alone_rarely_shows_a_hotspot():
    """The small sister of tests/bench/test_hotspots_honesty.py."""
    rng = np.random.default_rng(20)
    maps = 0
    for seed in range(40):
        people = unequal_people(BOARD, rng)
        table = find_hotspots(fallen(people, 300, rng), people, BOARD, Settings(seed=seed)).table
        maps += bool(table["gi_class"].isin(["hot", "cold"]).any())
    assert maps / 40 <= 0.05
