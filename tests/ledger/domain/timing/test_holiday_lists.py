"""A year's list of holidays: pasted as announced, written by hand, or refused by line."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.domain.errors import Invalid
from ledger.domain.timing.calendar import calendar_with
from ledger.domain.timing.holiday_lists import read_year_list

# Worded as such notices are; its days must be those of the package, which come from elsewhere.
NOTICE_2026 = """国务院办公厅关于2026年部分节假日安排的通知
国办发明电〔2025〕7号
经国务院批准，现将2026年元旦、春节、清明节、劳动节、端午节、中秋节和国庆节放假调休日期的具体安排通知如下。
一、元旦：1月1日（周四）至3日（周六）放假调休，共3天。1月4日（周日）上班。
二、春节：2月15日（农历腊月二十八、周日）至23日（农历正月初七、周一）放假调休，共9天。2月14日（周六）、2月28日（周六）上班。
三、清明节：4月4日（周六）至6日（周一）放假，共3天。
四、劳动节：5月1日（周五）至5日（周二）放假调休，共5天。5月9日（周六）上班。
五、端午节：6月19日（周五）至21日（周日）放假，共3天。
六、中秋节：9月25日（周五）至27日（周日）放假，共3天。
七、国庆节：10月1日（周四）至7日（周三）放假调休，共7天。9月20日（周日）、10月10日（周六）上班。
节假日期间，各地区、各部门要妥善安排好值班和安全、保卫、疫情防控等工作。
2025年11月4日
"""

BY_HAND = """2027年   # 办公室抄录
2026-12-31 至 2027-01-03 放假
1月9日 上班
2027/2/5—2027/2/11 休
2027年2月20日、2月28日 班
"""


def test_a_pasted_notice_reads_as_the_package_has_it() -> None:
    assert read_year_list(NOTICE_2026) == calendar_with().years[2026]


def test_a_list_by_hand_in_every_way_of_writing_a_date() -> None:
    arrangement = read_year_list(BY_HAND)
    assert arrangement.year == 2027
    assert sorted(arrangement.holidays) == [
        *(date(2026, 12, 31) + timedelta(days=step) for step in range(4)),
        *(date(2027, 2, 5) + timedelta(days=step) for step in range(7)),
    ]
    assert sorted(arrangement.workdays) == [
        date(2027, 1, 9),
        date(2027, 2, 20),
        date(2027, 2, 28),
    ]


def test_a_loaded_list_moves_deadlines() -> None:
    calendar = calendar_with([read_year_list(BY_HAND)])
    assert calendar.add_working_days(date(2026, 12, 30), 1) == (date(2027, 1, 4), False)


REFUSED = [
    # text, number of the line, words of the message
    ("1月1日放假", None, "没有写明是哪一年"),
    ("2027年\n1月1日", 2, "没有写明或同时写了放假和上班"),
    ("2027年\n1月1日放假，1月3日上班", 2, "没有写明或同时写了放假和上班"),
    ("2027年\n\n2月30日放假", 3, "没有“2月30日”这一天"),
    ("2027年\n3日放假", 2, "没有写月份"),
    ("2027年\n1月1日（周四）放假", 2, "2027-01-01 是周五，这里写的是周四"),  # list of 2026
    ("2027年\n2026-10-01 放假", 2, "不在 2027 年"),
    ("2027年\n1月3日至1日放假", 2, "前后颠倒或太长"),
    ("2027年\n1月1日至10月1日放假", 2, "前后颠倒或太长"),
    ("2027年\n1月4日上班", 2, "周一，本来就上班"),
    ("2027年\n1月2日放假\n1月2日上班", 3, "在第2行写的与这里不同"),
    ("2027年\n20270101放假", 2, "看不懂日期"),
    ("2027年\n一月一日放假", 2, "看不懂日期"),
    ("2027年\n1月2日上班", None, "没有读到放假的日期"),
    ("2027年\n" + "1月1日放假\n" * 5000, None, "不像节假日安排"),
]


@pytest.mark.parametrize(("text", "row", "words"), REFUSED)
def test_a_list_that_cannot_be_used_names_the_line(text: str, row: int | None, words: str) -> None:
    with pytest.raises(Invalid) as caught:
        read_year_list(text)
    assert [problem.row for problem in caught.value.problems] == [row]
    assert words in caught.value.problems[0].message


def test_every_bad_line_is_named_at_once() -> None:
    with pytest.raises(Invalid) as caught:
        read_year_list("2027年\n2月30日放假\n1月1日放假\n4日上班")
    assert [problem.row for problem in caught.value.problems] == [2, 4]


@given(st.text(alphabet="2027年1月3日至—-/、（周五）放假上班\n。#共天 ", max_size=80))
def test_any_text_is_read_or_refused_in_words(text: str) -> None:
    try:
        arrangement = read_year_list(text)
    except Invalid:
        return
    assert arrangement.holidays
    assert not arrangement.holidays & arrangement.workdays
