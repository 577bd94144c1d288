"""Conditions of rules in Chinese words."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest

from ledger.domain.tiers.condition_words import ConditionWords
from ledger.domain.tiers.expression import parse
from ledger.records.rule_words import tier_conditions
from ledger.records.rulebook import TIERS, parse_rules, shipped

WORDS = ConditionWords(
    labels={
        "crime": "涉嫌犯罪", "use": "资金用途", "months": "预收月数", "fee": "月床位费",
        "deposit": "押金", "card": "会员费", "beds": "床位数",
    },
    choices={"use": {"none": "未预收", "gap": "弥补不足"}},
    units={"months": "月", "fee": "元", "deposit": "元", "card": "元", "beds": "张"},
    definitions={"large": "数额较大"},
    limits={"months": Decimal(12), "times": Decimal("0.5"), "share": Decimal(3)},
    limit_labels={"times": "押金的倍数", "share": "最多几张", "sum": "本地总额"},
)  # fmt: skip

SAID = [
    ("crime", "涉嫌犯罪为“是”"),
    ("not crime", "涉嫌犯罪为“否”"),
    ("large", "符合“数额较大”"),
    ("not large", "不符合“数额较大”"),
    ('use == "gap"', "资金用途为“弥补不足”"),
    ('use != "gap"', "资金用途不是“弥补不足”"),
    ('use in ["none", "gap"]', "资金用途为“未预收”或“弥补不足”"),
    ("beds > 5", "床位数超过5张"),
    ("beds >= 5", "床位数不少于5张"),
    ("not beds >= 5", "床位数少于5张"),
    ("beds <= 5", "床位数不超过5张"),
    ("beds == 5", "床位数等于5张"),
    ("beds != 5", "床位数不等于5张"),
    ("beds in [5, 7]", "床位数为5张或7张"),
    ("12 < months", "12个月少于预收月数"),
    ("months > limits.months", "预收月数超过12个月（限额）"),
    ("deposit > 12 * fee", "押金超过月床位费的12倍"),
    ("deposit > limits.times * fee", "押金超过月床位费的0.5倍（限额：押金的倍数）"),
    ("beds > limits.share", "床位数超过3张（限额：最多几张）"),
    ("deposit + card > 900", "押金、会员费之和超过900元"),
    ("deposit - card > 0", "押金减会员费超过0元"),
    ("limits.months is set", "设定限额 months（已设定）"),
    ("limits.sum is set and fee > limits.sum",
     "设定限额“本地总额”（现未设定），且月床位费超过限额“本地总额”"),
    ("limits.own is set and fee > limits.own",
     "设定限额 own（现未设定），且月床位费超过限额 own"),
    ("crime or large or beds > 5", "涉嫌犯罪为“是”，或符合“数额较大”，或床位数超过5张"),
    ("large and (crime or beds > 5)", "符合“数额较大”，且（涉嫌犯罪为“是”，或床位数超过5张）"),
    ("(large and crime) or beds > 5", "（符合“数额较大”，且涉嫌犯罪为“是”），或床位数超过5张"),
    ("not (crime or beds > 5)", "涉嫌犯罪为“否”，且床位数不超过5张"),
    ("large or not (crime or beds > 5)",
     "符合“数额较大”，或（涉嫌犯罪为“否”，且床位数不超过5张）"),
    ("other", "other为“是”"),
]  # fmt: skip


@pytest.mark.parametrize(("condition", "words"), SAID)
def test_condition_in_words(condition: str, words: str) -> None:
    assert WORDS.said(parse(condition)) == words


def test_shipped_rules_hold_no_word_of_the_rule_language() -> None:
    rules = parse_rules(shipped(TIERS).read_text(encoding="utf-8"))
    words = tier_conditions(rules)
    told = [words.said(one.tree) for one in rules.definitions.values()]
    told += [words.of_rule(rule) for rule in rules.rules]
    left = {name for line in told for name in re.findall(r"[A-Za-z_]+", line)}
    assert left == set()
    assert set(rules.limit_labels) == {*rules.limits, "local_amount"}
    assert "最长预收月数超过12个月（限额：养老服务费最多预收月数）" in told[1]
    assert "被投诉举报为“是”，或纳入黑名单为“是”，或属实线索数不少于1条" in "".join(told)
    assert told[-1].startswith("更高各类的规则都确定不成立，且不符合“资料矛盾")
