"""The risk map page: what it says, what it asks the map to show, and to whom."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from ledger.casework.map_overview import TierCounts, situation
from ledger.domain.access import SYSTEM, Role
from ledger.domain.settings import settings
from ledger.records import service as records
from ledger.records.places import areas
from ledger.storage import migrate, open_store
from pages._ui import guard
from pages._ui.map import Click, _read_click
from pages._ui.map_legend import NONE, OPEN, class_of, legend, look_of, note_of, sign_of
from pages._views.map_view import (
    SERIOUS,
    TIER_KEYS,
    WORST,
    MapView,
    map_top,
    read_view,
    toggled,
    way_to,
    write_view,
)
from tests.conftest import PROJECT_ROOT
from tests.pages.builders import (
    COUNTY,
    EAST,
    HOSTILE,
    WEST,
    WEST_GRID,
    WEST_VILLAGE,
    Office,
    build_office,
    fill_office,
)
from tests.pages.map_pages import Open, html_of, opener, param, sent_to_map
from tests.pages.situation.test_map_changes import numbers, opens_and_closes_a_table
from tests.pages.situation.test_map_layers import rows_behind

PAGE = PROJECT_ROOT / "pages" / "situation" / "risk_map" / "page.py"


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """One for all tests of this module: none of them writes."""
    folder = tmp_path_factory.mktemp("office")
    url = f"sqlite:///{(folder / 'ledger.db').as_posix()}"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LEDGER_DATABASE_URL", url)
        settings.cache_clear()
        built = fill_office(build_office(url))
        yield built
        built.close()
    settings.cache_clear()


@pytest.fixture
def open_map(office: Office, monkeypatch: pytest.MonkeyPatch) -> Open:
    """``open_map(role, under=…)``: the page as that person sees it."""
    return opener(office, monkeypatch, PAGE, Role.LEADER)


def test_opens_with_the_answer_in_words(office: Office, open_map: Open) -> None:
    here = situation(office.store, SYSTEM, areas.current_atlas(office.store), COUNTY).here
    answer = re.search(r"<h1[^>]*>(.*?)</h1>", html_of(open_map()))
    assert answer
    words = re.sub("<[^>]+>", "", answer[1])
    assert words.startswith(
        f"示例县\uff1a在册机构 {here.total} 家\uff0c四类 {here.by_tier['4']} 家"
    )
    assert f"待研判 {here.by_tier[None]} 家" in words
    assert "数据截至" in html_of(open_map())


def test_sends_values_and_words_but_no_shapes(open_map: Open) -> None:
    sent = sent_to_map(open_map())
    assert sent["areas"]["url"].startswith(f"/areas/{COUNTY}.geojson?")
    assert sent["areas"]["values"] == {WEST: "4", EAST: "1"}
    assert sent["areas"]["signs"][WEST] == "四类 1 家"
    assert "geometry" not in json.dumps(sent)
    assert sent["points"]["url"].startswith(f"/institutions/points.json?under={COUNTY}&")
    assert sent["backdrop"]["url"].startswith("/areas/backdrop.geojson")


def test_layer_switch_changes_values_and_leaves_map_and_shapes(open_map: Open) -> None:
    page = open_map()
    before, script = sent_to_map(page), _script(page)
    page.button(key="map-layer-serious").click().run()
    after = sent_to_map(page)
    assert param(page, "layer") == "serious"
    assert after["areas"]["values"] == {WEST: "2", EAST: "0"}
    assert after["areas"]["url"] == before["areas"]["url"]
    assert after["view"] == before["view"]
    assert _script(page) == script


def _script(page: AppTest) -> tuple[str, str]:
    """What decides whether the map is mounted anew: its script and its widget id."""
    proto = page.get("component_instance")[0].proto
    return json.loads(proto.json_args)["script"], proto.id


def test_choosing_an_area_lists_its_institutions_worst_first_with_reasons(open_map: Open) -> None:
    page = open_map(area=WEST)
    shown = html_of(page)
    assert re.search(r'<h2 class="map-title">.*甲云镇', shown)
    order = [shown.index(name) for name in ("金色年华养生馆", "福寿康养中心", "晚晴养老公寓")]
    assert order == sorted(order)
    assert "涉嫌犯罪" in shown  # why the worst one is tier four
    assert "已停办的院" not in shown
    assert sent_to_map(page)["areas"]["chosen"] == WEST


def test_the_institutions_of_an_area_can_be_sorted_by_how_long_they_are_overdue(
    office: Office, open_map: Open
) -> None:
    page = open_map(Role.LEADER, area=WEST)
    page.segmented_control(key="map-order").set_value("due").run()
    listed = re.findall(r"institutions\?record=(\d+)", html_of(page))
    days = [records.get(office.store, SYSTEM, "institutions", int(one))["due_on"] for one in listed]
    known = [day for day in days if day is not None]
    assert len(known) > 1
    assert days == sorted(known) + [None] * (len(days) - len(known))


def test_a_row_leads_to_its_record(office: Office, open_map: Open) -> None:
    record = office.ids["金色年华养生馆"]
    assert f'href="institutions?record={record}"' in html_of(open_map(area=WEST))


def test_choosing_an_institution_says_why(office: Office, open_map: Open) -> None:
    record = office.ids["福寿康养中心"]
    page = open_map(at=str(record))
    assert "被投诉举报" in html_of(page)
    assert sent_to_map(page)["points"]["chosen"] == record
    page.button(key="map-close").click().run()
    assert "at" not in page.query_params


def test_entering_the_next_level_and_going_back(open_map: Open) -> None:
    page = open_map(area=WEST)
    page.button(key="map-enter").click().run()
    assert param(page, "under") == WEST
    assert sent_to_map(page)["areas"]["values"] == {WEST_VILLAGE: "4"}
    page.button(key="map-way-0").click().run()
    assert "under" not in page.query_params
    assert set(sent_to_map(page)["areas"]["values"]) == {WEST, EAST}


def test_institutions_without_a_position_count_in_the_village_only(open_map: Open) -> None:
    assert "1 家未细分到网格</a>" in html_of(open_map(under=WEST_VILLAGE))


def test_a_grid_shows_itself_and_its_institutions(open_map: Open) -> None:
    page = open_map(Role.GRID_WORKER)
    assert sent_to_map(page)["areas"]["url"].startswith(f"/areas/{WEST_GRID}.geojson")
    assert list(sent_to_map(page)["areas"]["values"]) == [WEST_GRID]
    assert "金色年华养生馆" in html_of(page)


@pytest.mark.parametrize("code", [EAST, COUNTY, "990199", "../etc"])
def test_out_of_scope_in_the_address_shows_the_own_area(open_map: Open, code: str) -> None:
    page = open_map(Role.OFFICE_STAFF, under=code, area=code)
    assert sent_to_map(page)["areas"]["url"].startswith(f"/areas/{WEST}.geojson")
    assert "乙岚镇" not in html_of(page)


def test_an_institution_of_another_office_is_not_found(office: Office, open_map: Open) -> None:
    page = open_map(Role.OFFICE_STAFF, at=str(office.ids["东村敬老院"]))
    assert "没有找到该记录" in page.info[0].value
    assert "东村敬老院" not in html_of(page)


def test_tier_filter_narrows_points_and_list_and_is_taken_back(open_map: Open) -> None:
    page = open_map(area=WEST)
    page.button(key="map-tier-4").click().run()
    assert param(page, "tier") == "4"
    assert "tier=4" in sent_to_map(page)["points"]["url"]
    assert "金色年华养生馆" in html_of(page)
    assert "福寿康养中心" not in html_of(page)
    page.button(key="map-clear").click().run()
    assert "tier" not in page.query_params
    assert "福寿康养中心" in html_of(page)


def test_points_can_be_hidden(open_map: Open) -> None:
    page = open_map(points="0")
    assert "points" not in sent_to_map(page)


def test_hostile_names_are_letters_only(open_map: Open) -> None:
    shown = html_of(open_map(area=WEST))
    assert "&lt;script&gt;" in shown
    assert "<script" not in shown
    assert "<img" not in shown
    assert HOSTILE not in shown


def test_an_administrator_is_told_that_contents_are_not_theirs(
    office: Office, open_map: Open
) -> None:
    page = open_map(Role.ADMIN)
    assert page.warning
    assert not page.get("component_instance")


def test_without_areas_the_page_says_who_can_load_them(
    tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = open_store(f"sqlite:///{(tmp_path / 'empty.db').as_posix()}")
    migrate(store)
    monkeypatch.setattr(guard, "store", lambda: store)
    monkeypatch.setattr(guard, "visitor", lambda *_: guard.Visitor(SYSTEM, None))  # type: ignore[arg-type]
    page = AppTest.from_file(str(PAGE), default_timeout=30).run()
    assert not page.exception
    assert "还没有载入区域" in html_of(page)
    assert "区域" in page.info[0].value
    store.dispose()


def test_two_people_do_not_see_each_others_numbers(open_map: Open) -> None:
    """What is cached is keyed by scope: the office must not get the leader's numbers."""
    leader = html_of(open_map(Role.LEADER, under=WEST))
    grid = html_of(open_map(Role.GRID_WORKER))
    assert "无坐标托老所" not in grid
    assert re.search(r"<h1.*?</h1>", leader)[0] != re.search(r"<h1.*?</h1>", grid)[0]  # type: ignore[index]


