"""Red homes in or beside hotspots: who is listed, what is said, and that the link opens them."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import replace

import pytest

from geo.meeting import Meeting
from ledger.domain.access import Role
from ledger.domain.errors import Refused
from ledger.domain.settings import settings
from ledger.reporting.statistics.answers import Answer
from ledger.reporting.statistics.hotspots import hotspots
from ledger.reporting.statistics.red_homes import meeting_words, red_homes
from ledger.reporting.statistics.requests import Request
from pages._views.case_measures import period_asked
from pages.situation.risk_map import map_answer
from tests.conftest import PROJECT_ROOT
from tests.pages.builders import (
    COUNTY,
    EAST_NORTH,
    EAST_SOUTH,
    WEST_VILLAGE,
    Office,
    build_office,
    fill_office,
)
from tests.pages.map_pages import Open, html_of, opener
from tests.pages.situation.test_map_layers import rows_behind

PAGE = PROJECT_ROOT / "pages" / "situation" / "risk_map" / "page.py"


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """One red home, in the west, whose only village touches the east."""
    url = f"sqlite:///{(tmp_path_factory.mktemp('red') / 'ledger.db').as_posix()}"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LEDGER_DATABASE_URL", url)
        settings.cache_clear()
        built = fill_office(build_office(url))
        yield built
        built.close()
    settings.cache_clear()


def answered(office: Office, *hot: str) -> Answer:
    """An answer by village in which these are hotspots."""
    request = Request(period_asked(""), scope=COUNTY)
    answer = hotspots(office.store, office.actor(Role.LEADER), request)
    table = answer.table.copy()
    table["gi_class"] = ["hot" if code in hot else "none" for code in table.index]
    return replace(answer, table=table)


def test_a_red_home_in_a_hotspot_and_one_beside_it_are_told_apart(office: Office) -> None:
    actor = office.actor(Role.LEADER)
    inside = red_homes(office.store, actor, answered(office, WEST_VILLAGE))
    assert [(home.name, home.area, home.beside) for home in inside.homes] == [
        ("金色年华养生馆", WEST_VILLAGE, False)
    ]
    touching = red_homes(office.store, actor, answered(office, EAST_SOUTH, EAST_NORTH))
    assert [home.beside for home in touching.homes] == [True]
    assert set(touching.homes[0].hot) <= {EAST_SOUTH, EAST_NORTH}
    assert red_homes(office.store, actor, answered(office)).homes == ()


def test_the_list_says_what_chance_does_and_opens_its_rows(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = answered(office, WEST_VILLAGE)
    monkeypatch.setattr(map_answer, "hotspots_of", lambda *_: answer)
    open_map: Open = opener(office, monkeypatch, PAGE, Role.LEADER)
    shown = html_of(open_map(layer="petitions"))
    assert "红色机构与热点：1 家在热点或紧邻热点" in shown
    assert "是不是巧合无法判断" in shown
    link = re.search(r'<a href="(institutions\?[^"]*lies_in[^"]*)"[^>]*>打开这 1 家', shown)
    assert link
    assert rows_behind(office, Role.LEADER, html.unescape(link[1])) == 1


def test_who_may_not_read_homes_gets_none(office: Office) -> None:
    with pytest.raises(Refused):
        red_homes(office.store, office.actor(Role.ADMIN), answered(office, WEST_VILLAGE))


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (Meeting(0, 0, 0.0, float("nan")), "没有四类(红色)机构。"),
        (Meeting(3, 9, 1.2, float("nan")), "是不是巧合无法判断"),
        (Meeting(8, 9, 2.6, 0.004), "应为约3家；保持两者各自的分布、互相错开位置，不到1%"),
        (Meeting(8, 9, 2.6, 0.004), "超出偶然"),
        (Meeting(3, 9, 2.6, 0.3), "30%的情形会碰到这么多或更多：可能只是偶然"),
        (Meeting(0, 9, 0.4, 1.0), "应为不到1家"),
    ],
)
def test_a_meeting_in_words(found: Meeting, words: str) -> None:
    assert words in meeting_words(found, "村(社区)")
