"""Homes and open cases on the hotspot map: there when asked for, each number with its rows."""

from __future__ import annotations

import pytest

from ledger.domain.access import Role
from tests.conftest import PROJECT_ROOT
from tests.pages.builders import WEST_VILLAGE, Office
from tests.pages.map_pages import Open, html_of, opener, param, sent_to_map
from tests.pages.situation.test_map_layers import linked_numbers, office, rows_behind

__all__ = ["office"]
PAGE = PROJECT_ROOT / "pages" / "situation" / "hotspots" / "page.py"


@pytest.fixture
def open_page(office: Office, monkeypatch: pytest.MonkeyPatch) -> Open:
    """The hotspot page as a person sees it."""
    return opener(office, monkeypatch, PAGE, Role.LEADER)


def test_homes_and_open_cases_come_when_asked_for(open_page: Open) -> None:
    page = open_page()
    plain = sent_to_map(page)
    assert "points" not in plain
    page.button(key="hot-homes").click().run()
    assert param(page, "homes") == "1"
    sent = sent_to_map(page)
    assert sent["areas"]["values"] == plain["areas"]["values"]
    assert sent["areas"]["notes"][WEST_VILLAGE][-1] == "未办结线索 6 条，未办结处置 5 项"
    assert sent["points"]["url"].startswith("/institutions/points.json?")
    assert "方牌为一家机构" in html_of(page)


def test_every_open_case_of_the_table_opens_its_rows(
    office: Office,
    open_page: Open,
) -> None:
    page = open_page(homes="1", table="1")
    for ledger, number in (("leads", 6), ("dispositions", 5)):
        links = linked_numbers(page, ledger)
        assert [each for _, each in links] == [number]
        assert rows_behind(office, Role.LEADER, links[0][0]) == number


def test_nothing_of_another_township_is_on_the_map(open_page: Open) -> None:
    sent = sent_to_map(open_page(Role.OFFICE_STAFF, homes="1"))
    assert set(sent["areas"]["notes"]) == {WEST_VILLAGE}
