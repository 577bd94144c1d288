"""No data, days to come, areas without rows, addresses and rule files that cannot be followed."""

from __future__ import annotations

from contextlib import suppress
from datetime import date, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.domain.access import SYSTEM, Actor, Role
from ledger.domain.errors import Invalid, LedgerError, NotFound, Refused
from ledger.domain.tiers.errors import RuleError
from ledger.domain.tiers.files import read_text
from ledger.domain.timing import clock
from ledger.domain.timing.periods import period_of
from ledger.records import service as records
from ledger.records.rowsets import ROW_SETS
from ledger.records.rulebook import FIGURES, shipped
from ledger.reporting.figures import breakdown, figures
from ledger.reporting.figures.figure_tables import export_figures
from ledger.reporting.figures.rulefile import read_figures
from ledger.storage import Store
from ledger.storage.tables import LEDGER_TABLES
from tests.ledger.conftest import COUNTY, EAST, WEST, WEST_VILLAGE

GOOD = shipped(FIGURES).read_text(encoding="utf-8")
MONTH = period_of("month", date(2026, 6, 1))


@pytest.mark.parametrize("year", [1901, 2026, 2198])
def test_nothing_counted_is_no_data_never_zero_or_all(
    store: Store, leader: Actor, year: int
) -> None:
    """An empty ledger, long ago, now and in time to come."""
    found = figures(store, leader, period_of("year", date(year, 6, 1)))
    for value in found:
        if value.unit in ("%", "天", "元", "人次"):
            assert (value.value, value.text) == (None, "暂无数据")
        else:
            assert value.value == 0
    assert found.comparisons("satisfaction") == ("环比暂无数据", "同比暂无数据")


def test_an_area_without_rows_has_lines_all_the_same(store: Store, leader: Actor) -> None:
    records.create(store, leader_office(), "petitions", petition(WEST_VILLAGE))
    lines = breakdown(store, leader, MONTH, "repeat_rate", "area").lines
    assert [(line.area.code if line.area else None, line.text) for line in lines] == [
        (WEST, "100.0%"),
        (EAST, "暂无数据"),
    ]
    assert breakdown(store, leader, MONTH, "repeat_rate", "official").lines[0].name == ""


def test_a_share_of_a_handful_is_not_compared(store: Store, leader: Actor) -> None:
    for day in (date(2026, 5, 3), date(2026, 6, 3)):
        values = petition(WEST_VILLAGE) | {"registered_on": day, "repeat": day.month == 6}
        records.create(store, leader_office(), "petitions", values)
    found = figures(store, leader, MONTH)
    assert found.comparisons("repeat_rate")[0] == "环比基数过小，不作比较"
    assert found.comparisons("petitions_registered")[0] == "环比持平"


def test_dates_to_come_count_in_their_own_period(store: Store, leader: Actor) -> None:
    """What an older version took is seen where it lies, and nothing due then counts as due."""
    values = petition(WEST_VILLAGE) | {"registered_on": date(2031, 3, 3)}
    with clock.pretend(datetime(2031, 3, 3, 9, tzinfo=clock.OFFICE)):
        records.create(store, leader_office(), "petitions", values)
    found = figures(store, leader, period_of("year", date(2031, 1, 1)))
    assert found["petitions_registered"].value == 1
    assert found["timely_acceptance"].text == "暂无数据"


def test_areas_that_are_not_there_and_not_mine_answer_alike(store: Store, office: Actor) -> None:
    for code in ("不存在", EAST, COUNTY):
        with pytest.raises(NotFound):
            figures(store, office, MONTH, code)
        with pytest.raises(NotFound):
            breakdown(store, office, MONTH, "repeat_rate", "area", code)


def test_figures_and_ways_that_there_are_not(store: Store, leader: Actor) -> None:
    with pytest.raises(Invalid, match="没有名为“happiness”的指标"):
        breakdown(store, leader, MONTH, "happiness", "area")
    with pytest.raises(Invalid, match="不能这样分开看"):
        breakdown(store, leader, MONTH, "overdue_petitions_legal", "period")


