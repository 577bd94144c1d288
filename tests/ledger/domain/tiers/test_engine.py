"""The default rules, judged case by case (DESIGN "Tier rules")."""

from __future__ import annotations

import math
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest

from ledger.domain.tiers import RuleSet, judge, load_rules

DEFAULT = Path(__file__).parents[4] / "data" / "rules" / "tiers.toml"
RULES = load_rules(DEFAULT)

RISKS = (
    "suspected_crime", "public_attention", "prosecuted", "complained", "blacklisted",
    "promised_returns", "rapid_expansion", "frequent_changes",
)  # fmt: skip

# Every fact known, no risk: the record the rows below change.
CLEAN: dict[str, object] = {
    **dict.fromkeys(RISKS, False),
    "prepaid_use": "operation",
    "prepaid_months": 6,
    "max_deposit": 3000,
    "monthly_bed_fee": 1000,
    "assets_cover_debts": True,
    "stable_operation": True,
    "filing": "filed",
    "prepaid_service_fee": 100_000,
    "prepaid_deposit": 30_000,
    "prepaid_membership": 0,
    "prepaid_people": 10,
    "beds": 50,
    "custody": True,
    "net_fixed_assets": 2_000_000,
    "confirmed_leads": 0,
    "representative_changes_24m": 2,
}
# A home that takes nothing in advance.
NOTHING: dict[str, object] = {
    "prepaid_use": "none",
    "prepaid_months": 0,
    "max_deposit": 0,
    "prepaid_service_fee": 0,
    "prepaid_deposit": 0,
    "prepaid_membership": 0,
}

