"""Cells in words: a table of what they mean, and that nothing whatever makes reading fail."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.domain.cell_parsers import office_time
from ledger.domain.columns import Column, ColumnType, ValueRefused
from ledger.domain.ledgers import INSTITUTIONS, LEDGERS
from ledger.exchange.reading.loose_dates import Context, read_day, year_in
from ledger.exchange.reading.loose_numbers import chinese_number, header_factor, read_quantity
from ledger.exchange.reading.loose_values import loose_reader
from ledger.exchange.reading.loose_words import (
    is_dialled,
    read_choice,
    read_phone,
    read_tri,
    tidy_text,
)
from ledger.exchange.reading.position_words import read_degrees, read_pair
from ledger.exchange.reading.understanding import Note, Understood, summed_up

TODAY = date(2026, 6, 15)
CONTEXT = Context(TODAY)

# What stands there, the column's unit, the header's factor, the number, whether it is about right.
QUANTITIES = [
    ("3万元", "元", 1, 30_000, False),
    ("3万元", "元", 10_000, 30_000, False),
    ("3", "元", 10_000, 30_000, False),
    ("五百万", "元", 1, 5_000_000, False),
    ("3千万元", "元", 1, 30_000_000, False),
    ("1800元/月", "元", 1, 1800, False),
    ("约3万余元", "元", 1, 30_000, True),
    ("0.29", "元", 10_000, 2900, False),
    ("２０余人", "人", 1, 20, True),
    ("一百二十人", "人", 1, 120, False),
    ("不足10人", "人", 1, 10, True),
    ("半年", "月", 1, None, False),
    ("3万人民币", "元", 1, 30_000, False),
    ("１２３４５６７８９元", "元", 1, 123_456_789, False),
    ("3公斤", "元", 1, None, False),
    ("三无", "元", 1, None, False),
    ("", "元", 1, None, False),
]


@pytest.mark.parametrize(("text", "unit", "factor", "number", "about"), QUANTITIES)
def test_quantities(text: str, unit: str, factor: float, number: float | None, about: bool) -> None:
    found = read_quantity(text, unit, factor)
    assert (found and found.number) == number
    assert found is None or found.about == about


def test_a_cell_that_contradicts_its_header_is_doubtful() -> None:
    found = read_quantity("30元", "元", 10_000)
    assert found is not None
    assert (found.number, bool(found.doubt)) == (30, True)


def test_chinese_numbers() -> None:
    texts = ["十", "二十", "一百零五", "三千二百", "一万二千", "二〇二二", "两亿"]
    found = [chinese_number(text) for text in texts]
    assert found == [10, 20, 105, 3200, 12_000, 2022, 200_000_000]


def test_chinese_numbers_of_several_large_units() -> None:
    """亿 and 万 each count what stands before them alone; alone they are no number."""
    texts = ["一亿三千万", "三万亿", "一亿零五", "二十一亿零三百万", "一百万零二十"]
    found = [chinese_number(text) for text in texts]
    assert found == [130_000_000, 3e12, 100_000_005, 2_103_000_000, 1_000_020]
    assert [
        chinese_number(text) for text in ("万", "亿", "万亿", "万二", "一亿二", "一百二万")
    ] == [None] * 6


@given(st.integers(1, 10**12 - 1))
def test_a_chinese_number_that_is_spelled_out_is_read_as_it_is(number: int) -> None:
    assert chinese_number(spelled(number)) == number


def spelled(number: int) -> str:
    """A number in full words: every gap of zeros as one 零."""
    groups = [number // 10**8, number // 10**4 % 10**4, number % 10**4]
    words = ""
    for group, unit in zip(groups, ("亿", "万", ""), strict=True):
        digits = f"{group:04d}"
        for digit, step in zip(digits, ("千", "百", "十", ""), strict=True):
            if digit != "0":
                words += "零一二三四五六七八九"[int(digit)] + step
            elif words and not words.endswith("零"):
                words += "零"
        words = words.rstrip("零") + unit if group else words
    return words.rstrip("零")


def test_units_of_headers() -> None:
    assert [header_factor(text, "元") for text in ("万元", "单位：元", "元/月", "张")] == [
        10_000,
        1,
        1,
        None,
    ]


# What stands there, the day, whether it is sure; None for what is no day.
DAYS: list[tuple[Any, date | None, bool]] = [
    (44701, date(2022, 5, 20), True),
    ("44701", date(2022, 5, 20), True),
    (5.2, None, True),
    (20220520.0, date(2022, 5, 20), True),
    (20221350.0, None, True),
    (1651593600000.0, None, True),
    ("5月20日", date(2026, 5, 20), False),
    ("7月20日", date(2025, 7, 20), False),
    ("2月29日", date(2024, 2, 29), False),
    ("2022年5月", date(2022, 5, 1), False),
    ("202205", date(2022, 5, 1), False),
    ("22-5-20", date(2022, 5, 20), False),
    ("2022-05-20 10:30", date(2022, 5, 20), True),
    ("2022年5月20日(周五)", date(2022, 5, 20), True),
    ("2022年5月20日前", date(2022, 5, 20), False),
    ("2022年13月1日", None, True),
    ("2月30日", None, True),
    ("长期", None, True),
]


@pytest.mark.parametrize(("raw", "day", "sure"), DAYS, ids=[str(item[0]) for item in DAYS])
def test_days(raw: Any, day: date | None, sure: bool) -> None:
    found = read_day(raw, CONTEXT)
    assert (found and found.value) == day
    assert found is None or found.sure == sure


def test_the_year_of_a_title() -> None:
    assert year_in("某镇2022年5月排查台账") == 2022
    assert year_in("台账2023") == 2023
    assert year_in("2022年与2023年对比") is None
    assert year_in("电话13820222022") is None


def test_positions() -> None:
    assert read_degrees("东经120°30′36″") == (120.51, True)
    assert read_degrees("N29.05") == (29.05, False)
    assert read_degrees("120.02°") == (120.02, None)
    assert read_degrees("120°75′") is None
    assert read_degrees("东经120.02N") is None
    assert read_pair("(29.05, 127.02)") == (127.02, 29.05)
    assert read_pair("北纬29.05，东经127.02") == (127.02, 29.05)
    assert read_pair("127.02E 29.05N") == (127.02, 29.05)
    assert read_pair("29.05，-127.02") is None
    assert read_pair("不是127.02,29.05") is None
    assert read_pair("30.1,40.2") is None, "neither can be a longitude of China"


def test_tidied_names() -> None:
    assert tidy_text("夕 阳　红 Ｃ区 Old Age Home（２号）") == "夕阳红 C区 Old Age Home（2号）"


RAW = (
    st.text(max_size=30)
    | st.text(alphabet="0123456789.,年月日万元约余人张/—-无是否√×☑□°′″一二十百 :()", max_size=12)
    | st.integers()
    | st.floats()
    | st.booleans()
    | st.dates()
    | st.datetimes()
    | st.times()
    | st.timedeltas()
)
COLUMNS = [column for ledger in LEDGERS.values() for column in ledger.editable]


def attempt(column: Any, raw: Any, factor: float = 1.0) -> tuple[Any, str | None]:
    """What was read, or why nothing was."""
    try:
        return loose_reader(column, CONTEXT, factor)(raw), None
    except ValueRefused as refused:
        return None, str(refused)


@given(st.sampled_from(COLUMNS), RAW, st.sampled_from([1.0, 12.0, 10_000.0]))
def test_any_cell_is_read_or_refused_in_chinese(column: Any, raw: Any, factor: float) -> None:
    found, complaint = attempt(column, raw, factor)
    if complaint is not None:
        assert any("\u4e00" <= sign <= "\u9fff" for sign in complaint)
        return
    value = found.value if isinstance(found, Understood) else found
    # What was understood is something that the column takes, as it stands.
    if isinstance(value, str | int | float | bool | date) and not isinstance(value, datetime):
        assert column.parse(value) == value


FILING = INSTITUTIONS.by_key["filing"]
BEFORE = ("未", "不", "拟", "待", "正在", "已注销", "没有", "尚未", "申请", "可能", "非", "曾")
BEHIND = (
    "中",
    "办理中",
    "(已注销)",
    "，后注销",
    "待审",
    "未通过",
    "已过期",
    "申请中",
    "(暂停)",
    "?",
)
BEHIND += (
    "(否)",
    "，不属实",
    "；未核实",
    "(无效)",
    "，已撤销",
    "(整改中)",
    "或否",
    "/否",
    "、暂缺",
)


@given(
    st.sampled_from(["已许可", "已备案", "许可", "备案", "是", "有", "对", "属实", "存在"]),
    st.sampled_from(["", *BEFORE]),
    st.sampled_from(["", *BEHIND]),
)
def test_what_is_negated_or_unfinished_is_never_the_choice(
    word: str, before: str, behind: str
) -> None:
    if not before and not behind:
        return
    for column, chosen in (
        (FILING, {"licensed", "filed"}),
        (INSTITUTIONS.by_key["custody"], {True}),
    ):
        found, complaint = attempt(column, before + word + behind)
        value = found.value if isinstance(found, Understood) else found
        assert complaint is not None or value not in chosen


_PARSERS = [read_phone, read_degrees, read_pair, chinese_number, year_in, read_tri]
_PARSERS += [lambda text: read_choice(FILING, text), lambda text: read_day(text, CONTEXT)]
_PARSERS += [lambda text: read_quantity(text, "元"), office_time, is_dialled]


@given(RAW.map(str), st.sampled_from(_PARSERS))
def test_no_parser_of_cells_ever_raises(text: str, parser: Any) -> None:
    if text:
        parser(text)


SAYS = ("3", "3万元", "约20", "三十", "2022-05-20", "2022年5月20日", "5月20日", "44701", "20220520",
        "是", "否", "√", "☑是 □否", "已备案", "☑已许可 □已备案", "13800000000", "0571-88880001",
        "东经120°1′12″", "120.02", "2022-05-03T16:00Z", "91110000600037341L", "1.已许可", "无", "/",
        )  # fmt: skip
NARROW = [
    column
    for column in COLUMNS
    if column.type not in (ColumnType.TEXT, ColumnType.LONG_TEXT, ColumnType.REFERENCE)
    and column.type is not ColumnType.AREA
]


@given(
    st.sampled_from(NARROW),
    st.sampled_from(SAYS),
    st.text(alphabet="龘鬱麤猋爨", min_size=1, max_size=3),
    st.sampled_from(["{says}{more}", "{more}{says}", "{says} {more}", "{says}，{more}",
                     "{says}({more})", "{says}{more}{says}"]),
)  # fmt: skip
def test_what_is_not_read_to_its_end_is_never_sure(
    column: Any, says: str, more: str, form: str
) -> None:
    found, complaint = attempt(column, form.format(says=says, more=more))
    assert complaint is not None or (isinstance(found, Understood) and not found.sure)


@given(
    st.sampled_from([c for c in INSTITUTIONS.editable if c.key != "number"]), st.text(max_size=8)
)
def test_what_a_column_takes_plainly_is_taken_without_a_note(column: Any, raw: str) -> None:
    try:
        plain = column.parse(raw)
    except ValueRefused:
        return
    if plain is None or not raw.strip():
        return
    found, complaint = attempt(column, raw)
    if complaint is not None:
        assert column.required
    else:
        assert isinstance(found, Understood) or found == plain


def test_sure_notes_are_summed_up_and_doubtful_ones_kept() -> None:
    sure = [Note(row, "日期", f"Excel 的日期序号：{row}") for row in range(5)]
    doubtful = [Note(row, "人数", "约数：x", sure=False) for row in range(3)]
    found = summed_up([*sure, *doubtful])
    assert [(note.row, note.times) for note in found] == [(0, 5), (0, 1), (1, 1), (2, 1)]
    assert str(found[0]).endswith("(共5处)")


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("(0571)8123 4567", "0571-81234567"),
        ("（0571）81234567", "0571-81234567"),
        ("张院长 13800000000", "13800000000"),
    ],
)
def test_phones_keep_their_area_code(text: str, numbers: str) -> None:
    found = read_phone(text)
    assert found is not None
    assert found.value == numbers


@pytest.mark.parametrize(
    "text",
    [
        "138000099x9",
        "电话138000099x9",
        "1380000999(少一位)",
        "138****0009",
        "****12345678",
        "13800000000x",
        "x13800000000",
    ],
)
def test_a_phone_that_is_not_whole_is_no_phone(text: str) -> None:
    """Part of a longer run of digits, letters or stars was once taken for the number."""
    phone = Column("phone", "电话", ColumnType.PHONE)
    with pytest.raises(ValueRefused, match="不像电话号码"):
        loose_reader(phone, CONTEXT)(text)
