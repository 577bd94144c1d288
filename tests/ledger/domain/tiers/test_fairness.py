"""Rule files must be total and monotone; what is refused, and with which counter-example."""

from __future__ import annotations

from itertools import product

import pytest

from ledger.domain.ledgers import INSTITUTIONS
from ledger.domain.tiers import RuleError, RuleSet, judge
from ledger.domain.tiers.fairness import Fairness
from ledger.domain.tiers.settings import Settings
from ledger.domain.tiers.unfair import refuse_unfair
from ledger.domain.tiers.worse import refusal
from ledger.records.rulebook import TIERS, facts_declared, fair_rules, parse_rules, shipped
from tests.bench.tier_table import random_homes, read_again

DEFAULT = shipped(TIERS).read_text(encoding="utf-8")
HEAD = """
version = "1"
effective = 2026-01-01
title = "小规则"
source = "测试"
[facts]
fines = { type = "number", min = 0, label = "罚款" }
paid = { type = "number", min = 0, label = "已缴" }
abuse = { type = "tri", worse = "yes", label = "虐待" }
[facts.use]
type = "choice"
worse = "ok < odd, bad"
choices = { ok = "正当", odd = "可疑", bad = "不当" }
[tiers.1]
name = "一类"
colour = "green"
[tiers.2]
name = "二类"
colour = "yellow"
[tiers.3]
name = "三类"
colour = "orange"
"""


def ruled(*rules: tuple[int, str], more: str = "") -> Settings:
    """A small rule file over four facts: tier and condition of each rule."""
    tables = [
        f"[[rules]]\nid = 'R{n}'\ntier = {tier}\nlabel = 'r'\nwhen = '''{when}'''\nsource = 's'\n"
        for n, (tier, when) in enumerate(rules, 1)
    ]
    return Settings(RuleSet.from_toml(HEAD + more + "".join(tables)), {})


def refused(*rules: tuple[int, str]) -> str:
    with pytest.raises(RuleError) as caught:
        refuse_unfair(ruled(*rules))
    return str(caught.value)


REST = 'not abuse and fines <= 10 and use == "ok"'
FAIR = ((3, "abuse"), (2, 'fines > 10 or use != "ok"'), (1, REST))


def test_fair_rules_pass_with_the_number_of_their_settings() -> None:
    fairness = refuse_unfair(ruled(*FAIR))
    assert fairness.counts == {3: 6, 2: 5, 1: 1}  # abuse: 2, fines: 2, use: 3


def test_rules_that_leave_known_facts_without_a_tier_are_refused() -> None:
    message = refused((3, "abuse"), (1, "not abuse and fines <= 10"))
    assert message.startswith("规则不全：")
    assert "虐待为否、罚款为11" in message
    assert "请补一条规则" in message


@pytest.mark.parametrize(
    ("rules", "moved"),
    [
        (((2, "not abuse"), (1, "abuse")), "虐待由“否”变为“是”，事实更坏，等级却由二类降为一类"),
        (((3, 'use == "ok"'), (2, 'use != "ok"')), "use由“正当”变为“可疑”，事实更坏，等级却由三类"),
        (
            ((3, "fines > paid and not abuse"), (2, "fines <= paid or abuse")),
            "其余事实不变（例如罚款为1、已缴为0）时，虐待由“否”变为“是”",
        ),
    ],
    ids=["tri", "choice", "beside numbers"],
)  # fmt: skip
def test_rules_under_which_a_worse_fact_is_milder_are_refused(
    rules: tuple[tuple[int, str], ...], moved: str
) -> None:
    message = refused(*rules)
    assert message.startswith("规则不公平：")
    assert moved in message
    assert "请改写规则 R" in message


def test_keys_of_one_step_are_not_compared() -> None:
    for tiers in ((2, 3), (3, 2)):
        refuse_unfair(
            ruled((tiers[0], 'use == "odd"'), (tiers[1], 'use == "bad"'), (1, 'use == "ok"'))
        )


def test_a_number_may_get_worse_either_way_but_not_both() -> None:
    refuse_unfair(ruled((2, "fines > 10"), (1, "fines <= 10")))
    refuse_unfair(ruled((1, "fines > 10"), (2, "fines <= 10")))
    both = ((2, "fines > 10 or fines < 5"), (1, "fines <= 10 and fines >= 5"))
    message = refused(*both)
    assert "说不清哪一边更坏" in message
    assert "worse" in message
    neither = 'stars = { type = "number", worse = "neither" }\n'
    head = HEAD.replace("[facts.use]", f"{neither}[facts.use]", 1)
    rules = "".join(
        f"[[rules]]\nid='{when}'\ntier={tier}\nlabel='r'\nwhen='{when}'\nsource='s'\n"
        for tier, when in ((2, "stars > 3"), (1, "stars <= 3"))
    )
    refuse_unfair(Settings(RuleSet.from_toml(head + rules), {}))


