"""The institutions of the sample: every rule is met, amounts fit, places are right."""

from __future__ import annotations

from collections import Counter

import geopandas as gpd
import pandas as pd
import pytest
import shapely
from stdnum.cn import uscc

from data.sample import Sample
from data.sample.columns import CHOICES, HEADERS, TRI_COLUMNS
from data.sample.sites import BAD_TOWNSHIPS, WITHOUT_POSITION

Tri = bool | None


def both(*values: Tri) -> Tri:
    """Kleene's and: one no is enough, however much is unknown."""
    if any(v is False for v in values):
        return False
    return None if any(v is None for v in values) else True


def either(*values: Tri) -> Tri:
    """Kleene's or."""
    return negated(both(*(negated(v) for v in values)))


def negated(value: Tri) -> Tri:
    return None if value is None else not value


def exceeds(value: float | None, limit: float | None) -> Tri:
    return None if value is None or limit is None else value > limit


def rules_by_hand(row: dict) -> dict[str, Tri]:
    """The tier table of DESIGN.md in plain Python, independent of the engine."""
    use = row["prepaid_use"]
    fee = row["monthly_bed_fee"]
    used_for = {name: None if use is None else use == name for name in CHOICES["prepaid_use"]}
    takes = negated(used_for["none"])
    fees = [row[f"prepaid_{part}"] for part in ("service_fee", "deposit", "membership")]
    large = both(
        takes,
        either(
            exceeds(row["prepaid_months"], 12),
            both(exceeds(fee, 0), exceeds(row["max_deposit"], None if fee is None else 12 * fee)),
        ),
    )
    held, paid = (None if None in part else sum(part) for part in (fees[1:], fees))
    breach = both(
        takes,
        either(
            both(negated(row["custody"]), exceeds(held, 0)),
            exceeds(row["prepaid_people"], row["beds"]),
            exceeds(paid, row["net_fixed_assets"]),
        ),
    )
    irregular = either(used_for["irregular"], breach)
    covered, stable = row["assets_cover_debts"], row["stable_operation"]
    clash = both(
        used_for["none"],
        either(
            exceeds(row["prepaid_months"], 1),
            *(exceeds(amount, 0) for amount in (row["max_deposit"], *fees)),
        ),
    )
    rules = {
        "T4a": row["suspected_crime"],
        "T4b": both(large, negated(row["assets_cover_debts"])),
        "T4c": row["public_attention"],
        "T3a": either(row["prosecuted"], row["complained"], row["blacklisted"]),
        "T3b": both(irregular, covered, stable),
        "T3c": row["promised_returns"],
        "T3d": irregular,
        "T3e": both(takes, negated(covered)),
        "T2a": both(large, used_for["facility_gap"]),
        "T2b": either(row["rapid_expansion"], row["frequent_changes"]),
        "T2c": both(large, negated(used_for["facility_gap"])),
        "T2d": None if row["filing"] is None else row["filing"] == "none",
        "T2e": negated(both(covered, stable)),
    }
    rules["T1"] = both(negated(clash), *(negated(value) for value in rules.values()))
    return rules


def rows(sample: Sample) -> list[dict]:
    return sample.institutions.to_dict("records")


def positioned(sample: Sample) -> gpd.GeoDataFrame:
    frame = sample.institutions[sample.institutions["lon"].notna()]
    points = gpd.points_from_xy(frame["lon"].astype(float), frame["lat"].astype(float))
    return gpd.GeoDataFrame(frame, geometry=points, crs="EPSG:4326")


def test_each_institution_meets_the_rule_it_was_written_for(
    sample: Sample, intended: pd.Series
) -> None:
    for row, rule in zip(rows(sample), intended, strict=True):
        results = rules_by_hand(row)
        matched = sorted(name for name, value in results.items() if value is True)
        if rule == "undetermined":
            assert matched == [], row["number"]
            assert results["T1"] is not True
        else:
            assert rule in matched, row["number"]
            assert max(name[1] for name in matched) == rule[1], row["number"]


def test_every_rule_is_represented_in_the_agreed_proportions(intended: pd.Series) -> None:
    counts = Counter(intended)
    kinds = {4: "abc", 3: "abcde", 2: "abcd"}
    rules = {f"T{tier}{letter}" for tier, letters in kinds.items() for letter in letters}
    assert set(counts) == {*rules, "T1", "undetermined"}
    assert min(counts.values()) >= 3
    tiers = Counter(rule[:2] for rule in intended)
    assert 130 <= len(intended) <= 150
    assert tiers["T1"] + tiers["T2"] >= 0.5 * len(intended)
    assert tiers["T3"] >= 15
    assert tiers["T4"] >= 10
    assert 18 <= counts["undetermined"] <= 25


def test_undetermined_cases_include_unknown_facts_and_facts_that_clash(
    sample: Sample, intended: pd.Series
) -> None:
    open_rules = [
        {name for name, value in rules_by_hand(row).items() if value is None}
        for row, rule in zip(rows(sample), intended, strict=True)
        if rule == "undetermined"
    ]
    assert any(not names for names in open_rules)  # all known, and they contradict each other
    assert any("T4a" in names for names in open_rules)
    assert any(names == {"T1", "T3a"} for names in open_rules)


def test_a_lower_tier_may_still_rise_in_the_sample(sample: Sample, intended: pd.Series) -> None:
    rising = [
        row["number"]
        for row, rule in zip(rows(sample), intended, strict=True)
        if rule == "T2b" and rules_by_hand(row)["T4a"] is None
    ]
    assert len(rising) == 3


