"""What the maps do not draw: institutions without a position are counted below the map, by a link
that opens them; points and link together are the list, at every level and for every tier."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape

import pytest

from ledger.casework import map_overview
from ledger.domain.access import Role
from ledger.domain.settings import settings
from ledger.records import service as records
from ledger.records.places.areas import current_atlas
from ledger.records.query import Condition
from pages._ui.map_legend import not_drawn
from pages._ui.shared_answers import asked
from pages._views.rows_link import area_rows
from tests.conftest import PROJECT_ROOT
from tests.pages.builders import COUNTY, WEST, WEST_GRID, WEST_VILLAGE, Office, build_office
from tests.pages.map_pages import html_of, opener
from tests.pages.situation.test_map_layers import rows_behind

SITUATION = PROJECT_ROOT / "pages" / "situation"
PAGES = {
    "map": SITUATION / "risk_map" / "page.py",
    "hotspots": SITUATION / "hotspots" / "page.py",
    "my_grid": PROJECT_ROOT / "pages" / "field" / "my_grid" / "page.py",
}
LINE = re.compile(r'<a href="([^"]+)" data-rows="(\d+)"[^>]*>另有 (\d+) 家没有坐标</a>')


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """Two homes with a position, two without, of which one is of tier four, and half a position."""
    url = f"sqlite:///{(tmp_path_factory.mktemp('left') / 'ledger.db').as_posix()}"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LEDGER_DATABASE_URL", url)
        settings.cache_clear()
        built = build_office(url)
        built.add("有位置的院")
        built.add("有位置的四类院", suspected_crime=True)
        nowhere = {"lon": None, "lat": None}
        built.add("无位置的院", **nowhere, area_code=WEST_GRID)
        built.add("无位置的四类院", **nowhere, area_code=WEST_VILLAGE, suspected_crime=True)
        yield built
        built.close()
    settings.cache_clear()


@pytest.mark.parametrize("code", [None, COUNTY, WEST, WEST_VILLAGE, WEST_GRID])
@pytest.mark.parametrize("tiers", [(), ("4",), ("none",), ("4", "none")])
def test_points_and_what_is_left_out_are_the_list(
    office: Office, code: str | None, tiers: tuple[str, ...]
) -> None:
    leader, atlas = office.actor(Role.LEADER), current_atlas(office.store)
    wanted = {None if tier == "none" else tier for tier in tiers}
    points = map_overview.points(office.store, leader, atlas, code)
    drawn = [one for one in points if not tiers or one.tier in wanted]
    by_tier = (Condition("tier", "in", tuple(wanted)),) if tiers else ()
    listed = records.search(
        office.store, leader, "institutions", area_rows(atlas, code, by_tier)
    ).total
    said = LINE.search(not_drawn(asked(office.store, leader), atlas, code, tiers))
    left_out = int(said[3]) if said else 0
    assert len(drawn) + left_out == listed
    if said:
        assert rows_behind(office, Role.LEADER, unescape(said[1])) == int(said[2]) == left_out


@pytest.mark.parametrize(
    ("page", "role", "params", "number"),
    [
        ("map", Role.LEADER, {}, 2),
        ("map", Role.LEADER, {"under": WEST}, 2),
        ("map", Role.LEADER, {"under": WEST_GRID}, 1),
        ("map", Role.LEADER, {"layer": "dispositions"}, 2),
        ("map", Role.LEADER, {"layer": "petitions"}, 2),
        ("map", Role.LEADER, {"tier": "4"}, 1),
        ("map", Role.LEADER, {"points": "0"}, 0),
        ("my_grid", Role.GRID_WORKER, {}, 1),
    ],
)
def test_every_page_with_points_says_what_it_leaves_out(
    office: Office,
    monkeypatch: pytest.MonkeyPatch,
    page: str,
    role: Role,
    params: dict[str, str],
    number: int,
) -> None:
    shown = html_of(opener(office, monkeypatch, PAGES[page], role)(**params))
    said = {int(one[3]) for one in LINE.finditer(shown)}
    assert said == ({number} if number else set())
