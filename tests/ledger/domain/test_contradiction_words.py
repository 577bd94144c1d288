"""Rules of contradictions in Chinese words."""

from __future__ import annotations

import re

from ledger.domain.contradiction_words import told
from ledger.domain.contradictions import read_contradictions
from ledger.records.rulebook import CONTRADICTIONS, shipped

SAID = {
    "lead_true_not_complained": "被投诉举报为“否”，且有指向它的线索（线索核查属实或部分属实）",
    "closed_open_dispositions": "最近一条指向它的排查走访（走访结果为“已关停或人去楼空”），"
    "且有指向它的处置（办理状态不是“已销号”）",
    "payers_over_beds": "预收涉及人数超过床位数",
    "licensed_without_code": "许可备案情况为“已许可”，且统一社会信用代码空白",
    "same_position": "经度、纬度与另一条记录完全相同",
    "confirmed_not_computed": "已确认等级与规则判定等级不一致",
    "inspection_dates": "下列日期没有由早到晚：走访日期、整改期限；走访日期、整改完成日期",
}


def test_every_kind_of_rule_is_said_in_chinese() -> None:
    text = shipped(CONTRADICTIONS).read_text(encoding="utf-8")
    rules = {one.id: one for one in read_contradictions(text)}
    assert {key: told(rules[key]) for key in SAID} == SAID
    assert [key for key, one in rules.items() if re.search("[A-Za-z]", told(one))] == []
