"""The file of contradictions: the shipped one can be read, and one at fault names the place."""

from __future__ import annotations

import pytest

from ledger.domain.contradictions import CHECKED, read_contradictions
from ledger.domain.tiers import RuleError
from ledger.records.rulebook import CONTRADICTIONS, shipped

SHIPPED = read_contradictions(shipped(CONTRADICTIONS).read_text(encoding="utf-8"))

HEAD = 'version = "1"\ntitle = "核对"\nsource = "测试"\n'
RULE = """
[[rules]]
id = "{id}"
label = "名称"
ledger = "{ledger}"
advice = "核实"
source = "测试"
{parts}
"""
LINKED = """
[[rules.linked]]
ledger = "{ledger}"
by = "{by}"
when = '{when}'
"""
TRUE = 'finding == "true"'


def rule(
    parts: str = 'when = "residents > beds"', *, id: str = "one", ledger: str = "institutions"
) -> str:
    return RULE.format(id=id, ledger=ledger, parts=parts)


def linked(ledger: str = "leads", by: str = "institution", when: str = TRUE) -> str:
    return rule("") + LINKED.format(ledger=ledger, by=by, when=when)


def test_the_shipped_file_speaks_of_what_the_issue_names() -> None:
    ids = [one.id for one in SHIPPED]
    assert ids == [
        "lead_true_not_complained",
        "closed_open_leads",
        "closed_open_dispositions",
        "lead_closed_open_dispositions",
        "payers_over_beds",
        "prepaid_over_assets",
        "residents_over_beds",
        "licensed_without_code",
        "same_code",
        "same_position",
        "confirmed_not_computed",
        "inspection_dates",
        "lead_dates",
        "disposition_dates",
        "petition_dates",
    ]


def test_every_shipped_rule_says_what_to_do_and_on_what_it_stands() -> None:
    for one in SHIPPED:
        assert one.ledger in CHECKED
        assert one.advice
        assert one.source


REFUSED = [
    # what is wrong, the rules, where it is said to be, what is said
    ("no rule", "", "一致性核对文件", "一条规则也没有"),
    ("no toml", "[[rules", "一致性核对文件", "不是有效的 TOML"),
    ("two of one id", rule() + rule(), "规则 one", "这个 id 用了两次"),
    ("unknown ledger", rule(ledger="leadz"), "规则 one", "没有名为 leadz 的台账。是否指 leads？"),
    ("areas", rule(ledger="areas"), "规则 one", "没有名为 areas 的台账"),
    ("unknown field", rule('when = "bedz > 3"'), "规则 one 第 1 个字符", "没有名为 bedz 的列"),
    ("unknown blank", rule('blank = ["codes"]'), "规则 one", "没有名为 codes 的列"),
    ("nothing said", rule(""), "规则 one", "没有写出什么是矛盾"),
    ("unknown entry", rule("wenn = 3"), "规则 one", "不认识 wenn"),
    ("a word as a number", rule('when = "name > 3"'), "规则 one 第 1 个字符", "不是"),
    ("a number as yes or no", rule('when = "beds"'), "规则 one 第 1 个字符", "不是"),
    ("no such choice", rule("when = 'filing == \"x\"'"), "规则 one 第 1 个字符", "没有选项 x"),
    ("a limit", rule('when = "beds > limits.most"'), "规则 one", "没有限额"),
    ("one to differ", rule('differ = ["tier"]'), "规则 one", "differ 要写两列"),
    ("unlike", rule('differ = ["tier", "beds"]'), "规则 one", "类型不同"),
    ("one day", rule('ordered = [["due_on"]]'), "规则 one", "至少要写两个不同的日期列"),
    ("no day", rule('ordered = [["due_on", "beds"]]'), "规则 one", "beds 不是日期列"),
    ("protected", rule('blank = ["suspect"]', ledger="leads"), "规则 one", "受保护"),
    ("linked ledger", linked("x"), "规则 one 的第 1 个 [[rules.linked]]", "没有名为 x 的台账"),
    ("linked field", linked(by="x"), "规则 one 的第 1 个 [[rules.linked]]", "没有名为 x 的列"),
    ("linked by no reference", linked(by="state"), "规则 one 的第 1 个", "by 应当是线索里指向"),
    (
        "linked condition",
        linked(when="x"),
        "规则 one 的第 1 个 [[rules.linked]] 第 1 个",
        "没有名为 x",
    ),
    ("both", linked() + 'proposes = "complained"', "规则 one 的第 1 个", "写一项"),
    ("neither", linked().replace("when", "#"), "规则 one 的第 1 个", "写一项"),
    (
        "no such proposal",
        linked().replace(f"when = '{TRUE}'", 'proposes = "blacklisted"'),
        "规则 one 的第 1 个",
        "应当是线索提出的机构事实（complained",
    ),
    ("linked protected", linked(when='informant == "张三"'), "规则 one 的第 1 个", "受保护"),
]


@pytest.mark.parametrize(
    ("rules", "where", "said"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED]
)
def test_a_file_that_cannot_be_used_is_refused_with_its_place(
    rules: str, where: str, said: str
) -> None:
    with pytest.raises(RuleError) as refused:
        read_contradictions(HEAD + rules)
    assert str(refused.value).startswith(where)
    assert said in str(refused.value)
