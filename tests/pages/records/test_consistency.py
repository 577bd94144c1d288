"""一致性核对: what contradicts itself by rule and village, and one finding to settle."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from html import unescape
from typing import Any

import pytest
from sqlalchemy import update
from streamlit.testing.v1 import AppTest

from ledger.casework import contradictions
from ledger.domain.access import SYSTEM, Role
from ledger.records import service as records
from ledger.records.places.areas import current_atlas
from ledger.storage.tables import institutions
from tests.pages.builders import EAST_SOUTH, WEST_GRID, Office
from tests.pages.field_pages import filled_office, html_of, opened, said, words_of, write

Open = Callable[..., AppTest]
HOSTILE = "挤满<img src=x onerror=1>{{7*7}}养老院"
RULE = "residents_over_beds"


@pytest.fixture
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    for built in filled_office(tmp_path_factory.mktemp("office").as_posix()):
        for area in (WEST_GRID, WEST_GRID, EAST_SOUTH):
            values: dict[str, Any] = {
                "name": HOSTILE,
                "area_code": area,
                "residents": 60,
                "beds": 50,
            }
            built.ids[area] = records.create(built.store, SYSTEM, "institutions", values)
        with built.store.writing() as connection:  # those of every office lie at one position
            connection.execute(update(institutions).values(lon=None, lat=None, filing=None))
        yield built


@pytest.fixture
def show(office: Office, monkeypatch: pytest.MonkeyPatch) -> Open:
    def page(role: Role, **params: str) -> AppTest:
        return opened(monkeypatch, office, role, "records/consistency/page.py", **params)

    return page


def open_ones(office: Office, role: Role) -> list[int]:
    store = office.store
    found = contradictions.findings(store, office.actor(role), current_atlas(store), RULE)
    return [one.record_id for one in found]


@pytest.mark.parametrize(
    ("role", "rows"),
    [
        (Role.OFFICE_STAFF, 2),
        (Role.LEADER, 3),
        (Role.GRID_WORKER, 2),
        (Role.VILLAGE_STAFF, 2),
        (Role.AUDITOR, 3),
    ],
)
def test_the_page_opens_with_how_many_there_are(show: Open, role: Role, rows: int) -> None:
    page = show(role)
    assert f"待核对 {rows} 处，涉及养老服务机构(场所) {rows} 条" in words_of(page)
    link = f'href="institutions?contradiction.set={RULE}" data-rows="{rows}"'
    assert link in unescape(html_of(page))


def test_villages_are_counted_with_links(show: Open) -> None:
    page = show(Role.LEADER)
    html = unescape(html_of(page))
    assert 'institutions?area=990101001001&contradiction.set=all" data-rows="2"' in html
    assert 'institutions?area=990101002001&contradiction.set=all" data-rows="1"' in html


def test_a_rule_lists_its_findings_with_their_facts(show: Open, office: Office) -> None:
    page = show(Role.LEADER, rule=RULE)
    assert "待核对 3 处" in said(page)
    assert "入住老人数超过床位数的，就是不一致" in said(page)
    assert words_of(page).count("入住老人数 60人，床位数 50张") == 3
    assert f"institutions?record={office.ids[EAST_SOUTH]}" in html_of(page)
    assert "<img" not in html_of(page)


def test_the_page_says_when_each_rule_finds_something(show: Open) -> None:
    words = words_of(show(Role.AUDITOR))
    assert "被投诉举报为“否”，且有指向它的线索（线索核查属实或部分属实）" in words


def test_one_area_is_looked_at_alone(show: Open) -> None:
    page = show(Role.LEADER, area=EAST_SOUTH)
    assert "待核对 1 处" in words_of(page)


def test_an_area_of_others_is_not_looked_at(show: Open) -> None:
    page = show(Role.OFFICE_STAFF, area=EAST_SOUTH, rule=RULE)
    assert "待核对 2 处" in words_of(page)


@pytest.mark.parametrize("role", [Role.LEADER, Role.AUDITOR, Role.GRID_WORKER])
def test_who_may_not_edit_finds_no_form(show: Open, office: Office, role: Role) -> None:
    page = show(role, rule=RULE, record=str(office.ids[WEST_GRID]))
    assert not page.text_area
    assert ">核对</a>" not in html_of(page)


def test_the_office_settles_one_and_takes_it_back(show: Open, office: Office) -> None:
    record = office.ids[WEST_GRID]
    page = show(Role.OFFICE_STAFF, rule=RULE, record=str(record))
    write(page, "理由", "床位数是旧的，已报变更")
    next(one for one in page.button if one.label.startswith("核对完毕")).click().run()
    assert "已核对" in said(page)
    assert record not in open_ones(office, Role.OFFICE_STAFF)
    assert "待核对 1 处" in words_of(page)
    page = show(Role.OFFICE_STAFF, rule=RULE, record=str(record), settled="1")
    assert "床位数是旧的，已报变更" in words_of(page)
    write(page, "理由", "看错了一家")
    next(one for one in page.button if one.label.startswith("撤回")).click().run()
    assert record in open_ones(office, Role.OFFICE_STAFF)


def test_a_settlement_without_a_reason_is_refused(show: Open, office: Office) -> None:
    page = show(Role.OFFICE_STAFF, rule=RULE, record=str(office.ids[WEST_GRID]))
    next(one for one in page.button if one.label.startswith("核对完毕")).click().run()
    assert "请填写理由" in said(page)
    assert office.ids[WEST_GRID] in open_ones(office, Role.OFFICE_STAFF)


def test_an_unknown_rule_shows_the_rules(show: Open) -> None:
    page = show(Role.LEADER, rule="x", record="y")
    assert "待核对 3 处" in words_of(page)