# One row per rule and answer: change of CLEAN, tier, at_most, matched, open, unknown facts.
# "·" separates; T1 stays open whenever a rule above it does.
CASES = [
    # T4a suspected crime
    ({"suspected_crime": True}, 4, 4, "T4a", "", ""),
    ({"suspected_crime": False}, 1, 1, "T1", "", ""),
    ({"suspected_crime": None}, None, 4, "", "T4a T1", "suspected_crime"),
    # T4b large prepaid fees and assets that do not cover the debts
    ({"prepaid_months": 13, "assets_cover_debts": False}, 4, 4, "T4b T3e T2c T2e", "", ""),
    ({"prepaid_months": 13, "assets_cover_debts": None}, 2, 4, "T2c", "T4b T3e T2e",
     "assets_cover_debts"),
    ({"prepaid_months": 12}, 1, 1, "T1", "", ""),  # 12 is allowed
    ({"prepaid_months": None}, None, 2, "", "T2c T1", "prepaid_months"),
    ({"prepaid_months": None, "assets_cover_debts": False}, 3, 4, "T3e T2e", "T4b T2c",
     "prepaid_months"),
    # ... large by deposit: more than 12 monthly bed fees
    ({"max_deposit": 12001, "assets_cover_debts": False}, 4, 4, "T4b T3e T2c T2e", "", ""),
    ({"max_deposit": 12000}, 1, 1, "T1", "", ""),
    ({"max_deposit": 0, "monthly_bed_fee": None}, 1, 1, "T1", "", ""),  # 0 exceeds nothing
    ({"monthly_bed_fee": None}, None, 2, "", "T2c T1", "monthly_bed_fee"),
    ({"monthly_bed_fee": None, "prepaid_months": 13, "assets_cover_debts": False},
     4, 4, "T4b T3e T2c T2e", "", ""),
    # ... a home that charges no bed fee has no limit by it
    ({"monthly_bed_fee": 0}, 1, 1, "T1", "", ""),
    ({"monthly_bed_fee": 0, "assets_cover_debts": False}, 3, 3, "T3e T2e", "", ""),
    # ... never large where nothing is prepaid
    ({**NOTHING, "monthly_bed_fee": None, "custody": None, "beds": None}, 1, 1, "T1", "", ""),
    # T4c public attention
    ({"public_attention": True}, 4, 4, "T4c", "", ""),
    ({"public_attention": None}, None, 4, "", "T4c T1", "public_attention"),
    # T3a prosecuted or complained of or blacklisted
    ({"prosecuted": True}, 3, 3, "T3a", "", ""),
    ({"complained": True}, 3, 3, "T3a", "", ""),
    ({"blacklisted": True}, 3, 3, "T3a", "", ""),
    ({"prosecuted": None}, None, 3, "", "T3a T1", "prosecuted"),
    ({"prosecuted": None, "blacklisted": True}, 3, 3, "T3a", "", ""),  # the one decides
    ({"prosecuted": None, "complained": None}, None, 3, "", "T3a T1", "prosecuted complained"),
    # ... or a lead about it was concluded true
    ({"confirmed_leads": 1}, 3, 3, "T3a", "", ""),
    ({"confirmed_leads": 2, "complained": None}, 3, 3, "T3a", "", ""),
    ({"confirmed_leads": None}, None, 3, "", "T3a T1", "confirmed_leads"),
    # T3b irregular use while assets cover debts and operation is stable; T3d in other cases
    ({"prepaid_use": "irregular"}, 3, 3, "T3b", "", ""),
    ({"prepaid_use": "irregular", "stable_operation": False}, 3, 3, "T3d T2e", "", ""),
    ({"prepaid_use": "irregular", "stable_operation": None}, 3, 3, "T3d", "T3b T2e", ""),
    ({"prepaid_use": "irregular", "assets_cover_debts": None}, 3, 3, "T3d", "T3b T3e T2e", ""),
    ({"prepaid_use": "irregular", "assets_cover_debts": False, "prepaid_months": 24},
     4, 4, "T4b T3d T3e T2c T2e", "", ""),
    ({"prepaid_use": None}, None, 3, "", "T3b T3d T1", "prepaid_use"),
    ({"prepaid_use": None, "prepaid_months": 13, "assets_cover_debts": False}, 2, 4, "T2e",
     "T4b T3d T3e T2a T2c", "prepaid_use"),
    # ... irregular by a breach of the national limits: custody, payers and beds, total and assets
    ({"custody": False}, 3, 3, "T3b", "", ""),
    ({"custody": False, "prepaid_deposit": 0}, 1, 1, "T1", "", ""),
    ({"custody": False, "prepaid_deposit": None}, None, 3, "", "T3b T3d T1", "prepaid_deposit"),
    ({"prepaid_people": 51}, 3, 3, "T3b", "", ""),
    ({"prepaid_people": 50}, 1, 1, "T1", "", ""),
    ({"prepaid_membership": 1_870_001}, 3, 3, "T3b", "", ""),
    ({"prepaid_membership": 1_870_000}, 1, 1, "T1", "", ""),
    ({"net_fixed_assets": None}, None, 3, "", "T3b T3d T1", "net_fixed_assets"),
    # T3c promised returns
    ({"promised_returns": True}, 3, 3, "T3c", "", ""),
    ({"promised_returns": None}, None, 3, "", "T3c T1", "promised_returns"),
    # T3e fees are taken and assets do not cover debts
    ({"assets_cover_debts": False}, 3, 3, "T3e T2e", "", ""),
    ({"assets_cover_debts": None}, None, 3, "", "T3e T2e T1", "assets_cover_debts"),
    # T2a large, to make up a building-fund gap; T2c for other uses
    ({"prepaid_use": "facility_gap", "prepaid_months": 13}, 2, 2, "T2a", "", ""),
    ({"prepaid_use": "facility_gap"}, 1, 1, "T1", "", ""),
    ({"prepaid_use": "facility_gap", "prepaid_months": None}, None, 2, "", "T2a T1",
     "prepaid_months"),
    ({"prepaid_months": 13}, 2, 2, "T2c", "", ""),
    # T2b growing too fast, or changing often
    ({"rapid_expansion": True}, 2, 2, "T2b", "", ""),
    ({"frequent_changes": True}, 2, 2, "T2b", "", ""),
    ({"frequent_changes": None}, None, 2, "", "T2b T1", "frequent_changes"),
    ({"representative_changes_24m": 3}, 2, 2, "T2b", "", ""),
    # T2d neither licensed nor filed
    ({"filing": "none"}, 2, 2, "T2d", "", ""),
    ({"filing": None}, None, 2, "", "T2d T1", "filing"),
    # T2e insolvent or not stable, though nothing is prepaid
    ({**NOTHING, "assets_cover_debts": False}, 2, 2, "T2e", "", ""),
    ({"stable_operation": False}, 2, 2, "T2e", "", ""),
    # Several at once: the highest tier wins, all that match are named
    ({"suspected_crime": True, "complained": True, "rapid_expansion": True},
     4, 4, "T4a T3a T2b", "", ""),
    # A lower rule left open does not matter once a higher one holds
    ({"suspected_crime": True, "complained": None}, 4, 4, "T4a", "T3a", ""),
    # A higher rule left open keeps the tier and says what could raise it
    ({"complained": True, "suspected_crime": None}, 3, 4, "T3a", "T4a", "suspected_crime"),
    ({"rapid_expansion": True, "promised_returns": None, "public_attention": None}, 2, 4,
     "T2b", "T4c T3c", "public_attention promised_returns"),
    # Facts that contradict each other: undetermined with nothing unknown, never tier one
    ({**NOTHING, "prepaid_service_fee": 2_000_000}, None, None, "", "", ""),
    ({**NOTHING, "max_deposit": 3000}, None, None, "", "", ""),
    ({**NOTHING, "prepaid_months": 1}, 1, 1, "T1", "", ""),  # a month in advance is no prepayment
    ({**NOTHING, "prepaid_months": None}, None, 1, "", "T1", "prepaid_months"),
    ({**NOTHING, "max_deposit": 3000, "complained": True}, 3, 3, "T3a", "", ""),
]  # fmt: skip


