"""工作指标: numbers with definitions and rows, one taken apart, everything in the address."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from ledger.domain.access import SYSTEM, Role
from ledger.domain.timing import clock
from ledger.domain.timing.periods import period_of
from ledger.records import service as records
from tests.pages.builders import EAST_NORTH, WEST_VILLAGE, Office
from tests.pages.campaign_office import said

EVIL = "<b onclick=alert(1)>某领导</b>"


@pytest.fixture
def counted(campaign: Office) -> Office:
    """Two petitions in the west (one begun by the campaign), one of them rated, one in the east."""
    today = clock.today()
    more = {"repeat": True, "channel": "visit", "lead_official": EVIL, "people": 7}
    for code in (WEST_VILLAGE, EAST_NORTH):
        values = {"registered_on": today, "matter": "欠薪", "area_code": code, **more}
        records.create(campaign.store, SYSTEM, "petitions", values)
    return campaign


def test_numbers_come_first_each_with_its_definition_and_rows(counted, open_ledger) -> None:
    page = open_ledger("figures", Role.OFFICE_STAFF)
    assert not page.exception
    text = said(page)
    assert 'data-figure="petitions_registered"' in text
    assert ">2件</a>" in text
    assert "50.0%" in text, "one of two is a repeat"
    assert "分母：登记日期在统计期内的全部信访事项件数" in text
    assert "暂无数据" in text
    month = period_of("month", clock.today())
    assert f"petitions?registered_on.ge={month.start}&amp;registered_on.le={month.end}" in text
    assert "没有全国规定" in text
    assert "(annotated" not in text


def test_another_figure_another_way_another_period_stand_in_the_address(
    counted, open_ledger
) -> None:
    page = open_ledger("figures", Role.OFFICE_STAFF)
    page.selectbox(key="figures-one").set_value("repeat_rate").run()
    assert page.query_params["figure"] == "repeat_rate"
    way = next(one for one in page.segmented_control if one.label == "怎样分开看")
    way.set_value("official").run()
    assert page.query_params["by"] == "official"
    assert not page.exception
    assert "未指定包案领导" in said(page)
    month = period_of("month", clock.today())
    page.button(key="figures-before").click().run()
    assert page.query_params["period"] == month.previous().text
    assert not page.exception
    page.button(key="figures-after").click().run()
    assert page.query_params["period"] == month.text
    assert page.button(key="figures-after").disabled, "nothing to count in days to come"


def test_text_of_a_ledger_is_only_text(counted, open_ledger) -> None:
    page = open_ledger("figures", Role.OFFICE_STAFF, by="official")
    html = "\n".join(element.proto.body for element in page.get("html"))
    assert "<b onclick" not in html
    assert "&lt;b onclick" in html
    page = open_ledger("figures", Role.OFFICE_STAFF, official=EVIL)
    assert not page.exception
    assert ">1件</a>" in said(page)


@pytest.mark.parametrize(
    ("params", "words"),
    [
        ({"period": "<b>_"}, "读不懂"),
        ({"period": "2026-10-31_2026-10-01"}, "早于开始日期"),
        ({"period": "0001-01-01_9999-12-31"}, "超出可统计的范围"),
        ({"area": EAST_NORTH}, "不在您的辖区内"),
        ({"area": "'; DROP TABLE"}, "不在您的辖区内"),
        ({"figure": "happiness"}, "没有名为"),
        ({"official": "x" * 500}, "过长"),
    ],
)
def test_an_address_that_cannot_be_followed_is_told_and_mended(
    counted, open_ledger, params, words
) -> None:
    page = open_ledger("figures", Role.OFFICE_STAFF, **params)
    assert not page.exception
    assert words in said(page)
    assert ">2件</a>" in said(page)


def test_periods_without_data_and_to_come(counted, open_ledger) -> None:
    ahead = period_of("year", clock.today() + timedelta(days=800))
    page = open_ledger("figures", Role.OFFICE_STAFF, period=ahead.text)
    assert not page.exception
    assert "统计期还没有开始，暂无数据" in said(page)
    page = open_ledger("figures", Role.OFFICE_STAFF, period="1900-01-01_1900-12-31")
    assert not page.exception
    assert "超出可统计的范围" in said(page)


@pytest.mark.parametrize("role", [Role.LEADER, Role.AUDITOR])
def test_who_may_open_the_rows_sees_the_number(counted, open_ledger, role: Role) -> None:
    """In a village too: every number is there, and opens its rows."""
    page = open_ledger("figures", role, area=WEST_VILLAGE)
    assert not page.exception
    text = said(page)
    assert "&lt;3" not in text
    assert re.search(
        r'<a (?=[^>]*href="petitions\?)[^>]*data-figure="petitions_registered"[^>]*>[12]件</a>',
        text,
    )
    beside = "下载的表用于报送：信访、线索少于3件的写“&lt;3”" if role is Role.LEADER else ""
    assert beside.replace("&lt;", "<") in "".join(one.value for one in page.caption)
