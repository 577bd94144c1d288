"""Rule files: what is read, what is refused and in which words."""

from __future__ import annotations

import pickle
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.domain.tiers import Fact, FactType, Measure, RuleError, RuleSet, judge, load_rules

DEFAULT = Path(__file__).parents[4] / "data" / "rules" / "tiers.toml"

SMALL = """
version = "1"
effective = 2024-10-01
title = "小规则"
source = "测试"

[limits]
months = 12

[facts]
fines = { type = "number", min = 0, label = "罚款" }
abuse = "tri"
use = { type = "choice", choices = { none = "无", bad = "不当" } }

[definitions.large]
label = "数额大"
when = "fines > limits.months"
source = "测试"

[[rules]]
id = "B"
tier = 2
label = "数额大"
when = 'large and use != "none"'
source = "测试"

[[rules]]
id = "A"
tier = 4
label = "虐待"
when = "abuse"
source = "测试"
note = "备注"

[[rules]]
id = "C"
tier = 1
label = "无"
when = "not large"
source = "测试"
none_above = true

[tiers.1]
name = "一类"
colour = "blue"

[tiers.2]
name = "二类"
colour = "yellow"
measures = ["提示", { name = "约谈", days = 5 }]
consequences = ["开立处置"]

[tiers.4]
name = "四类"
colour = "red"
"""


def changed(old, new):
    """SMALL with one passage replaced; it must be there exactly once."""
    assert SMALL.count(old) == 1, old
    return SMALL.replace(old, new)


def test_rules_small_file_is_read_whole():
    rules = RuleSet.from_toml(SMALL)
    assert (rules.version, rules.effective, rules.title) == ("1", date(2024, 10, 1), "小规则")
    assert rules.limits == {"months": Decimal(12)}
    assert rules.facts["fines"] == Fact("fines", FactType.NUMBER, "罚款", Decimal(0))
    assert rules.facts["use"].choices == {"none": "无", "bad": "不当"}
    assert [rule.id for rule in rules.rules] == ["A", "B", "C"]  # highest tier first
    assert rules.rule("A").note == "备注"
    assert rules.definitions["large"].label == "数额大"
    assert rules.tiers[2].measures == (Measure("提示"), Measure("约谈", 5))
    assert rules.tiers[2].consequences == ("开立处置",)
    assert rules.fact_types == {
        "abuse": FactType.TRI,
        "use": FactType.CHOICE,
        "fines": FactType.NUMBER,
    }


def test_rules_fingerprint_follows_the_text_not_the_line_ends():
    rules = RuleSet.from_toml(SMALL)
    assert len(rules.fingerprint) == 64
    assert RuleSet.from_toml(SMALL.replace("\n", "\r\n")).fingerprint == rules.fingerprint
    other = RuleSet.from_toml(changed("months = 12", "months = 6"))
    assert other.fingerprint != rules.fingerprint
    assert other != rules


def test_rules_survive_pickling_and_do_not_change():
    rules = RuleSet.from_toml(SMALL)
    judge({}, rules)  # compiles, and closures cannot be pickled
    again = pickle.loads(pickle.dumps(rules))  # noqa: S301 -- our own bytes
    assert again == rules
    assert hash(again) == hash(rules)
    assert judge({"abuse": True}, again).tier == 4
    with pytest.raises(AttributeError):
        rules.version = "2"
    with pytest.raises(TypeError):
        rules.limits["months"] = 1