def test_a_file_only_for_who_may_export(store: Store, leader: Actor) -> None:
    worker = Actor("网格员", Role.GRID_WORKER, WEST_VILLAGE, "/", user_id=1)
    with pytest.raises(Refused):
        export_figures(store, worker, MONTH, "xlsx")
    with pytest.raises(Invalid, match="只能是：xlsx、csv"):
        export_figures(store, leader, MONTH, "exe")
    text = export_figures(store, leader, MONTH, "csv").content.decode("utf-8-sig")
    assert "暂无数据" in text
    assert "群众满意率" in text


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('key = "repeat_rate"', 'key = "Repeat"', "key 只能用小写字母"),
        ('key = "repeat_rate"', 'key = "satisfaction"', "这个 key 出现了两次"),
        ("counted = { repeat = true }", "counted = { repaet = true }", "是否指 repeat"),
        ("counted = { repeat = true }", "counted = { rating = true }", "不是是否列"),
        ("counted = { repeat = true }", "", "unit 为 % 的要写 counted"),
        ('of = { rating = "filled" }', 'of = { rating = "good" }', "没有选项“good”"),
        ('of = { rating = "filled" }', 'of = { petitioner = "filled" }', "不是信访事项台账的列"),
        ('period = "finished_on"', 'period = "finished"', "是否指 finished_on"),
        ('period = "finished_on"', 'period = "matter"', "不是日期列"),
        ('sum = "people"', 'sum = "matter"', "不是数字列"),
        ("{resolution_days}", "{days}", "不认识 {days}"),
        ('set = "{resolution_days}"', 'set = "{resolution_days"', "花括号不成对"),
        ("settled = {", "unsettled = {", "是否指 settled"),
        ("resolution_days = 180", 'resolution_days = "x"', "应当是 1 到 3650 的整数"),
        ("backlog_days = 90", "", "缺少 backlog_days"),
        ('ledger = "petitions"', 'ledger = "petition"', "是否指 petitions"),
        ('unit = "人次"', 'unit = "persons"', "unit 只能是"),
        ('days = ["registered_on", "transferred_on"]', 'days = ["registered_on"]', "days 要写两列"),
        ('label = "信访人次"', 'label = ""', "label 应当是带引号的文字"),
        ('label = "信访人次"', 'lable = "信访人次"', "缺少 label"),
        ('version = "2026.11"', 'version = "2026.11', "不是有效的 TOML 写法"),
    ],
)
def test_a_rule_file_says_where_and_what_is_wrong(old: str, new: str, words: str) -> None:
    assert old in GOOD
    with pytest.raises(RuleError, match=words):
        read_figures(GOOD.replace(old, new, 1))


def test_files_that_are_none(tmp_path: Path) -> None:
    with pytest.raises(RuleError, match="没有这个文件"):
        read_text(tmp_path / "no.toml", "指标口径文件")
    (tmp_path / "latin.toml").write_bytes("title = '信访'".encode("gbk"))
    with pytest.raises(RuleError, match="不是 UTF-8"):
        read_text(tmp_path / "latin.toml", "指标口径文件")
    (tmp_path / "large.toml").write_bytes(b"#" * 1_000_001)
    with pytest.raises(RuleError, match="超过 1 MB"):
        read_text(tmp_path / "large.toml", "指标口径文件")
    with pytest.raises(RuleError, match="没有任何"):
        read_figures(GOOD[: GOOD.index("# ---- 信访总量")])


def test_every_definition_can_be_read_by_people() -> None:
    for figure in read_figures(GOOD).figures:
        lines = figure.words.lines
        assert any(line.startswith("依据：") for line in lines)
        assert not any("{" in line.replace("{round}", "") for line in lines), figure.key


def test_a_row_set_takes_any_text_or_refuses_it_in_words(store: Store) -> None:
    with store.reading() as connection:

        @given(st.sampled_from(sorted(ROW_SETS)), st.text(max_size=60))
        def take(key: str, text: str) -> None:
            one = ROW_SETS[key]
            with suppress(LedgerError):
                one.condition(LEDGER_TABLES[one.ledgers[0]], text, SYSTEM, connection)
                assert one.words(text)

        take()


def petition(code: str) -> dict[str, object]:
    """The least that a petition is."""
    return {
        "registered_on": date(2026, 6, 3),
        "matter": "道路积水",
        "area_code": code,
        "repeat": True,
    }


def leader_office() -> Actor:
    """County staff: who may note petitions anywhere in the small county."""
    return Actor("经办", Role.OFFICE_STAFF, COUNTY, f"/{COUNTY}/", user_id=2)
