"""A judgement in words."""

from __future__ import annotations

from ledger.domain.tiers import RuleSet, explain, judge, tier_name
from ledger.records.rule_words import tier_conditions
from tests.ledger.domain.tiers.test_engine import CLEAN, NOTHING, RULES

LABELS = {
    "prepaid_use": "预收资金用途",
    "prepaid_months": "最长预收月数",
    "assets_cover_debts": "资可抵债",
    "suspected_crime": "涉嫌犯罪",
    "complained": "被投诉举报",
}
CHOICES = {"prepaid_use": {"operation": "日常运营"}}


def lines(**change):
    return explain(judge({**CLEAN, **change}, RULES), RULES, LABELS, CHOICES)


def test_explanation_names_rule_facts_values_and_source():
    line, *others = lines(prepaid_months=14.0, assets_cover_debts=False)
    assert [other[:3] for other in others] == ["三类：", "二类：", "二类："]
    assert line.startswith("四类：预收费数额较大且资不抵债（规则 T4b）。")
    assert "事实：预收资金用途为日常运营、最长预收月数为14、资可抵债为否。" in line
    assert "依据：排查整治方案四类处置" in line
    assert line.endswith("。")


def test_explanation_says_when_the_rule_holds_in_words():
    judgement = judge({**CLEAN, "stable_operation": False}, RULES)
    (line,) = explain(judgement, RULES, {}, {}, tier_conditions(RULES))
    assert "（规则 T2e）。条件：资可抵债为“否”，或运营平稳为“否”。事实：" in line


def test_explanation_says_what_could_raise_the_tier():
    first, second = lines(complained=True, suspected_crime=None)
    assert first.startswith("三类：")
    assert "被投诉举报为是" in first
    assert second == "可能升至四类：涉嫌非法集资、诈骗等犯罪（规则 T4a），尚不详：涉嫌犯罪。"


def test_explanation_of_an_undetermined_record():
    first, *others = lines(suspected_crime=None)
    assert first == "待研判：已知事实不足以定级，最高可能为四类，请先查明下列事实。"
    assert [line[:6] for line in others] == ["可能为四类：", "可能为一类："]


def test_explanation_of_facts_that_contradict_each_other():
    clash = {**NOTHING, "prepaid_months": 6}
    words = (
        "资料矛盾：写明未预收，却有预收月数、押金或预收金额"
        "（预收资金用途为none、最长预收月数为6）。请先核实，改正不实的一处。"
    )
    assert lines(**clash) == [f"待研判：{words}"]
    judged, told = lines(**clash, complained=True)
    assert judged.startswith("三类：")
    assert told == words


def test_explanation_of_a_case_no_rule_covers():
    """Rules in force before rules had to be total may leave one."""
    old = RuleSet.from_toml(RULES.text.replace("not denied", "not denied and not custody"))
    assert explain(judge(CLEAN, old), old, LABELS) == [
        "待研判：现有规则没有涵盖这种情况，请人工研判。"
    ]


def test_explanation_falls_back_to_keys_and_plain_values():
    judgement = judge({**CLEAN, "prepaid_months": 13.5, "assets_cover_debts": False}, RULES)
    line, *_ = explain(judgement, RULES, {})
    assert "prepaid_use为operation、prepaid_months为13.5、assets_cover_debts为否" in line


def test_explanation_tier_names():
    assert [tier_name(n, RULES) for n in (None, 1, 4)] == ["待研判", "一类", "四类"]
