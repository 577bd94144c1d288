"""How one cell is read: a table of what people type and what the ledger takes."""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.domain.columns import NUMERIC, Choice, Column, ColumnType, Ledger, ValueRefused
from ledger.domain.ledgers import INSTITUTIONS, LEDGERS
from ledger.domain.timing import clock
from ledger.exchange.reading.loose_dates import Context
from ledger.exchange.reading.loose_values import loose_reader

T = ColumnType
NUMBER = Column("n", "数", T.NUMBER, unit="元", minimum=0, maximum=100)
COUNT = Column("c", "数量", T.INTEGER)
TRI = Column("t", "判断", T.TRI)
DATE = Column("d", "日期", T.DATE)
CHOICE = Column(
    "k", "用途", T.CHOICE, (Choice("none", "未预收", ("不预收",)), Choice("op", "运营"))
)
TEXT = Column("s", "文字", T.TEXT, length=10)
CODE = Column("u", "信用代码", T.CREDIT_CODE)
PHONE = Column("p", "电话", T.PHONE)


@pytest.mark.parametrize(
    ("column", "typed", "taken"),
    [
        (NUMBER, "12.5", 12.5),
        (NUMBER, "0,012", 12.0),  # thousands separators
        (NUMBER, "\uff11\uff12", 12.0),  # full-width digits
        (NUMBER, 0, 0.0),
        (COUNT, "3.0", 3),
        (TRI, "是", True),
        (TRI, "√", True),
        (TRI, True, True),
        (TRI, "否", False),
        (TRI, 0, False),
        (TRI, "不详", None),
        (DATE, "2022.5.6", date(2022, 5, 6)),
        (DATE, "2022年5月6日", date(2022, 5, 6)),
        (DATE, "20220506", date(2022, 5, 6)),
        (DATE, datetime(2022, 5, 6, 10, 30), date(2022, 5, 6)),
        (DATE, datetime(2022, 5, 6, 16, 0, tzinfo=UTC), date(2022, 5, 7)),
        (DATE, "2022-05-06T16:00Z", date(2022, 5, 7)),
        (DATE, "2022-05-06T16:00:00.000+00:00", date(2022, 5, 7)),
        (DATE, "2022-05-06T16:00:00+08:00", date(2022, 5, 6)),
        (DATE, "2022-05-06T23:59", date(2022, 5, 6)),
        (CHOICE, "未预收", "none"),
        (CHOICE, "不预收", "none"),
        (CHOICE, " op ", "op"),
        (TEXT, " 松柏 ", "松柏"),
        (TEXT, 138.0, "138"),  # Excel keeps every number as a float
        (TEXT, "<b>&", "<b>&"),  # kept as it is; pages show letters
        (CODE, "91110000600037341l", "91110000600037341L"),
        (PHONE, "000-1234 5678", "000-1234 5678"),
    ],
)
def test_cell_is_read(column: Column, typed: object, taken: object) -> None:
    assert column.parse(typed) == taken


@pytest.mark.parametrize("blank", [None, "", "  ", float("nan")])
@pytest.mark.parametrize("column", [NUMBER, COUNT, TRI, DATE, CHOICE, TEXT, CODE])
def test_blank_is_unknown(column: Column, blank: object) -> None:
    assert column.parse(blank) is None