@pytest.mark.parametrize(("change", "tier", "at_most", "matched", "possible", "unknown"), CASES)
def test_engine_default_rules(change, tier, at_most, matched, possible, unknown):
    result = judge({**CLEAN, **change}, RULES)
    assert result.tier == tier
    assert result.at_most == at_most
    assert result.matched == tuple(matched.split())
    assert result.possible == tuple(possible.split())
    assert result.unknown == tuple(unknown.split())


def test_engine_nothing_known_is_undetermined_never_tier_one():
    result = judge({}, RULES)
    assert (result.tier, result.at_most, result.matched) == (None, 4, ())
    assert set(result.possible) == {rule.id for rule in RULES.rules}
    assert set(result.unknown) == set(CLEAN)


@pytest.mark.parametrize("risk", RISKS)
def test_engine_tier_one_needs_every_risk_known(risk):
    assert judge({**CLEAN, risk: None}, RULES).tier is None
    assert judge({key: value for key, value in CLEAN.items() if key != risk}, RULES).tier is None
    assert judge({**CLEAN, risk: math.nan}, RULES).unknown == (risk,)


def test_engine_facts_used_are_those_that_decide():
    change = {"prepaid_months": 14.0, "assets_cover_debts": False, "suspected_crime": None}
    result = judge({**CLEAN, **change}, RULES)
    assert result.facts_used == {
        "prepaid_use": "operation",
        "prepaid_months": 14.0,
        "assets_cover_debts": False,
    }
    assert result.grounds["T4b"] == ("prepaid_use", "prepaid_months", "assets_cover_debts")
    clean = judge(CLEAN, RULES)
    assert set(clean.facts_used) == set(CLEAN)


def test_engine_takes_numpy_and_decimal_values():
    facts = {**CLEAN, "prepaid_months": np.float64(13), "assets_cover_debts": np.False_}
    assert judge(facts, RULES).tier == 4
    facts = {**CLEAN, "max_deposit": Decimal("12000.01"), "assets_cover_debts": False}
    assert judge(facts, RULES).tier == 4


def test_engine_amounts_are_compared_to_the_cent():
    """12 × 500.13 is 6001.56 exactly; in binary floats the product is a little less."""
    assert 6001.56 > 12 * 500.13  # what floats make of it
    facts = {**CLEAN, "max_deposit": 6001.56, "monthly_bed_fee": 500.13}
    assert judge(facts, RULES).matched == ("T1",)


LOCAL = RuleSet.from_toml(
    DEFAULT.read_text(encoding="utf-8").replace("# local_amount = 500000", "local_amount = 500000")
)

# service fee, deposit, membership, answer for "large": the local amount is 500,000
AMOUNTS = [
    (500000, 0, 0, False),
    (500000, 0, 1, True),
    (200000, 200000, 200000, True),
    (600000, None, None, True),  # the known part alone is above: a blank must not hide it
    (400000, None, 0, None),
    (None, None, None, None),
]


@pytest.mark.parametrize(("service", "deposit", "membership", "large"), AMOUNTS)
def test_engine_local_amount_sums_what_is_known(service, deposit, membership, large):
    facts = {
        **CLEAN,
        "assets_cover_debts": False,
        "prepaid_service_fee": service,
        "prepaid_deposit": deposit,
        "prepaid_membership": membership,
        "net_fixed_assets": 10**9,
    }
    result = judge(facts, LOCAL)
    assert (result.tier, result.at_most) == {True: (4, 4), False: (3, 3), None: (3, 4)}[large]
    if large is None:
        blank = [key for key, value in facts.items() if value is None]
        assert result.unknown == tuple(blank)
