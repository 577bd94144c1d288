"""What headers mean: every sign explained, or a question. Nothing is guessed."""

from __future__ import annotations

import pytest

from ledger.reporting.forms.asked_words import Context, Meaning, Unsure
from ledger.reporting.forms.form_meaning import understand
from ledger.reporting.forms.form_titles import read_title
from ledger.reporting.forms.senses import FormWords

# title, parts, row of units → key of the count, filters, time, factor
SURE = [
    ("信访情况表", ("登记件数", "本周"), "", ("petitions", "", "week", 1)),
    ("信访情况表", ("农业农村", "登记件数"), "", ("petitions", "所属领域为农业农村", "", 1)),
    ("信访情况表", ("本月登记件数",), "", ("petitions", "", "month", 1)),
    ("信访情况表", ("集体访", "人次"), "", ("collective", "", "", 1)),
    ("信访情况表", ("来信", "件数"), "", ("petitions_plain", "信访渠道为来信", "", 1)),
    ("线索情况表", ("登记数（条）",), "", ("leads", "", "", 1)),
    ("线索情况表", ("其中：12337平台",), "", ("leads_plain", "线索来源为12337平台", "", 1)),
    ("处置进度表", ("警示约谈", "机构数（家）", "累计"), "",
     ("disposed_institutions", "处置措施为警示约谈", "so_far", 1)),
    ("处置进度表", ("已清退金额（万元）",), "", ("refunded", "", "", 10_000)),
    ("机构情况表", ("机构数", "未许可备案"), "家",
     ("institutions", "许可备案情况为未许可未备案", "", 1)),
    ("机构情况表", ("四类机构数",), "", ("institutions", "风险等级为四类", "", 1)),
    ("排查进度表", ("风险等级（家）", "红"), "", ("institutions_by_home", "风险等级为四类", "", 1)),
    ("宣传统计表", ("发放资料", "万份"), "", None),
    ("宣传统计表", ("发放宣传资料",), "万份", ("materials", "", "", 10_000)),
    ("宣传统计表", ("受众（人次）",), "", ("reached", "", "", 1)),
    ("信访情况表", ("集体访（批）", "人次"), "", ("collective", "", "", 1)),
    ("机构排查情况表", ("家数", "排查率"), "", ("coverage", "", "", 1)),
    ("战果统计表", ("线索", "办结", "本月"), "", ("leads_closed", "", "month", 1)),
    ("战果统计表", ("累计", "宣传", "发放资料（份）"), "", ("materials", "", "so_far", 1)),
]  # fmt: skip
# title, parts, what the question says
OPEN = [
    ("信访情况表", ("疑难件数",), "不明白“疑难件数”"),
    ("信访情况表", ("较上周增减",), "不明白"),
    ("信访情况表", ("办理进度指数",), "不明白"),
    ("宣传统计表", ("悬挂横幅（条）",), "没有记条数"),
    ("宣传统计表", ("入户（户）",), "没有记户数"),
    ("宣传统计表", ("覆盖率",), "没有唯一的口径"),
    ("处置进度表", ("警示约谈", "涉及老年人数"), "没有记涉及老年人数"),
    ("处置进度表", ("警示约谈",), "可以按几种方式数"),
    ("情况表", ("其他",), "有几种理解"),
    ("机构排查情况表", ("未排查",), "没有单独的记录"),
    ("战果统计表", ("宣传", "发放资料"), "有几种理解"),
    ("机构情况表", ("预收费金额",), "没有写明金额的单位"),
    ("信访情况表", ("登记件数（家）",), "单位不符"),
    ("信访情况表", ("其他", "满意情况"), "合不到一起"),
    ("处置进度表", ("警示约谈", "完成情况"), "不明白"),
    ("信访情况表", ("登记件数", "本周", "本月"), "合不到一起"),
    ("信访情况表", ("来信", "来访", "件数"), "合不到一起"),
]


def context(words: FormWords, title: str, **more: object) -> Context:
    plain = Context(words, **more)  # type: ignore[arg-type]
    subjects, filters, _ = read_title(title, plain)
    return Context(words, subjects, filters=filters, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(("title", "parts", "unit", "means"), SURE)
def test_headers_that_are_clear(
    words: FormWords, title: str, parts: tuple[str, ...], unit: str, means: tuple[object, ...]
) -> None:
    found = understand(parts, context(words, title), unit)
    if means is None:
        assert isinstance(found, Unsure)
        return
    assert isinstance(found, Meaning), found
    said = "，".join(one.words for one in found.filters)
    assert (found.count.key, said, found.span, found.factor) == means


@pytest.mark.parametrize(("title", "parts", "said"), OPEN)
def test_headers_that_are_asked_about(
    words: FormWords, title: str, parts: tuple[str, ...], said: str
) -> None:
    found = understand(parts, context(words, title))
    assert isinstance(found, Unsure), found
    assert said in found.message


def test_the_header_above_the_names_of_rows_chooses_between_ledgers(words: FormWords) -> None:
    plain = context(words, "情况表")
    found = understand(("其他", "件数"), plain, names=["所属领域"])
    assert isinstance(found, Meaning)
    assert found.filters[0].ledger == "petitions"


def test_units_that_contradict_each_other_are_asked_about(words: FormWords) -> None:
    both = context(words, "处置进度表", units=("万元",))
    found = understand(("已清退金额（元）",), both)
    assert isinstance(found, Unsure)
    assert "单位矛盾" in found.message


def test_a_legend_says_what_words_stand_for_and_may_contradict_them(words: FormWords) -> None:
    agreed = context(words, "排查进度表", legend={"红": "四类"})
    found = understand(("风险等级（家）", "红"), agreed)
    assert isinstance(found, Meaning)
    other = context(words, "排查进度表", legend={"红": "一类"})
    found = understand(("风险等级（家）", "红"), other)
    assert isinstance(found, Unsure)
    assert "对应“一类”" in found.message


def test_a_title_narrows_what_is_counted_or_is_not_understood(words: FormWords) -> None:
    plain = Context(words)
    subjects, filters, rest = read_title("集资融资领域信访情况统计表", plain)
    assert (subjects, [one.words for one in filters], rest) == (
        ("petitions",), ["所属领域为集资融资"], "",
    )  # fmt: skip
    _, _, rest = read_title("重点人员信访情况统计表", plain)
    assert "重点人员" in rest
    narrowed = context(words, "集资融资领域信访情况统计表")
    found = understand(("登记件数",), narrowed)
    assert isinstance(found, Meaning)
    assert found.words.endswith("所属领域为集资融资")