def test_institution_columns_hold_stored_keys_and_python_values(sample: Sample) -> None:
    frame = sample.institutions
    assert list(frame.columns) == list(HEADERS)
    for column in TRI_COLUMNS:
        assert {type(v) for v in frame[column]} <= {bool, type(None)}
    for column, labels in CHOICES.items():
        assert set(frame[column]) <= {*labels, None}
    for column in ("beds", "residents", "prepaid_people", "prepaid_months", "monthly_bed_fee"):
        assert {type(v) for v in frame[column]} <= {int, type(None)}
    assert frame["number"].is_unique
    assert frame["name"].is_unique
    assert not frame.isin([float("inf")]).any().any()


def test_credit_codes_are_valid_fictional_and_unique(sample: Sample) -> None:
    codes = sample.institutions["credit_code"].dropna()
    assert all(uscc.is_valid(code) for code in codes)
    assert (codes.str[2:8] == "990101").all()
    assert codes.is_unique
    unlicensed = sample.institutions["filing"] == "none"
    assert sample.institutions.loc[unlicensed, "credit_code"].isna().all()
    assert sample.institutions.loc[~unlicensed, "credit_code"].notna().all()
    assert unlicensed.sum() >= 6


def test_names_and_phones_are_visibly_invented(sample: Sample) -> None:
    frame = sample.institutions
    assert frame["name"].str.startswith("演示·").all()
    assert frame["phone"].dropna().str.fullmatch(r"000-\d{8}").all()
    assert frame["legal_representative"].dropna().str.fullmatch(r".某某|测试.").all()
    assert frame["operator"].dropna().str.contains("演示|某某|测试").all()
    assert frame["address"].str.contains("（演）示例路").all()
    assert frame["kind"].nunique() == 6


def test_amounts_fit_the_limits_and_each_other(sample: Sample, intended: pd.Series) -> None:
    for row, rule in zip(rows(sample), intended, strict=True):
        sums = [row[f"prepaid_{part}"] for part in ("service_fee", "deposit", "membership")]
        if row["beds"] is None:
            assert sums == [None, None, None]
            continue
        assert row["residents"] <= row["beds"]
        assert row["prepaid_people"] <= row["residents"]
        if row["prepaid_use"] == "none":
            assert sums == [0, 0, 0]
        elif None not in (*sums, row["max_deposit"]):
            assert sums[0] > 0
            assert sums[1] <= row["prepaid_people"] * row["max_deposit"] + 100
        if rule == "T1":
            assert row["prepaid_months"] <= 12
            assert row["max_deposit"] <= 12 * row["monthly_bed_fee"]
        if row["assets_cover_debts"] is True and None not in sums:
            assert row["net_fixed_assets"] >= sum(sums)
        if row["assets_cover_debts"] is False and row["net_fixed_assets"] is not None:
            assert row["net_fixed_assets"] < sum(sums)


def test_limits_are_met_exactly_by_some(sample: Sample) -> None:
    frame = sample.institutions.dropna(subset=["prepaid_months", "max_deposit"])
    exact = (frame["prepaid_months"] == 12) & (
        frame["max_deposit"] == 12 * frame["monthly_bed_fee"]
    )
    assert exact.sum() >= 2


def test_all_positions_but_one_lie_in_a_grid_and_none_in_water(sample: Sample) -> None:
    points = positioned(sample)
    grids = sample.areas[sample.areas["level"] == "grid"][["code", "geometry"]]
    placed = gpd.sjoin(points, grids, how="left", predicate="within")
    assert len(placed) == len(points)
    assert placed["code"].isna().sum() == 1
    wet = sample.water[sample.water["kind"].isin(["river", "lake"])]
    assert not points.intersects(shapely.union_all(wet.geometry.to_numpy())).any()
    assert points["area_code"].isna().all()


def test_institutions_without_position_name_a_village(sample: Sample) -> None:
    frame = sample.institutions
    blank = frame[frame["lon"].isna()]
    assert len(blank) == WITHOUT_POSITION
    assert blank["lat"].isna().all()
    villages = sample.areas.loc[sample.areas["level"] == "village", "code"]
    assert blank["area_code"].isin(villages).all()


def test_some_institutions_cluster_and_two_share_a_building(sample: Sample) -> None:
    points = positioned(sample)
    spots = points.geometry.to_crs(3857).to_numpy()
    near = shapely.STRtree(spots).query(spots, predicate="dwithin", distance=500)
    assert max(Counter(near[0].tolist()).values()) >= 5
    assert points.duplicated(subset=["lon", "lat"]).any()


def test_two_townships_are_visibly_worse(sample: Sample, intended: pd.Series) -> None:
    points = positioned(sample).assign(tier=intended.str[:2])
    townships = sample.areas[sample.areas["level"] == "township"][["name", "geometry"]]
    townships = townships.rename(columns={"name": "township"})
    placed = gpd.sjoin(points, townships, how="inner", predicate="within")
    severe = placed["tier"].isin(["T3", "T4"]).groupby(placed["township"]).agg(["sum", "mean"])
    worst = severe.sort_values("sum").index[-2:]
    assert set(worst) == set(BAD_TOWNSHIPS)
    others = severe.drop(index=list(BAD_TOWNSHIPS))
    assert severe.loc[list(BAD_TOWNSHIPS), "mean"].min() > 2 * others["mean"].max()


@pytest.mark.parametrize(
    ("left", "right", "conjunction"),
    [(True, True, True), (True, None, None), (False, None, False), (None, None, None)],
)
def test_the_logic_of_these_tests_is_kleenes(left: Tri, right: Tri, conjunction: Tri) -> None:
    assert both(left, right) is conjunction
    assert negated(either(negated(left), negated(right))) is conjunction
