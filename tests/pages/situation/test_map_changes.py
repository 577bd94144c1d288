"""The layer of changes, the time slider on the other layers, and each layer as a table."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from streamlit.testing.v1 import AppTest

from ledger.casework.changed_since import CHANGES
from ledger.domain.access import Role
from ledger.domain.timing import clock
from ledger.domain.timing.periods import period_of
from pages._ui.badges import LOOKS
from pages._ui.date_span import OWN
from pages._views.map_view import LAYERS, SERIOUS, WORST
from pages.situation.risk_map.map_changes import LOOK, class_of_changes, sign_of_changes
from pages.situation.risk_map.map_controls import usual_days
from pages.situation.risk_map.map_time import ends_before
from tests.conftest import PROJECT_ROOT
from tests.pages.builders import EAST, WEST, Office
from tests.pages.map_pages import Open, html_of, opener, param, sent_to_map
from tests.pages.numbers import links_of
from tests.pages.situation.test_map_layers import PAGE, answer, office, rows_behind

__all__ = ["office"]
HOTSPOTS = PROJECT_ROOT / "pages" / "situation" / "hotspots" / "page.py"
# A month end before the office was built, and after its cases and outreach of the 1st of June.
THEN = f"{date(2026, 9, 1)}_{date(2026, 9, 30)}"


@pytest.fixture
def open_map(office: Office, monkeypatch: pytest.MonkeyPatch) -> Open:
    """The risk map as a person sees it."""
    return opener(office, monkeypatch, PAGE, Role.LEADER)


def numbers(page: AppTest) -> list[tuple[str, int]]:
    """Every link that says how many rows it stands for: (address, rows)."""
    found = [one for one, _ in links_of(page) if "data-rows" in one]
    return [(one["href"], int(one["data-rows"])) for one in found]


def opens_and_closes_a_table(office: Office, page: AppTest) -> None:
    """The button of the table; each number of the table opens as many rows as it says."""
    assert '<table class="map-table">' not in html_of(page)
    page.button(key="map-table").click().run()
    table = re.search(r'<table class="map-table">(.*?)</table>', html_of(page), re.DOTALL)
    assert table
    assert "甲云镇" in table[1]
    assert table[1].count("data-rows") >= 2
    for href, number in numbers(page):
        assert rows_behind(office, Role.LEADER, href) == number, href
    page.button(key="map-table").click().run()
    assert "table" not in page.query_params


def test_the_line_above_the_map_opens_exactly_the_rows(office: Office, open_map: Open) -> None:
    since = clock.today() - timedelta(days=200)
    for role in (Role.LEADER, Role.OFFICE_STAFF):
        page = open_map(role, layer="changes", since=str(since))
        line = re.search(r'</h1><p class="map-numbers">(.*?)</p>', html_of(page))
        assert line
        for word in ("新线索", "新处置", "新信访", "信访新超期"):
            assert word in line[1]
        found = numbers(page)
        assert len(found) >= 4
        for href, number in found:
            assert rows_behind(office, role, href) == number, href


def test_changes_are_told_from_the_day_chosen(open_map: Open) -> None:
    page = open_map(layer="changes")
    assert answer(page) == f"示例县：{day_words(clock.today() - timedelta(days=7))}以来的变化"
    (since,) = [one for one in page.segmented_control if one.label == "从哪一天起"]
    assert since.value == "近7天"
    since.set_value("近30天").run()
    month_ago = clock.today() - timedelta(days=30)
    assert param(page, "since") == str(month_ago)
    assert f"{day_words(month_ago)}以来" in answer(page)
    for unreadable in ("2999-01-01", "1999-01-01", "gestern"):
        assert answer(open_map(layer="changes", since=unreadable)) == answer(
            open_map(layer="changes")
        )


def test_a_day_that_is_not_usual_is_chosen_from_the_calendar(open_map: Open) -> None:
    day = clock.today() - timedelta(days=200)
    page = open_map(layer="changes", since=str(day))
    (since,) = [one for one in page.segmented_control if one.label == "从哪一天起"]
    assert since.value == OWN
    other = day + timedelta(days=1)
    page.date_input[0].set_value(other).run()
    assert param(page, "since") == str(other)


def test_usual_days_include_the_last_visit_of_who_was_here_before() -> None:
    today = date(2026, 11, 20)
    assert "上次来" not in usual_days(today, None)
    days = usual_days(today, date(2026, 11, 3))
    assert (days["上次来"], days["本月"], days["近7天"], days["今天"]) == (
        date(2026, 11, 3), date(2026, 11, 1), date(2026, 11, 13), today,
    )  # fmt: skip


def day_words(day: date) -> str:
    year = "" if day.year == clock.today().year else f"{day.year}年"
    return f"{year}{day.month}月{day.day}日"


def test_nothing_of_another_township_has_changed(open_map: Open) -> None:
    page = open_map(Role.OFFICE_STAFF, layer="changes", under=EAST, since="2026-01-01")
    assert "甲云镇" in answer(page)
    assert EAST not in str(sent_to_map(page)["areas"]["values"])


@pytest.mark.parametrize(
    ("changed", "name", "said"),
    [
        ({}, "none", ""),
        ({"fell": 1}, "other", ""),
        ({"petitions_late": 2, "petitions_new": 5}, "late", "新超期 2 · 新信访 5"),
        ({"rose": 1, "leads_late": 1, "leads_new": 9}, "rose", "上升 1 · 新超期 1"),
    ],
)
def test_class_and_words_of_changes(changed: dict[str, int], name: str, said: str) -> None:
    assert class_of_changes(changed) == name
    assert sign_of_changes(changed) == said
    assert changed.keys() <= {one.key for one in CHANGES}


def test_changes_bear_no_colour_of_a_tier() -> None:
    tiers = {look.colour.upper() for look in LOOKS.values()}
    assert not tiers & {style.fill.upper() for style in LOOK.classes.values()}


def test_the_slider_shows_other_layers_at_the_end_of_a_month(
    office: Office, open_map: Open
) -> None:
    for layer, words in {
        "worst": "还没有登记机构",  # the office was built today
        "leads": "未办结线索 6 条",
        "dispositions": "未办结处置 5 项",
        "outreach": "已开展宣传的村(社区) 2/3",
    }.items():
        page = open_map(layer=layer, period=THEN, table="1")
        assert answer(page).startswith(f"示例县：截至2026-09-30，{words}"), layer
        assert "points" not in sent_to_map(page)
        assert "按台账现有记录和它们今天所在的区域推算" in html_of(page)
        assert ("当时有没有超期没有留存" in html_of(page)) == (layer in ("leads", "dispositions"))
        assert "超期" not in str(sent_to_map(page)["areas"]["signs"])
        for href, number in numbers(page):
            assert rows_behind(office, Role.LEADER, href) == number, href
    before = open_map(layer="leads", period="2026-05-01_2026-05-31")
    assert answer(before) == "示例县：截至2026-05-31，没有线索"


def test_a_day_gone_by_is_chosen_by_the_control_of_all_pages(open_map: Open) -> None:
    page = open_map(layer="outreach")
    days = next(one for one in page.segmented_control if one.label == "看哪一天的情况")
    ends = ends_before(clock.today())
    assert list(days.options) == ["今天", "上月底", "上季末", "上年底", "自选"]
    days.set_value("上年底").run()
    assert answer(page).startswith(f"示例县：截至{ends['上年底']}，")
    assert param(page, "period") == period_of("month", ends["上年底"]).text
    page.button(key="map-layer-petitions").click().run()
    days = next(one for one in page.segmented_control if one.label == "登记时间")
    days.set_value("week").run()
    assert param(page, "period") == period_of("week", clock.today()).text
    next(one for one in page.segmented_control if one.label == "登记时间").set_value("all").run()
    assert "period" not in page.query_params


def test_this_month_is_today_and_the_time_stays_between_layers(open_map: Open) -> None:
    this = period_of("month", clock.today()).text
    assert answer(open_map(layer="leads", period=this)) == answer(open_map(layer="leads"))
    page = open_map(layer="leads", period=THEN)
    page.button(key="map-layer-petitions").click().run()
    assert param(page, "period") == THEN
    page.button(key="map-clear").click().run()
    assert "period" not in page.query_params


@pytest.mark.parametrize("layer", [one for one in LAYERS if one not in (WORST, SERIOUS)])
def test_each_layer_is_a_table_whose_numbers_open_their_rows(
    office: Office, open_map: Open, layer: str
) -> None:
    page = open_map(layer=layer, since="2026-01-01")
    opens_and_closes_a_table(office, page)


def test_the_hotspot_map_is_a_table_whose_numbers_open_their_rows(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = opener(office, monkeypatch, HOTSPOTS, Role.LEADER)(level="township")
    page.button(key="hot-table").click().run()
    table = re.search(r'<table class="map-table">(.*?)</table>', html_of(page), re.DOTALL)
    assert table
    assert table[1].count(f"area={WEST}") == 4
    for href, number in numbers(page):
        assert rows_behind(office, Role.LEADER, href) == number, href