def counts(**tiers: int) -> TierCounts:
    """``t4=1, t0=2``: one of tier four, two 待研判."""
    return TierCounts({key[1] if key != "t0" else None: number for key, number in tiers.items()})


@pytest.mark.parametrize(
    ("found", "worst", "serious"),
    [
        (counts(), NONE, NONE),
        (counts(t0=2), OPEN, "0"),  # 待研判 is neither "none" nor tier one
        (counts(t1=3, t0=1), "1", "0"),
        (counts(t3=1, t0=1), "3", "1"),
        (counts(t4=1, t3=1), "4", "2"),
        (counts(t3=3), "3", "2"),
        (counts(t3=4), "3", "4"),
        (counts(t4=6), "4", "4"),
        (counts(t4=3, t3=4), "4", "7"),
    ],
)
def test_class_of_an_area(found: TierCounts, worst: str, serious: str) -> None:
    assert class_of(WORST, found) == worst
    assert class_of(SERIOUS, found) == serious


def test_words_go_with_the_numbers() -> None:
    found = counts(t4=1, t3=2, t0=3)
    assert sign_of(WORST, found) == "四类 1 家"
    assert sign_of(SERIOUS, found) == "三四类 3 家"
    assert note_of(found) == ["机构 6 家", "四类 1 家、三类 2 家、待研判 3 家"]
    assert note_of(counts()) == ["无机构"]
    assert sign_of(WORST, counts(t0=2)) == "待研判 2 家"