@pytest.mark.parametrize(
    ("column", "typed", "said"),
    [
        (NUMBER, "三万", "不是数字"),
        (NUMBER, "1_0", "不是数字"),  # float() would take it
        (NUMBER, "1,2", "不是数字"),  # two numbers
        (DATE, "2022-05-06 之前", "不是日期"),
        (NUMBER, "-1", "不能小于0"),
        (NUMBER, "101", "不能大于100"),
        (NUMBER, "inf", "数字无效"),
        (NUMBER, True, "不能填是/否"),
        (COUNT, "1.5", "不是整数"),
        (TRI, "也许", "是、否、不详"),
        (DATE, "2022-02-30", "不是日期"),
        (DATE, "5月6日", "2026-05-20"),
        (CHOICE, "买楼", "未预收、运营"),
        (TEXT, "一二三四五六七八九十十一", "最多10字"),
        (TEXT, "a\x00b", "控制字符"),
        (TEXT, "</SCRIPT >", "脚本代码"),
        (CODE, "91110000600037342L", "统一社会信用代码"),  # wrong check character
        (PHONE, "请看微信", "不像电话号码"),
        (PHONE, "138000099x9", "不像电话号码"),
        (PHONE, "1380000999", "手机号应为11位"),
        (PHONE, "010-88880001、138 0000 0001 2", "手机号应为11位"),
        (Column("lon", "经度", T.LONGITUDE), 200, "是否与纬度写反"),
        (Column("lat", "纬度", T.LATITUDE), 121.5, "是否与经度写反"),
    ],
)
def test_cell_is_refused_with_what_is_allowed(column: Column, typed: object, said: str) -> None:
    with pytest.raises(ValueRefused, match=said):
        column.parse(typed)


@given(st.sampled_from(INSTITUTIONS.columns), st.one_of(st.text(), st.floats(), st.booleans()))
def test_any_cell_is_taken_or_refused(column: Column, typed: object) -> None:
    with suppress(ValueRefused):
        # What was taken is taken again as it stands: saving unchanged values changes nothing.
        value = column.parse(typed)
        assert column.parse(value) == value


@given(st.sampled_from([c for c in INSTITUTIONS.columns if c.type in NUMERIC]), st.floats(0, 1e6))
def test_written_number_is_read_as_the_same(column: Column, typed: float) -> None:
    with suppress(ValueRefused):
        value = column.parse(typed)
        assert column.parse(column.format(value)) == pytest.approx(value, abs=1e-6)


def test_every_declaration_is_whole() -> None:
    for ledger in LEDGERS.values():
        for column in ledger.columns:
            assert column.label, column.key
            assert (column.type is ColumnType.CHOICE) == bool(column.choices), column.key


# What may lie ahead: deadlines, and the days from and to which an area is in use.
PLANNED = {"deadline", "rectify_by", "correct_by", "valid_from", "valid_to"}
DAYS = [
    pytest.param(ledger, column, id=f"{ledger.key}.{column.key}")
    for ledger in LEDGERS.values()
    for column in ledger.editable
    if column.type in (T.DATE, T.MOMENT)
]


@pytest.mark.parametrize(("ledger", "column"), DAYS)
def test_a_day_that_states_what_happened_is_never_ahead(ledger: Ledger, column: Column) -> None:
    """Typed, in a table, a step or a file: every road reads by `entered` or the loose reader.

    Not tomorrow: ten minutes before midnight its first moment is within what clocks may differ by.
    """
    ahead = (clock.today() + timedelta(days=2)).isoformat()
    roads = [column.entered, loose_reader(column, Context(clock.today()))]
    if column.key in PLANNED:
        assert all(road(ahead) is not None for road in roads)
        return
    for road in roads:
        with pytest.raises(ValueRefused, match=re.escape(f"还没有到，{column.label}不能晚于")):
            road(ahead)
        assert road(clock.today().isoformat()) is not None
    assert column.parse(ahead) is not None, "a filter may speak of a day to come"


def test_a_moment_later_today_is_ahead_but_clocks_differ() -> None:
    column = Column("at", "登记时间", T.MOMENT, happened=True)
    now = clock.now()
    assert column.entered(now + timedelta(minutes=9)) is not None
    with pytest.raises(ValueRefused, match="不能晚于现在"):
        column.entered(now + timedelta(minutes=30))


def test_only_the_name_of_an_institution_is_required() -> None:
    assert [column.key for column in INSTITUTIONS.columns if column.required] == ["name"]