def test_facts_that_clash_need_no_rule_and_are_compared_with_none() -> None:
    clash = "[clashes.odd]\nlabel = '矛盾'\nwhen = 'fines > 0 and use == \"ok\"'\nsource = 's'\n"
    rules = ((2, 'use != "ok"'), (1, 'use == "ok" and not odd'))
    settings = ruled(*rules, more=clash)
    assert refuse_unfair(settings).counts == {"clash": 1, 1: 1, 2: 4}
    assert refused(rules[0], (1, 'use == "ok" and fines <= 0')).startswith("规则不全")


def test_comparisons_meet_only_in_regions_that_numbers_have() -> None:
    """fines > paid and fines <= paid - 1 cannot both be; no rule need cover it."""
    settings = ruled(
        (3, "fines > paid"), (2, "fines <= paid and fines > paid - 1"), (1, "fines <= paid - 1")
    )
    assert refuse_unfair(settings).counts == {3: 1, 2: 1, 1: 1}


def test_whole_numbers_have_nothing_between_them() -> None:
    rules = ((2, "fines >= 16"), (1, "fines <= 15"))
    assert "罚款为31/2" in refused(*rules) or "罚款为15.5" in refused(*rules)
    head = HEAD.replace('fines = { type = "number",', 'fines = { type = "number", whole = true,')
    tables = "".join(
        f"[[rules]]\nid='{when}'\ntier={tier}\nlabel='r'\nwhen='{when}'\nsource='s'\n"
        for tier, when in rules
    )
    assert refuse_unfair(Settings(RuleSet.from_toml(head + tables), {})).counts == {2: 1, 1: 1}


def test_two_facts_multiplied_are_refused_with_place_and_remedy() -> None:
    with pytest.raises(RuleError, match=r"^规则 R1：fines、paid 是两个事实相乘.*请改写成"):
        ruled((2, "fines * paid > 3"))
    ruled((2, "fines * 3 > paid * (2 + 1)"))


def test_the_counts_are_those_of_every_setting_judged_one_by_one() -> None:
    settings = ruled(*FAIR)
    fairness = Fairness(settings)
    counts: dict[object, int] = {}
    for values in product(*(range(len(one.values)) for one in settings.dimensions)):
        facts: dict[str, object] = {}
        for one, value in zip(settings.dimensions, values, strict=True):
            facts |= one.facts(value)
        given = {k: int(v) if k in ("fines", "paid") else v for k, v in facts.items()}  # type: ignore[call-overload]
        tier = judge(given, settings.rules).tier
        assert fairness.tier(facts) == tier
        counts[tier] = counts.get(tier, 0) + 1
    assert counts == fairness.counts


def test_the_shipped_rules_are_fair_over_44_million_settings() -> None:
    settings = Settings(parse_rules(DEFAULT), facts_declared(INSTITUTIONS))
    fairness = refuse_unfair(settings)
    assert sum(fairness.counts.values()) == 44_236_800
    assert set(fairness.counts) == {1, 2, 3, 4, "clash"}


def test_the_shipped_rules_with_a_local_amount_are_fair_too() -> None:
    fair_rules(DEFAULT.replace("# local_amount", "local_amount"))


UNFAIR = [
    ('when = "irregular"\nunless = "T3b"', 'when = "irregular and not beds > 5"', "不公平"),
    ("takes and not assets_cover_debts", "takes and assets_cover_debts", "不公平"),
    ('when = "not denied"', 'when = "not denied and not custody"', "不全"),
]


@pytest.mark.parametrize(("old", "new", "kind"), UNFAIR)
def test_the_shipped_rules_made_unfair_are_refused(old: str, new: str, kind: str) -> None:
    assert DEFAULT.count(old) == 1
    with pytest.raises(RuleError, match=f"^规则{kind}：.*请"):
        fair_rules(DEFAULT.replace(old, new))


def test_random_homes_are_judged_as_by_brute_force_over_unknown_facts() -> None:
    rules = parse_rules(DEFAULT)
    for home in random_homes(300, seed=5):
        judged = judge(home, rules)
        assert read_again(home) == (judged.tier, judged.at_most), home


def test_every_worse_side_a_ledger_declares_can_be_read() -> None:
    for fact in facts_declared(INSTITUTIONS).values():
        assert refusal(fact.worse, fact.type, fact.choices) is None, fact.key