# passage of SMALL, what it becomes, words of the error
BROKEN = [
    ('version = "1"\n', "", "规则文件", "缺少 version"),
    ('version = "1"', 'version = ""', "规则文件", "version 应当是带引号的文字"),
    ('version = "1"', "version = 1", "规则文件", "version 应当是带引号的文字"),
    ('version = "1"', 'version = "1"\nverison = "2"', "规则文件", "是否指 version"),
    ("effective = 2024-10-01", "", "规则文件", "缺少 effective"),
    ("effective = 2024-10-01", 'effective = "2024年"', "规则文件", "应当是日期"),
    ("effective = 2024-10-01", "effective = 2024-10-01T00:00:00", "规则文件", "不是日期"),
    ('title = "小规则"', "title = 小规则", "规则文件第 4 行", "TOML"),
    ("[limits]", "[limits]\nmonths = 1", "规则文件第 9 行", "同一名称"),
    ("months = 12", 'months = "12"', "[limits]", "months 应当是数字"),
    ("months = 12", "months = true", "[limits]", "months 应当是数字"),
    ("months = 12", "months = nan", "[limits]", "不是有限的数字"),
    ("months = 12", "months = 12\nmonth = 3", "[limits]", "没有条件用到限额 month"),
    ("months = 12", "months = 12\nand = 3", "[limits]", "名称 'and' 不可用"),
    ("[limits]", '[limit_labels]\nmonth = "月数"\n[limits]', "[limit_labels]", "没有条件用到"),
    ("[limits]", "[limit_labels]\nmonths = 3\n[limits]", "[limit_labels]", "months 应当是"),
    ("months = 12", "", "定义 large 第 9 个字符", "限额 months 没有设定"),
    ('abuse = "tri"', 'abuse = "bool"', "[facts] abuse", "没有类型"),
    ('abuse = "tri"', 'abuse = { type = "tri", min = 0 }', "[facts] abuse", "只有数字才有 min"),
    ('abuse = "tri"', 'abuse = { type = "tri", mini = 0 }', "[facts] abuse", "不认识 mini"),
    ('abuse = "tri"', 'abuse = "number"', "规则 A 第 1 个字符", "abuse 是数字"),
    ('abuse = "tri"', "abuse = 3", "[facts] abuse", "应当是一张表"),
    ("min = 0", "min = 5, max = 5", "[facts] fines", "应当小于"),
    ("choices = { none", "choices = { nono", "规则 B 第 11 个字符", "没有选项“none”"),
    ('bad = "不当"', "bad = 3", "[facts] use", "choices 应当写成"),
    ("[definitions.large]", "[definitions.abuse]", "[definitions.abuse]", "另取名称"),
    ("[definitions.large]", '[definitions."a b"]', "[definitions.a b]", "不可用"),
    ('when = "fines > limits.months"', "", "[definitions.large]", "缺少 when"),
    (
        'when = "fines > limits.months"',
        'when = "large and fines > limits.months"',
        "定义 large",
        "large → large",
    ),
    ('"fines > limits.months"', '"fines > limits.months and"', "定义 large 第 26", "不完整"),
    ("large and use", "large > 3 and use", "规则 B 第 1 个字符", "只答是或否"),
    ("large and use", 'large == "x" and use', "规则 B 第 1 个字符", "只答是或否"),
    ("large and use", "fines and use", "规则 B 第 1 个字符", "fines 是数字"),
    ('id = "B"', 'id = "A"', "规则 A", "用了两次"),
    ('id = "B"\n', "", "第 1 条规则", "缺少 id"),
    ('id = "B"\ntier = 2', 'id = "B"', "规则 B", "缺少 tier"),
    ('id = "B"\ntier = 2', 'id = "B"\ntier = 5', "规则 B", "tier 应当是 1 到 4"),
    ('id = "B"\ntier = 2', 'id = "B"\ntier = true', "规则 B", "tier 应当是 1 到 4"),
    ('id = "B"\ntier = 2', 'id = "B"\ntier = 3', "[tiers.3]", "请补上"),
    ('id = "B"', 'id = "B"\nlable = "x"', "规则 B", "是否指 label"),
    ('label = "虐待"', "", "规则 A", "缺少 label"),
    ('when = "abuse"', 'when = "abuse("', "规则 A 第 6 个字符", "没有函数"),
    ('when = "abuse"', 'when = "abuse and x and x > 1"', "规则 A 第 17 个字符", "请改成一致"),
    ("none_above = true", "none_above = 1", "规则 C", "true 或 false"),
    ('id = "B"', 'id = "B"\nunless = "A"', "规则 B", "unless 应当是同一等级另一条规则"),
    ('id = "B"', 'id = "B"\nunless = "X"', "规则 B", "却是“X”"),
    (
        'abuse = "tri"',
        'abuse = { type = "tri", worse = "up" }',
        "[facts] abuse",
        "yes、no、neither",
    ),
    ('bad = "不当" }', 'bad = "不当" }, worse = "bad"', "[facts] use", "由好到坏"),
    ('bad = "不当" }', 'bad = "不当" }, worse = "none < worst"', "[facts] use", "可用：none、bad"),
    ("min = 0", 'min = 0, worse = "many"', "[facts] fines", "higher、lower、neither"),
    ("[definitions.large]", "[clashes.abuse]", "[clashes.abuse]", "另取名称"),
    ("[tiers.4]", "[tiers.5]", "[tiers.5]", "等级只有 1 到 4"),
    ('colour = "red"', 'colour = "pink"', "[tiers.4]", "没有颜色"),
    ("days = 5", "days = 0", "[tiers.2] measures", "days 应当是 1 到 3650"),
    ('measures = ["提示"', "measures = [3", "[tiers.2] measures", "应当是一张表"),
    ("measures = [", 'meas = "x"\nmeasures = [', "[tiers.2]", "不认识 meas"),
    ('consequences = ["开立处置"]', 'consequences = "开立"', "[tiers.2]", "应当是列表"),
]


@pytest.mark.parametrize(("old", "new", "where", "says"), BROKEN)
def test_rules_broken_file_names_place_and_remedy(old, new, where, says):
    with pytest.raises(RuleError) as caught:
        RuleSet.from_toml(changed(old, new))
    assert str(caught.value).startswith(where)
    assert says in str(caught.value)


def test_rules_without_any_rule():
    head = SMALL[: SMALL.index("[limits]")]
    with pytest.raises(RuleError, match="一条规则也没有"):
        RuleSet.from_toml(head)
    with pytest.raises(RuleError, match="rules 应当是列表"):
        RuleSet.from_toml(head + "rules = 3")