@pytest.mark.parametrize("layer", [WORST, "serious"])
def test_tiers_are_a_table_whose_numbers_open_their_rows(
    office: Office, open_map: Open, layer: str
) -> None:
    opens_and_closes_a_table(office, open_map(layer=layer))
    chosen = numbers(open_map(area=WEST))
    assert chosen
    for href, number in chosen:
        assert rows_behind(office, Role.LEADER, href) == number, href


def test_legend_tells_no_institutions_from_undetermined() -> None:
    shown = legend(look_of(WORST), {"4", OPEN}, points=False)
    assert "待研判" in shown
    assert "无机构" in shown
    assert shown.count("map-key-unused") == 4


def test_address_of_a_view_is_read_as_it_was_written(office: Office) -> None:
    atlas, leader = areas.current_atlas(office.store), office.actor(Role.LEADER)
    for view in [
        MapView(COUNTY),
        MapView(WEST, SERIOUS, False, ("4", "none"), WEST_VILLAGE),
        MapView(WEST_GRID, area=WEST_GRID),
        MapView(EAST, institution=7),
    ]:
        assert read_view(atlas, leader, write_view(view, map_top(atlas, leader))) == view


def test_the_way_back_begins_at_the_own_area(office: Office) -> None:
    atlas = areas.current_atlas(office.store)
    way = way_to(atlas, office.actor(Role.OFFICE_STAFF), WEST_GRID)
    assert [code for code, _ in way] == [WEST, WEST_VILLAGE, WEST_GRID]


def test_all_tiers_are_the_same_as_none_chosen() -> None:
    assert toggled(TIER_KEYS[:4], "none") == ()
    assert toggled(("4",), "4") == ()
    assert toggled(("3",), "4") == ("4", "3")


@pytest.mark.parametrize(
    ("properties", "click"),
    [
        ({"kind": "area", "code": "990101", "n": 1}, Click(area="990101")),
        ({"kind": "institution", "id": 7, "n": 2}, Click(institution=7)),
        ({"kind": "area", "code": 5}, None),
        ({"kind": "institution", "id": "7"}, None),
        ({"kind": "other"}, None),
        ("text", None),
        (None, None),
    ],
)
def test_clicks_are_read_with_distrust(properties: Any, click: Click | None) -> None:
    assert _read_click({"last_active_drawing": {"properties": properties}}) == click
    assert _read_click(properties) is None
