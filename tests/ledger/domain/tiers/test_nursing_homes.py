"""A rule file for other columns, judged on 13,550 real records and counted again by pandas."""

from __future__ import annotations

import tomllib
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from ledger.domain.tiers import explain, judge, load_rules

TEST_DATA = Path(__file__).parents[3] / "data"
RULES = load_rules(TEST_DATA / "nursing_homes_rules.toml")
UNRATED = 0  # what the file writes for homes without a star rating

# Counted once with pandas alone on the file in shared/data; 0 is 待研判.
TIERS = {0: 38, 1: 5137, 2: 4708, 3: 2529, 4: 1138}


@pytest.fixture(scope="module")
def mapping():
    return tomllib.loads((TEST_DATA / "nursing_homes_mapping.toml").read_text(encoding="utf-8"))


@pytest.fixture
def homes(shared_data):
    return pd.read_csv(shared_data / "us_nursing_homes.csv", dtype={"ccn": "str"})


def facts_of(homes: pd.DataFrame, mapping) -> list[dict[str, object]]:
    """The file's cells as the mapping file types them; a blank as None."""
    kinds = mapping["extra"]
    facts = homes[list(kinds)].astype(object).where(homes[list(kinds)].notna(), None)
    for key in (key for key, kind in kinds.items() if kind == "tri"):
        facts[key] = facts[key].map({1: True, 0: False})
    return facts.to_dict("records")


def tiers_by_pandas(homes: pd.DataFrame) -> pd.Series:
    """The rule file in columns instead of rules; 0 for 待研判."""
    punished = (homes.denial_count > 0) | (homes.total_fines > 50000)
    jeopardy, abuse = homes.jeopardy_count > 0, homes.abuse_icon == 1
    four = (homes.special_focus == 1) | (abuse & jeopardy)
    three = abuse | (jeopardy & punished) | (homes.harm_count >= 3)
    two = jeopardy | (homes.harm_count > 0) | punished | (homes.stars == 1)
    two |= (homes.total_deficiencies > 40) | (homes.fine_count > 1)
    rated = homes.stars != UNRATED
    return pd.Series(np.select([four, three, two, rated], [4, 3, 2, 1], 0), index=homes.index)


def test_nursing_homes_every_tier_agrees_with_pandas(homes, mapping):
    results = [judge(facts, RULES) for facts in facts_of(homes, mapping)]
    judged = pd.Series([result.tier or 0 for result in results], index=homes.index)
    expected = tiers_by_pandas(homes)
    assert len(homes) == 13550
    assert (judged != expected).sum() == 0
    assert judged.value_counts().to_dict() == TIERS


def test_nursing_homes_unrated_is_unknown_not_bad(homes, mapping):
    """A home without stars is never tier one; it rises to two at most, for its stars alone."""
    unrated = homes[homes.stars == UNRATED]
    results = [judge(facts, RULES) for facts in facts_of(unrated, mapping)]
    assert len(results) == 124
    undetermined = [result for result in results if result.tier is None]
    assert {(result.at_most, result.unknown) for result in undetermined} == {(2, ("stars",))}
    assert all(result.unknown == () for result in results if result.tier is not None)
    first = explain(undetermined[0], RULES, {})[1]
    assert first == "可能为二类：星级最低（规则 N2c），尚不详：星级。"


def test_nursing_homes_blanking_a_column_loses_no_risk(homes, mapping):
    """With the abuse icon unknown nobody falls to tier one, and nobody is out of reach."""
    sample = homes.sample(1000, random_state=7)
    expected = tiers_by_pandas(sample)
    for facts, tier in zip(facts_of(sample, mapping), expected, strict=True):
        result = judge({**facts, "abuse_icon": None}, RULES)
        assert result.tier != 1
        assert tier <= (result.at_most or 0)


def test_nursing_homes_mapping_covers_every_fact_of_the_rules(homes, mapping):
    assert set(RULES.fact_types) <= set(mapping["extra"])
    headers = [*mapping["columns"].values(), *mapping["extra"]]
    assert set(headers) <= set(homes.columns)
    assert len(headers) == len(set(headers))
