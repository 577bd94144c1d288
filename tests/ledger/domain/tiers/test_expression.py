"""The rule language: what it takes, what it means, what it refuses and how it says so."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ledger.domain.tiers.binding import Scope, bind
from ledger.domain.tiers.errors import RuleError
from ledger.domain.tiers.evaluation import Program
from ledger.domain.tiers.expression import parse
from ledger.domain.tiers.facts import FactType, reader
from ledger.domain.tiers.syntax import All, Comparison, Constant, Not, NumberFact, TriFact, uses

LIMITS = {"months": Decimal(12), "share": Decimal("0.3")}


def answer(text, **facts):
    """The answer of one expression and the facts it rests on."""
    tree = bind(parse(text), Scope(LIMITS, frozenset(), ""))
    program = Program({"it": tree})
    values = {use.name: reader(use.type, None)(facts.get(use.name)) for use in uses(tree)}
    program.run(values)
    return values["it"], program.grounds("it", values)


def test_expression_tree_is_plain_and_immutable():
    tree = parse("a and not b > 2")
    assert isinstance(tree, All)
    assert isinstance(tree.operands[0], TriFact)
    assert isinstance(tree.operands[1], Not)
    inner = tree.operands[1].operand
    assert isinstance(inner, Comparison)
    assert inner.left == NumberFact("b", 11)
    with pytest.raises(AttributeError):
        tree.operands = ()


# expression, facts, answer, facts it rests on
MEANINGS = [
    ("a", {"a": True}, True, "a"),
    ("a", {"a": False}, False, "a"),
    ("a", {}, None, "a"),
    ("not a", {"a": True}, False, "a"),
    ("not not a", {"a": True}, True, "a"),
    # loosest or, then and, then not
    ("a or b and c", {"a": True, "b": False, "c": False}, True, "a"),
    ("(a or b) and c", {"a": True, "b": False, "c": False}, False, "c"),
    ("not a and b", {"a": False, "b": True}, True, "a b"),
    ("not (a and b)", {"a": False, "b": True}, True, "a"),
    # a deciding operand absorbs what is unknown
    ("a or b", {"a": True}, True, "a"),
    ("a and b", {"a": False}, False, "a"),
    ("a and b", {"a": True}, None, "b"),
    ("a or b", {"a": False}, None, "b"),
    ("(a and b) or c", {"a": False}, None, "c"),  # b is absorbed by a
    ("(a or b) and c", {}, None, "a b c"),
    # numbers
    ("n > 12", {"n": 13}, True, "n"),
    ("n > 12", {"n": 12}, False, "n"),
    ("n >= 12", {"n": 12}, True, "n"),
    ("n < 12", {"n": 11.5}, True, "n"),
    ("n <= 12", {"n": 12.5}, False, "n"),
    ("n == 12", {"n": 12.0}, True, "n"),
    ("n != 12", {"n": 12}, False, "n"),
    ("n > 12", {}, None, "n"),
    ("n != 12", {}, None, "n"),
    ("n > limits.months", {"n": 13}, True, "n"),
    ("a + b + c > limits.share", {"a": 0.1, "b": 0.2, "c": 0}, False, "a b c"),  # not 0.30000000…4
    ("a - b > 1", {"a": 3, "b": 1}, True, "a b"),
    ("a - b - 1 == 1", {"a": 3, "b": 1}, True, "a b"),
    ("-a > -2", {"a": 1}, True, "a"),
    ("2 + 3 * n == 14", {"n": 4}, True, "n"),
    ("(2 + 3) * n == 20", {"n": 4}, True, "n"),
    ("d > 12 * fee", {"d": 12000, "fee": 999}, True, "d fee"),
    ("d > 12 * fee", {"d": 12000}, None, "fee"),
    ("n in [1, 2.5, -3]", {"n": -3}, True, "n"),
    ("n not in [1, 2]", {"n": 2}, False, "n"),
    ("n * 0 == 0", {}, True, ""),
    # texts
    ('t == "x"', {"t": "x"}, True, "t"),
    ("t == 'x'", {"t": "y"}, False, "t"),
    ('"x" == t', {"t": "x"}, True, "t"),
    ('t != "x"', {"t": "y"}, True, "t"),
    ('t != "x"', {}, None, "t"),
    ('t in ["x", "y"]', {"t": "y"}, True, "t"),
    ('t not in ["x", "y"]', {"t": "y"}, False, "t"),
    ('t in ["x"]', {}, None, "t"),
    # limits that are set or not
    ("limits.months is set", {}, True, ""),
    ("limits.other is set", {}, False, ""),
    ("limits.other is not set", {}, True, ""),
    ("limits.other is set and n > limits.other", {}, False, ""),
    ("a or (limits.other is set and n > limits.other)", {}, None, "a"),
    ("limits.months is set and n > limits.months", {"n": 13}, True, "n"),
    # wider than Python: its reserved words are names, numbers may begin with 0, any blank divides
    ("class and not lambda", {"class": True, "lambda": False}, True, "class lambda"),
    ("n > 012", {"n": 13}, True, "n"),
    ("a\u3000and b", {"a": True, "b": True}, True, "a b"),
    ("n > 12or a", {"n": 13}, True, "n"),
    # names may be Chinese, lines may break
    ("承诺回报\n  or 涉嫌犯罪", {"承诺回报": True}, True, "承诺回报"),
]


@pytest.mark.parametrize(("text", "facts", "expected", "rests_on"), MEANINGS)
def test_expression_meaning(text, facts, expected, rests_on):
    truth, grounds = answer(text, **facts)
    assert truth is expected
    assert grounds == tuple(rests_on.split())


# expression, character the error points at, what the message says
REFUSED = [
    ("", None, "空的"),
    ("   ", None, "空的"),
    ("a and", 6, "不完整"),
    ("a b", 3, "多出了 b"),
    ("a)", 2, "多出了"),
    ("(a", 3, "这里应当是 )"),
    ("open('x')", 5, "没有函数"),
    ("a.b", 2, "属性"),
    ("a[0]", 2, "下标"),
    ("limits", 7, "这里应当是 ."),
    ("limits.", 8, "限额名称"),
    ("limits.a.b > 1", 1, "能判断是或否"),
    ("lambda: 1", 7, "不认识“:”"),
    ("a / b > 1", 3, "乘法"),
    ("a ** 9 > 1", 4, "名称、数字或括号"),
    ("n > 1e9", 6, "多出了 e9"),
    ("n > 1234567890123456", 5, "数字过长"),
    ("n > 0x10", 6, "多出了"),
    ("1 < n < 3", 7, "连续比较"),
    ("12", 1, "能判断是或否"),
    ('"x"', 1, "能判断是或否"),
    ("a + b", 1, "能判断是或否"),
    ("a and b + 1", 7, "能判断是或否"),
    ("(a or b) > 1", 1, "应当是数字"),
    ("a + (b > 1) > 2", 5, "应当是数字"),
    ('t > "x"', 1, "不能用 >"),
    ('"x" == "y"', 1, "文字只能与一个名称比较"),
    ('t + 1 == "x"', 1, "文字只能与一个名称比较"),
    ("t in []", 7, "列表里应当是"),
    ("t in [x]", 7, "列表里应当是"),
    ('t in ["x", 1]', 1, "统一"),
    ("t in 3", 6, "这里应当是 ["),
    ('t + 1 in ["x"]', 1, "应当是一个名称"),
    ("a is set", 1, "只用于限额"),
    ("limits.a.b", 1, "能判断是或否"),
    ("limits.x is 3", 13, "这里应当是 set"),
    ("a is True", 6, "这里应当是 set"),
    ("a == True", 6, "不需要 True"),
    ("t == 'x", 6, "引号"),
    ('t == "a\\n"', 6, "引号"),
    ("a and\uff08b\uff09", 6, "半角的 ("),
    ("t == “x”", 6, '半角的 "'),
    ("n ≥ 3", 3, "半角的 >="),
    ("n = 3", 3, "半角的 =="),
    ("a & b", 3, "半角的 and"),
    ("a; b", 2, "不认识“;”"),
    ("a\x00", 2, "U+0000"),
    ("a # b", 3, "不认识“#”"),
    ("(a := b)", 4, "不认识“:”"),
    ("a and\\\nb", 6, "不认识“\\”"),
    ("a if b else c", 3, "多出了 if"),
    ("await a", 7, "多出了 a"),
    ('t == f"x"', 7, '多出了 "x"'),
    ('t == "x" "y"', 10, '多出了 "y"'),
    ('t == """x"""', 8, '多出了 "x"'),
    ("n > 1_000", 6, "多出了 _000"),
    ("n > 1.", 6, "多出了 ."),
    ("a, b", 2, "多出了 ,"),
    ("t in ('x', 'y')", 6, "这里应当是 ["),
    ("t in ['x',]", 11, "列表里应当是"),
    ("limits.x is (set)", 13, "这里应当是 set"),
    ("(limits).x is set", 8, "这里应当是 ."),
    ("a > not b", 5, "名称、数字或括号"),
    ("+a > 1", 1, "名称、数字或括号"),
    ("n > 1 ** 2", 8, "名称、数字或括号"),
    ("a not b", 7, "这里应当是 in"),
    ("t in ['x'", 10, "这里应当是 ]"),
    ("(" * 51 + "a" + ")" * 51, 52, "嵌套超过 50"),
    ("not " * 51 + "a", 205, "嵌套超过 50"),
    ("a or " * 400 + "a", None, "2001 个字符"),
]


@pytest.mark.parametrize(("text", "position", "says"), REFUSED)
def test_expression_refused_with_place_and_reason(text, position, says):
    with pytest.raises(RuleError) as caught:
        parse(text, "规则 T9")
    assert caught.value.position == position
    assert says in str(caught.value)
    assert str(caught.value).startswith("规则 T9")
    if position is not None:
        assert f"第 {position} 个字符" in str(caught.value)


def test_expression_at_the_limits_is_taken():
    parse("(" * 50 + "a" + ")" * 50)
    long_sum = "+".join("a" * 900) + " > 1"
    assert answer(long_sum, a=1) == (True, ("a",))
    assert answer("a or " * 399 + "a", a=False) == (False, ("a",))


def test_expression_needs_a_limit_that_is_set():
    with pytest.raises(RuleError, match=r"限额 month 没有设定.*是否指 months"):
        answer("n > limits.month")
    # Guarded in one place, bare in the other.
    with pytest.raises(RuleError, match="限额 other 没有设定"):
        answer("limits.other is set or n > limits.other")


def test_expression_folds_what_no_fact_can_change():
    scope = Scope(LIMITS, frozenset(), "")
    assert bind(parse("limits.other is set and (a or n > limits.other)"), scope) == Constant(False)
    assert bind(parse("a or limits.months is set"), scope) == Constant(True)


def test_expression_reports_how_facts_are_used():
    used = [(use.name, use.type) for use in uses(parse('a and n > 1 and t == "x"'))]
    assert used == [("a", FactType.TRI), ("n", FactType.NUMBER), ("t", FactType.TEXT)]


words = st.sampled_from(
    ["a", "n", "limits", ".", "limits.months", "and", "or", "not", "in", "is", "set", "(", ")", "[",
     "]", ",", '"x"', "'y'", "12", "0.5", "+", "-", "*", "/", ">", "<=", "==", "!=", "=", "“", "\n",
     "True", "__import__", "9" * 20]
)  # fmt: skip


@given(st.one_of(st.text(max_size=80), st.lists(words, max_size=40).map(" ".join)))
@example("\ud800")
@example("(" * 2000)
@example("-" * 1999 + "a")
def test_expression_parser_raises_nothing_but_rule_errors(text):
    try:
        tree = parse(text, "规则 X")
    except RuleError as error:
        assert str(error).startswith("规则 X")  # noqa: PT017 -- most texts are refused, some not
    else:
        for use in uses(tree):
            assert text[use.position - 1 :].startswith(use.name)
