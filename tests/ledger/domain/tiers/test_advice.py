"""What lowers a tier and what to ask first: the smallest sets, found exactly, told in Chinese."""

from __future__ import annotations

import pytest

from ledger.domain.ledgers import INSTITUTIONS
from ledger.domain.tiers import judge
from ledger.domain.tiers.advice import Advice
from ledger.domain.tiers.first_question import questions
from ledger.domain.tiers.way_down import way_down
from ledger.records.rulebook import TIERS, choices_of, parse_rules, settings_of, shipped
from tests.bench.tier_table import first_again, random_homes, ways_again
from tests.ledger.domain.tiers.test_engine import CLEAN, NOTHING

RULES = parse_rules(shipped(TIERS).read_text(encoding="utf-8"))
LABELS = {column.key: column.label for column in INSTITUTIONS.columns}


def advice(*hidden: str, **change: object) -> Advice:
    facts = {**CLEAN, **change}
    return Advice(settings_of(RULES), facts, LABELS, choices_of(INSTITUTIONS), hidden)


# What differs from a home in order, and the lines of the ways down.
WAYS = [
    ({}, []),
    ({"complained": True}, ["被投诉举报为“否”：降为一类。"]),
    ({"prepaid_months": 13}, ["最长预收月数不超过12：降为一类。"]),
    ({"custody": False}, ["押金为0：降为一类。", "资金存管为“是”：降为一类。"]),
    ({"prepaid_people": 51}, ["床位数不低于51：降为一类。", "预收涉及人数不超过50：降为一类。"]),
    (
        {"prepaid_membership": 1_900_000},
        [
            "会员费不超过1870000：降为一类。",
            "固定资产净额不低于2030000：降为一类。",
            "押金为0：降为一类。",
            "预收养老服务费不超过70000：降为一类。",
        ],
    ),
    ({"complained": True, "suspected_crime": None},
     ["涉嫌犯罪为“否”，被投诉举报为“否”：降为一类。"]),
    ({"prepaid_months": 13, "assets_cover_debts": False},
     ["资可抵债为“是”：降为二类。", "最长预收月数不超过12：降为三类。"]),
    ({"prepaid_use": "irregular"},
     ["预收资金用途为“弥补设施建设资金不足”或“日常运营”：降为一类。"]),
    ({**NOTHING, "max_deposit": 3000, "complained": True},
     ["被投诉举报为“否”，单人最高押金为0：降为一类。"]),
    ({"filing": "none"}, ["许可备案情况为“已许可”或“已备案”：降为一类。"]),
]  # fmt: skip


@pytest.mark.parametrize(("change", "lines"), WAYS)
def test_ways_down_name_the_fewest_facts(change: dict[str, object], lines: list[str]) -> None:
    assert sorted(advice(**change).ways) == sorted(lines)


QUESTIONS = [
    ({}, None),
    ({"suspected_crime": None}, "涉嫌犯罪。如为“否”，即为一类；如为“是”，即为四类。"),
    ({"prepaid_months": None}, "最长预收月数。如不超过12，即为一类；如超过12，即为二类。"),
    (
        {"complained": None, "public_attention": None},
        "不良影响或重大舆情。如为“否”，仍可能为三类、一类；如为“是”，即为四类。",
    ),
    (
        {"monthly_bed_fee": None},
        "月床位费。如为0或不低于250，即为一类；如超过0、低于250，即为二类。",
    ),
    ({"suspected_crime": True, "complained": None}, None),
]


@pytest.mark.parametrize(("change", "line"), QUESTIONS)
def test_the_first_question_says_what_each_answer_leaves(
    change: dict[str, object], line: str | None
) -> None:
    assert advice(**change).first == line


def test_ways_and_questions_are_those_of_brute_force_over_all_settings() -> None:
    settings = settings_of(RULES)
    for home in random_homes(25, seed=41, blank=0.08):
        tier = judge(home, RULES).tier
        if tier is not None and tier > 1:
            ways = {way.names for way in way_down(settings, home, tier)}
            assert ways == ways_again(home, tier), home
        means = {one.name: one.mean for one in questions(settings, home)}
        assert means == {key: float(mean) for key, mean in first_again(home).items()}, home


# What differs from a home in order with one confirmed lead that the reader may not open; the ways
# down and the first question that he is told.
HIDDEN = [
    ({}, (), None),
    ({"complained": True}, (), None),
    ({"prosecuted": None}, (), None),  # either answer leaves tier three, which is seen
    ({"suspected_crime": True}, ("涉嫌犯罪为“否”：降为三类。",), None),
    ({"suspected_crime": None}, (), "涉嫌犯罪。如为“否”，即为三类；如为“是”，即为四类。"),
]


@pytest.mark.parametrize(("change", "ways", "first"), HIDDEN)
def test_advice_neither_names_nor_settles_by_a_count_that_is_hidden(
    change: dict[str, object], ways: tuple[str, ...], first: str | None
) -> None:
    told = advice("confirmed_leads", confirmed_leads=1, **change)
    assert (told.ways, told.first) == (ways, first)


def test_ways_without_a_hidden_count_are_those_of_brute_force() -> None:
    """Tier four is lowered whatever the hidden count is."""
    settings, kept = settings_of(RULES), ("confirmed_leads",)
    for home in random_homes(12, seed=7, blank=0.05):
        tier = judge(home | {"confirmed_leads": 1}, RULES).tier
        if tier == 4:
            told = home | {"confirmed_leads": None}
            ways = {way.names for way in way_down(settings, told, tier, kept)}
            assert ways == ways_again(told, tier, kept), home


def test_a_record_of_which_nothing_is_known_is_asked_about_the_worst_first() -> None:
    facts = dict.fromkeys(CLEAN)
    told = Advice(settings_of(RULES), facts, LABELS, choices_of(INSTITUTIONS))
    assert told.asked == "suspected_crime"
    assert told.ways == ()
