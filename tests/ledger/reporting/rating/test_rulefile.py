"""The rating file: what ours says, and what is refused in which words."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.domain.tiers import RuleError
from ledger.domain.tiers.files import read_text
from ledger.reporting.rating.counts import COUNTS
from ledger.reporting.rating.rulefile import read_rating
from tests.shipped_rules import shipped_rating

HEAD = """
version = "1"
effective = 2026-01-01
title = "小文件"
source = "测试"

[settings]
start = 100
lowest = 0
highest = 110
"""
LINE = """
[[lines]]
key = "repeat"
label = "重访"
counts = "repeat_petitions"
points = -1
cap = 5
local = true
basis = "测试"
"""
LATE = """
[[lines]]
key = "overdue"
label = "超期"
counts = ["overdue_leads", "overdue_petitions"]
steps = [{ over_days = 1, points = -0.5 }, { over_days = 4, points = -1 }]
local = true
basis = "测试"
"""
MEASURES = """
[[measures]]
kind = "notice"
below = 90

[[measures]]
kind = "correction"
below = 70
days = 30
"""
SMALL = HEAD + LINE + LATE + MEASURES


def test_ours_says_what_the_plans_say() -> None:
    rules = shipped_rating()
    assert [
        step.points for line in rules.lines if line.key == "overdue" for step in line.steps
    ] == [
        Decimal("-0.5"),
        Decimal(-1),
        Decimal(-2),  # DOMAIN §1D: late ones cost 0.5, 1, 2
    ]
    assert [one.kind for one in rules.thresholds] == ["notice", "talk", "correction"]
    assert all(line.local and line.basis for line in rules.lines), "no national rule sets points"
    assert {count for line in rules.lines for count in line.counts} <= set(COUNTS)


def test_our_file_explains_everything_that_can_be_counted(project_root: Path) -> None:
    text = (project_root / "data" / "rules" / "rating.toml").read_text(encoding="utf-8")
    assert [key for key in COUNTS if f"#   {key} " not in text] == []


def test_a_small_file_is_read_whole() -> None:
    rules = read_rating(SMALL)
    repeat, overdue = rules.lines
    assert (repeat.counts, repeat.points, repeat.cap) == (("repeat_petitions",), -1, 5)
    assert [(step.over_days, step.points) for step in overdue.steps] == [
        (1, Decimal("-0.5")),
        (4, -1),
    ]
    assert overdue.cap is None
    assert rules.total({"repeat": Decimal(-1), "x": Decimal(30)}) == 110, "highest"
    assert rules.total({"repeat": Decimal(-200)}) == 0, "lowest"


SUGGESTED = [
    # points, kind: below, not at, the threshold; the most severe one
    ("90", None),
    ("89.5", "notice"),
    ("70", "notice"),
    ("69.5", "correction"),
    ("0", "correction"),
]


@pytest.mark.parametrize(("points", "kind"), SUGGESTED)
def test_thresholds(points: str, kind: str | None) -> None:
    found = read_rating(SMALL).suggested(Decimal(points))
    assert (found.kind if found else None) == kind


REFUSED = [
    # what is changed in the small file             words of the message
    (('version = "1"', ""), "考评文件：缺少 version"),
    (("effective = 2026-01-01", 'effective = "明天"'), "effective 应当是日期"),
    (("start = 100", ""), "[settings]：缺少 start（起评分）"),
    (("start = 100", "start = 120"), "lowest（最低分）≤ start"),
    (("start = 100", 'start = "100"'), "start 应当是数字（不带引号）"),
    (("start = 100", "start = 1e9"), "在 -10000 到 10000 之间"),
    (("start = 100", "start = nan"), "不是有限的数字"),
    (("start = 100", "start = 100\nmost = 5"), "不认识 most"),
    (('key = "repeat"', ""), "第 1 个 [[lines]]：缺少 key"),
    (('key = "repeat"', 'key = "重访"'), "key 应以小写字母开头"),
    (('key = "repeat"', 'key = "overdue"'), "计分项 overdue：这个 key 用了两次"),
    (('label = "重访"', ""), "计分项 repeat：缺少 label"),
    (('"repeat_petitions"', '"repeat_petition"'), "是否指 repeat_petitions？"),
    (('counts = "repeat_petitions"', "counts = []"), "缺少 counts（数什么）"),
    (('counts = "repeat_petitions"', "counts = [3]"), "不会数“3”"),
    (('"repeat_petitions"', '["repeat_petitions", "repeat_petitions"]'), "同一项写了两次"),
    (('"repeat_petitions"', '"overdue_measures"'), "请写 steps 代替 points"),
    (('"repeat_petitions"', '["repeat_petitions", "overdue_measures"]'), "请分成两项"),
    (('"repeat_petitions"', '"dissatisfied"\nsteps = [{over_days=1, points=-1}]'), "才写 steps"),
    (("points = -1\n", ""), "缺少 points（每件几分，不为 0）"),
    (("points = -1\n", "points = 0\n"), "缺少 points"),
    (("points = -1\n", "points = -0.123\n"), "最多两位小数"),
    (("cap = 5", "cap = 0"), "cap（最多加扣多少分）应当大于 0"),
    (("cap = 5", "cap = 5\nnone = true"), "none 应当是数字"),
    (("local = true", 'local = "是"'), "local 应当是 true 或 false"),
    (('basis = "测试"', 'basis = " "'), "basis 应当是带引号的文字"),
    (("over_days = 4, points = -1", "over_days = 4, points = -0.2"), "都应当比上一档大"),
    (("over_days = 4, points = -1", "over_days = 4, points = 1"), "正负相同"),
    (("over_days = 4", "over_days = 1"), "都应当比上一档大"),
    (("over_days = 4, points = -1", "over_days = 4"), "都要写，请补上"),
    (("over_days = 4", "over_days = 0"), "over_days 应当是 1 到 3650 的整数"),
    (('["overdue_leads", "overdue_petitions"]', '"overdue_leads"\npoints = -1'), "请删去一个"),
    (('"overdue_leads"', '"repeat_petitions"'), "不能与其他项写在一起"),
    (('kind = "notice"', 'kind = "fine"'), "notice（通报）、talk（约谈）、correction（限期整改）"),
    (("below = 90", ""), "措施 notice：缺少 below"),
    (("below = 90", "below = 60"), "below 70 应当低于前一项 notice 的 60"),
    (("below = 90", "below = 90\ndays = 3"), "其他措施不写"),
    (("days = 30", ""), "限期整改要写 days"),
    (('kind = "notice"\nbelow = 90', 'kind = "correction"\nbelow = 90\ndays = 9'), "写了两次"),
    (("[[lines]]", "[lines]"), "不是有效的 TOML 写法"),
    (("[settings]", "[settings"), "第 7 行第"),
    (("[settings]", "[setting]"), "[settings]：缺少 start"),
]


@pytest.mark.parametrize(("change", "said"), REFUSED)
def test_refused(change: tuple[str, str], said: str) -> None:
    assert change[0] in SMALL
    with pytest.raises(RuleError) as refused:
        read_rating(SMALL.replace(*change, 1))
    assert said in str(refused.value)


def test_two_lines_never_count_the_same_rows() -> None:
    again = LINE.replace('key = "repeat"', 'key = "again"')
    with pytest.raises(RuleError, match="repeat_petitions 已在计分项 repeat 里数过"):
        read_rating(HEAD + LINE + again)


def test_a_file_without_lines_is_refused() -> None:
    with pytest.raises(RuleError, match="一个计分项也没有"):
        read_rating(HEAD)


HOSTILE = [
    # content of the file                     words of the message
    (b"\xff\xfe\x00", "不是 UTF-8 编码"),
    (b"a" * 1_000_001, "文件超过 1 MB"),
    (b"a = " + b"[" * 100_000, "考评文件"),
    (b"start = 1e999999999999", "考评文件"),
    (b"", "缺少 version"),
    (b"settings = 3\nversion='1'\neffective=2026-01-01\ntitle='x'\nsource='y'", "[settings]"),
]


@pytest.mark.parametrize(("content", "said"), HOSTILE)
def test_hostile_files(tmp_path: Path, content: bytes, said: str) -> None:
    file = tmp_path / "rating.toml"
    file.write_bytes(content)
    with pytest.raises(RuleError) as refused:
        read_rating(read_text(file, "考评文件"))
    assert said in str(refused.value)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(RuleError, match="没有这个文件"):
        read_text(tmp_path / "none.toml", "规则文件")
    with pytest.raises(RuleError, match="无法读取"):
        read_text(tmp_path, "规则文件")


def read_or_refused(text: str) -> bool:
    """Whether a text is read, or refused in words; any other error fails the test."""
    try:
        read_rating(text)
    except RuleError as refused:
        return bool(str(refused))
    return True


@given(st.text(max_size=200))
def test_any_text_is_read_or_refused_in_words(text: str) -> None:
    assert read_or_refused(text)


@given(st.integers(0, len(SMALL) - 1), st.text(max_size=3))
def test_a_file_with_a_slip_is_read_or_refused_in_words(at: int, slip: str) -> None:
    assert read_or_refused(SMALL[:at] + slip + SMALL[at + 1 :])