def test_rules_circle_of_definitions_is_named():
    first = '[definitions.a]\nlabel = "甲"\nsource = "s"\nwhen = "not b"\n'
    second = '[definitions.b]\nlabel = "乙"\nsource = "s"\nwhen = "abuse and a"\n'
    with pytest.raises(RuleError, match="a → b → a"):
        RuleSet.from_toml(changed("[definitions.large]", f"{first}{second}[definitions.large]"))


def test_rules_definitions_nested_too_deep():
    chain = "".join(
        f'[definitions.d{n}]\nlabel = "d"\nsource = "s"\nwhen = "not d{n + 1}"\n'
        for n in range(120)
    )
    last = '[definitions.d120]\nlabel = "d"\nsource = "s"\nwhen = "abuse"\n'
    with pytest.raises(RuleError, match="超过 100"):
        RuleSet.from_toml(changed("[definitions.large]", f"{chain}{last}[definitions.large]"))


def test_rules_check_against_the_ledger():
    rules = RuleSet.from_toml(changed('abuse = "tri"', ""))
    rules.check({"abuse": FactType.TRI})
    with pytest.raises(RuleError, match=r"规则 A 第 1 个字符.*没有名为 abuse .*是否指 abused"):
        rules.check({"abused": FactType.TRI})
    with pytest.raises(RuleError, match="abuse 是数字"):
        rules.check({"abuse": FactType.NUMBER})
    with pytest.raises(RuleError, match="台账里是文字"):
        rules.check({"abuse": FactType.TRI, "fines": FactType.TEXT})
    with pytest.raises(RuleError, match="large 已是台账里的列"):
        rules.check({"abuse": FactType.TRI, "large": FactType.TRI})
    with pytest.raises(RuleError, match="没有选项“none”"):
        rules.check({"abuse": FactType.TRI}, {"use": ["nothing"]})


def test_rules_check_looks_beside_unset_limits_too():
    text = changed(
        "fines > limits.months",
        "fines > limits.months or (limits.x is set and finse > limits.x)",
    )
    rules = RuleSet.from_toml(text)
    with pytest.raises(RuleError, match=r"没有名为 finse .*是否指 fines"):
        rules.check({})


def test_rules_load_says_what_is_wrong_with_the_file(tmp_path):
    with pytest.raises(RuleError, match="没有这个文件"):
        load_rules(tmp_path / "none.toml")
    with pytest.raises(RuleError, match="无法读取"):
        load_rules(tmp_path)
    chinese = tmp_path / "gbk.toml"
    chinese.write_bytes(SMALL.encode("gb18030"))
    with pytest.raises(RuleError, match="UTF-8"):
        load_rules(chinese)
    large = tmp_path / "large.toml"
    large.write_bytes(b"#" * 1_000_001)
    with pytest.raises(RuleError, match="1 MB"):
        load_rules(large)
    marked = tmp_path / "bom.toml"
    marked.write_bytes(b"\xef\xbb\xbf" + SMALL.encode())
    assert load_rules(marked) == RuleSet.from_toml(SMALL)
    deep = tmp_path / "deep.toml"
    deep.write_text("a = " + "[" * 5000)
    with pytest.raises(RuleError):
        load_rules(deep)


def test_rules_default_file_is_complete():
    """The plan's tier table, rule by rule (DESIGN "Tier rules")."""
    rules = load_rules(DEFAULT)
    assert {rule.id: rule.tier for rule in rules.rules} == {
        "T4a": 4, "T4b": 4, "T4c": 4, "T3a": 3, "T3b": 3, "T3c": 3, "T3d": 3, "T3e": 3,
        "T2a": 2, "T2b": 2, "T2c": 2, "T2d": 2, "T2e": 2, "T1": 1,
    }  # fmt: skip
    assert rules.limits == {
        "prepaid_months": 12, "deposit_months": 12, "representative_changes_24m": 3
    }  # fmt: skip
    assert [rules.tiers[n].name for n in (1, 2, 3, 4)] == ["一类", "二类", "三类", "四类"]
    assert [rules.tiers[n].colour for n in (1, 2, 3, 4)] == ["green", "yellow", "orange", "red"]
    assert [len(rules.tiers[n].measures) for n in (1, 2, 3, 4)] == [1, 3, 4, 5]
    assert all(rule.source and rule.label for rule in rules.rules)
    # Deadlines have no national rule: none is set until an office sets one.
    assert all(m.days is None for tier in rules.tiers.values() for m in tier.measures)


@given(st.text(max_size=200), st.integers(0, len(SMALL)))
def test_rules_any_text_gives_rules_or_a_rule_error(text, place):
    for attempt in (text, SMALL[:place] + text + SMALL[place:], SMALL[:place]):
        try:
            rules = RuleSet.from_toml(attempt)
        except RuleError as error:
            assert str(error)  # noqa: PT017 -- most texts are refused, some are not
        else:
            assert judge({}, rules).tier is None
