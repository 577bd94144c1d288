"""The file of clocks: what ours says, and what is refused in which words."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from ledger.domain.tiers import RuleError
from ledger.domain.tiers.files import read_text
from ledger.domain.timing.clockfile import read_clocks
from ledger.domain.timing.clocks import Clocks, Unit
from tests.shipped_rules import shipped_clocks

HEAD = """
version = "1"
effective = 2022-05-01
title = "小文件"
source = "测试"
"""
CLOCK = """
[[clocks]]
key = "transfer"
ledger = "petitions"
label = "转送"
starts = "registered_on"
stops = "transferred_on"
amount = 15
unit = "calendar_days"
basis = "《信访工作条例》第二十二条"
"""
SMALL = HEAD + CLOCK


@pytest.fixture(scope="module")
def ours() -> Clocks:
    """The clocks that ship."""
    return shipped_clocks()


NATIONAL = [
    # key                       amount  unit             article       extension
    ("petition_transfer", 15, Unit.CALENDAR_DAYS, "二十二", None),
    ("petition_acceptance", 15, Unit.CALENDAR_DAYS, "二十三", None),
    ("petition_objection", 5, Unit.WORKING_DAYS, "二十三", None),
    ("petition_finish", 60, Unit.CALENDAR_DAYS, "三十四", 30),
    ("petition_review_request", 30, Unit.CALENDAR_DAYS, "三十五", None),
    ("petition_review_opinion", 30, Unit.CALENDAR_DAYS, "三十五", None),
    ("petition_rereview_request", 30, Unit.CALENDAR_DAYS, "三十六", None),
    ("petition_rereview_opinion", 30, Unit.CALENDAR_DAYS, "三十六", None),
]


@pytest.mark.parametrize(("key", "amount", "unit", "article", "most"), NATIONAL)
def test_clocks_of_the_petition_regulations(
    ours: Clocks, key: str, amount: int, unit: Unit, article: str, most: int | None
) -> None:
    clock = ours.by_key[key]
    assert (clock.amount, clock.unit) == (amount, unit)
    assert f"第{article}条" in clock.basis
    assert (clock.extension.most if clock.extension else None) == most


def test_only_the_regulations_are_national(ours: Clocks) -> None:
    assert {clock.key for clock in ours.every if not clock.local} == {row[0] for row in NATIONAL}


PROFILES = [
    # DOMAIN §1D: three offices' ways with online appeals
    ("respond_24h_finish_8", [(24, Unit.HOURS), (8, Unit.WORKING_DAYS)]),
    ("reply_3_answer_15", [(3, Unit.WORKING_DAYS), (15, Unit.WORKING_DAYS)]),
    ("handover_3_answer_20", [(3, Unit.WORKING_DAYS), (20, Unit.WORKING_DAYS)]),
]


@pytest.mark.parametrize(("profile", "periods"), PROFILES)
def test_one_local_set_is_in_force(profile: str, periods: list[tuple[int, Unit]]) -> None:
    clocks = shipped_clocks().with_profile(profile)
    of_set = [clock for clock in clocks.by_ledger["petitions"] if clock.profile]
    assert [(clock.amount, clock.unit) for clock in of_set] == periods
    assert all(clock.local for clock in of_set)


def test_file_of_before_is_read_without_the_points_that_nothing_counted() -> None:
    old = "[[lateness]]\nover_days = 1\npoints = 0.5\n" + CLOCK + "points = true\n"
    assert read_clocks(HEAD + old).every == read_clocks(HEAD + CLOCK).every


def test_warning_never_covers_a_whole_short_period(ours: Clocks) -> None:
    for clock in ours.every:
        assert clock.due or clock.warn < clock.amount, clock.key
    assert ours.by_key["village_check"].warn == 0


def test_a_file_without_local_sets_needs_no_choice() -> None:
    clocks = read_clocks(SMALL)
    assert clocks.roll is True
    assert [clock.key for clock in clocks.by_ledger["petitions"]] == ["transfer"]


def test_rolling_can_be_turned_off() -> None:
    assert read_clocks(HEAD + "[settings]\nroll = false\n" + CLOCK).roll is False


REFUSED = [
    # what is changed in the small file             words of the message
    (("amount = 15", ""), "期限 transfer：缺少 amount"),
    (("amount = 15", "amount = 0"), "amount 应当是 1 到 3650 的整数，现在是 0"),
    (("amount = 15", 'amount = "15"'), '现在是 "15"'),
    (('unit = "calendar_days"', 'unit = "days"'), "calendar_days（天）、working_days（个工作日）"),
    (('starts = "registered_on"', ""), "缺少 starts"),
    (('starts = "registered_on"', 'starts = ["transferred_on"]'), "不能是同一列"),
    (('starts = "registered_on"', "starts = [3]"), "starts 应当是列的英文键"),
    (('starts = "registered_on"', 'starts = "登记日期"'), "starts 应当是列的英文键"),
    (('starts = "registered_on"', 'starts = "a"\ndue = "b"'), "请删去一边"),
    (('label = "转送"', ""), "缺少 label（名称）"),
    (('key = "transfer"', 'key = "转送"'), "第 1 项期限：key 应以小写字母开头"),
    (('key = "transfer"', ""), "第 1 项期限：缺少 key"),
    (("第二十二条", ""), "要写到条"),
    (("amount = 15", "amount = 15\nwarn_days = 15"), "warn_days 应当是 0 到 14 的整数"),
    (("amount = 15", "amount = 15\nwarn_hours = 2"), "提醒请写 warn_days，不写 warn_hours"),
    (("amount = 15", "amount = 15\nwarning = 2"), "不认识 warning"),
    (("amount = 15", 'amount = 15\nwhen = "kind =="'), "期限 transfer"),
    (("amount = 15", 'amount = 15\nwhen = "limits.x > 1"'), "限额 x 没有设定"),
    (("amount = 15", "amount = 15\nonly_if_known = true"), "only_if_known 没有意义"),
    (('stops = "transferred_on"', "right = true"), "要有 stops"),
    (("amount = 15", 'amount = 15\nprofile = "fast"'), "“fast”没有在 [profiles] 中写明"),
    (("amount = 15", 'amount = 15\nextension = { days = "d" }'), "extension：缺少 approved"),
    (("amount = 15", "amount = 15\npauses = 3"), '例如 pauses = [{ begins = "a_on", ends = "b_on"'),
    (("amount = 15", 'amount = 15\npauses = [{ begins = "b" }]'), "第 1 个 pauses：缺少 ends"),
    (
        ("amount = 15", 'amount = 15\nextension = { days = "d", approved = "a" }'),
        "缺少 most（最多延长几日）",
    ),
    (
        (
            'unit = "calendar_days"',
            'unit = "hours"\nextension = { days = "d", approved = "a", most = 3 }',
        ),
        "以小时计的期限不能延长",
    ),
    ((CLOCK, CLOCK + CLOCK), "这个 key 用了两次"),
    ((CLOCK, ""), "一项期限也没有"),
    ((CLOCK, "[profiles]\nfast = '快'\n" + CLOCK), "没有期限属于 fast"),
    ((CLOCK, "[settings]\nprofile = 'fast'\n" + CLOCK), "没有这一套办法，可用：无"),
    (
        (CLOCK, "[profiles]\nfast = '快'\n" + CLOCK + 'profile = "fast"'),
        "缺少 profile（选用哪一套办法），可用：fast",
    ),
    (('version = "1"', ""), "缺少 version"),
    (('version = "1"', "version = "), "第 2 行第"),
    (('version = "1"', 'version = "1"\nversoin = 2'), "是否指 version"),
]


@pytest.mark.parametrize(("change", "words"), REFUSED)
def test_what_is_refused_and_how_it_is_said(change: tuple[str, str], words: str) -> None:
    old, new = change
    assert old in SMALL
    with pytest.raises(RuleError, match=re.escape(words)):
        read_clocks(SMALL.replace(old, new))


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(RuleError, match="没有这个文件"):
        read_text(tmp_path / "missing.toml", "规则文件")
    (tmp_path / "gbk.toml").write_bytes(SMALL.encode("gbk"))
    with pytest.raises(RuleError, match="不是 UTF-8 编码"):
        read_text(tmp_path / "gbk.toml", "规则文件")
    (tmp_path / "large.toml").write_bytes(b"#" * 1_000_001)
    with pytest.raises(RuleError, match="超过 1 MB"):
        read_text(tmp_path / "large.toml", "规则文件")
    with pytest.raises(RuleError, match="是否指 reply_3_answer_15"):
        shipped_clocks().with_profile("reply_3_answer_16")


def test_clocks_are_held_against_what_the_ledger_keeps() -> None:
    clocks = read_clocks(SMALL + "when = 'kind == \"request\"'")
    fields = {"registered_on", "transferred_on", "kind"}
    clocks.check("petitions", fields, {"kind": ["request", "report"]})
    clocks.check("leads", set())
    with pytest.raises(RuleError, match=r"没有 transferred_on 这一列.*是否指 transfered_on"):
        clocks.check("petitions", {"registered_on", "transfered_on", "kind"})
    with pytest.raises(RuleError, match="没有 kind 这一列"):
        clocks.check("petitions", fields - {"kind"})
    with pytest.raises(RuleError, match="没有选项“request”，可用：report"):
        clocks.check("petitions", fields, {"kind": ["report"]})
