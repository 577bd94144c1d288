"""The hotspot page: what it says, what it asks the map to show, where it leads, and to whom."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import pairwise
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy import update
from streamlit.testing.v1 import AppTest

from geo.atlas import Atlas
from geo.hotspot_classes import Null
from ledger.domain.access import SYSTEM, Role
from ledger.domain.ledgers import LEDGERS
from ledger.domain.settings import settings
from ledger.domain.timing import clock
from ledger.domain.timing.periods import Period
from ledger.domain.timing.spans import NAMED
from ledger.records.bulk import create_many
from ledger.records.places.areas import current_atlas
from ledger.records.query import Condition
from ledger.records.record_pages import find
from ledger.storage import migrate, open_store, options
from ledger.storage.tables import areas
from pages._ui import guard
from pages._views.address import read_address
from pages._views.case_measures import COUNT, KINDS, periods_of
from pages._views.hotspot_view import HotspotView, counted_rows, filterable, read_view, write_view
from pages._views.map_view import map_top
from pages._views.rows_link import rows_address
from tests.conftest import PROJECT_ROOT
from tests.pages.builders import (
    COUNTY,
    EAST,
    EAST_NORTH,
    EAST_SOUTH,
    HOSTILE,
    WEST,
    WEST_GRID,
    WEST_VILLAGE,
    Office,
    build_office,
)
from tests.pages.map_pages import Open, html_of, opener, param, sent_to_map

PAGE = PROJECT_ROOT / "pages" / "situation" / "hotspots" / "page.py"
MAY = Period(date(2026, 5, 1), date(2026, 5, 31))
COUNTS = {WEST_VILLAGE: 40, EAST_SOUTH: 10, EAST_NORTH: 2}


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """Forty, ten and two petitions ten days ago; the southern village bears a name of ill will."""
    folder = tmp_path_factory.mktemp("office")
    url = f"sqlite:///{(folder / 'ledger.db').as_posix()}"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LEDGER_DATABASE_URL", url)
        settings.cache_clear()
        built = build_office(url)
        day = clock.today() - timedelta(days=10)
        rows = [
            {
                "registered_on": day,
                "matter": "退费",
                "area_code": code,
                "field": "finance" if at % 2 else "justice",
                "petitioner": "张某某",
            }
            for code, number in COUNTS.items()
            for at in range(number)
        ]
        create_many(built.store, SYSTEM, "petitions", rows)
        with built.store.writing() as connection:
            hostile = update(areas).where(areas.c.code == EAST_SOUTH).values(name=HOSTILE[:100])
            connection.execute(hostile)
            options.bump(connection, "areas_revision")
        yield built
        built.close()
    settings.cache_clear()


@pytest.fixture
def open_page(office: Office, monkeypatch: pytest.MonkeyPatch) -> Open:
    """``open_page(role, under=…)``: the page as that person sees it."""
    return opener(office, monkeypatch, PAGE, Role.OFFICE_STAFF)


def words_of(page: AppTest) -> str:
    """What the page shows as HTML, without its marks."""
    return re.sub("<[^>]+>", "", html_of(page))


def test_opens_with_the_answer_and_says_what_it_rests_on(open_page: Open) -> None:
    page = open_page()
    answer = re.sub("<[^>]+>", "", re.search(r"<h1.*?</h1>", html_of(page))[0])  # type: ignore[index]
    assert answer == "甲云镇信访事项近90天：40 件，没有热点"
    said = words_of(page)
    for part in ("村(社区)共 1 个", "地图显示显著性", "数据截至", "只随人口多少", "随机数种子"):
        assert part in said
    assert "只有一个区域" in said


def test_sends_classes_and_words_but_no_shapes(open_page: Open) -> None:
    sent = sent_to_map(open_page(Role.LEADER))
    assert sent["areas"]["url"].startswith(f"/regions/village.geojson?under={COUNTY}&v=")
    assert set(sent["areas"]["values"]) == set(COUNTS)
    assert set(sent["areas"]["values"].values()) <= {"hot", "own", "cold", "none", "few"}
    assert "geometry" not in json.dumps(sent)
    assert "40件" in sent["areas"]["notes"][WEST_VILLAGE][0]


def test_layers_change_values_and_leave_map_and_shapes(open_page: Open) -> None:
    page = open_page(Role.OFFICE_STAFF)
    before, script = sent_to_map(page), _script(page)
    page.button(key="hot-layer-count").click().run()
    after = sent_to_map(page)
    assert param(page, "layer") == COUNT
    assert after["areas"]["values"] != before["areas"]["values"]
    assert (after["areas"]["url"], after["view"]) == (before["areas"]["url"], before["view"])
    assert _script(page) == script
    for layer in ("rate", "eb_rate", "class"):
        page.button(key=f"hot-layer-{layer}").click().run()
        assert not page.exception
    assert "layer" not in page.query_params


def _script(page: AppTest) -> tuple[str, str]:
    proto = page.get("component_instance")[0].proto
    return json.loads(proto.json_args)["script"], proto.id


def test_who_may_open_the_rows_sees_small_counts(open_page: Open) -> None:
    page = open_page(Role.LEADER, layer="count")
    sent = sent_to_map(page)
    assert sent["areas"]["signs"][EAST_NORTH] == "2件"
    assert "信访事项近90天：52 件" in words_of(page)
    assert "下载的表用于报送：信访、线索少于3件的写“&lt;3”；页面上照实显示。" in words_of(page)
    shown = open_page(Role.LEADER, area=EAST_NORTH)
    assert "近90天2件" in words_of(shown)
    assert "打开这2件信访事项" in words_of(shown)


def test_a_chosen_area_is_explained_and_leads_to_the_rows_it_counts(
    office: Office, open_page: Open
) -> None:
    page = open_page(Role.OFFICE_STAFF, area=WEST_VILLAGE, **{"field.in": ["finance"]})
    shown = words_of(page)
    assert "近90天20件" in shown
    assert "上期暂无数据" in shown
    assert "近1期" in shown
    link = re.search(r'href="(petitions\?[^"]+)"[^>]*>打开这20件', html_of(page))
    assert link
    params = parse_qs(urlsplit(link[1].replace("&amp;", "&")).query)
    actor, atlas = office.actor(Role.OFFICE_STAFF), current_atlas(office.store)
    view, problems = read_address(LEDGERS["petitions"], atlas, actor, params)
    assert problems == ()
    with office.store.reading() as connection:
        rows = find(connection, actor, LEDGERS["petitions"], view.selection)
    assert rows.total == 20
    page.button(key="hot-close").click().run()
    assert "area" not in page.query_params
    assert "哪里真正集中" in words_of(page)


def with_choices(page: AppTest) -> AppTest:
    """The page with 范围、台账、筛选 open; until then nothing of it is built."""
    assert not [one for one in page.selectbox if one.key == "hot-under"]
    page.session_state["hot-choices"] = True
    return page.run()


def test_choices_are_kept_in_the_address_and_taken_back(open_page: Open) -> None:
    page = with_choices(open_page(Role.OFFICE_STAFF))
    page.multiselect(key="hot-filter-petitions-field").set_value(["finance"]).run()
    assert page.query_params["field.in"] in ("finance", ["finance"])
    assert "：20 件" in words_of(page)
    page.selectbox(key="hot-people").set_value("elderly").run()
    page.selectbox(key="hot-null").set_value("shuffled").run()
    assert (param(page, "people"), param(page, "null")) == ("elderly", "shuffled")
    assert "互换位置" in words_of(page)
    page.button(key="hot-clear").click().run()
    assert not {"field.in", "people", "null"} & set(page.query_params)
    assert "：40 件" in words_of(page)


def test_ledger_level_and_period_can_be_changed(open_page: Open) -> None:
    page = with_choices(open_page(Role.LEADER))
    page.selectbox(key="hot-under").set_value(EAST).run()
    assert set(sent_to_map(page)["areas"]["values"]) == {EAST_SOUTH, EAST_NORTH}
    page.selectbox(key="hot-under").set_value(COUNTY).run()
    page.selectbox(key="hot-level").set_value("township").run()
    assert set(sent_to_map(page)["areas"]["values"]) == {WEST, EAST}
    page.selectbox(key="hot-kind").set_value("month").run()
    assert page.select_slider(key="hot-period").value == periods_of("month")[-1]
    page.select_slider(key="hot-period").set_value(periods_of("month")[3]).run()
    assert param(page, "period") == periods_of("month")[3].text
    assert "没有符合条件的数据" in words_of(page) or "少于3" in words_of(page)
    days = next(one for one in page.segmented_control if one.label == "时段")
    assert list(days.options) == ["近90天", *NAMED.values(), "自选"]
    days.set_value("year").run()
    assert param(page, "kind") == "year"
    assert "period" not in page.query_params
    page.selectbox(key="hot-ledger").set_value("leads").run()
    assert param(page, "ledger") == "leads"
    assert "线索" in words_of(page)


def test_a_period_of_an_address_stands_beside_the_slider(open_page: Open) -> None:
    page = open_page(Role.LEADER, period="2026-01-05_2026-02-03")
    assert page.select_slider(key="hot-period").value.text == "2026-01-05_2026-02-03"
    assert "2026-01-05至2026-02-03" in words_of(page)


def test_a_period_to_come_is_refused_with_a_way_back(open_page: Open) -> None:
    page = open_page(Role.LEADER, period="2190-01-01_2190-01-31")
    assert "晚于今天" in page.error[0].value
    page.button(key="hot-usual").click().run()
    assert "period" not in page.query_params
    assert not page.error


@pytest.mark.parametrize("code", [EAST, COUNTY, "990199", "../etc"])
def test_out_of_scope_in_the_address_shows_the_own_area(open_page: Open, code: str) -> None:
    page = open_page(Role.OFFICE_STAFF, under=code, area=code)
    assert f"under={WEST}" in sent_to_map(page)["areas"]["url"]
    assert "乙岚镇" not in html_of(page)


def test_a_grid_worker_sees_the_own_grid(open_page: Open) -> None:
    page = open_page(Role.GRID_WORKER)
    assert list(sent_to_map(page)["areas"]["values"]) == [WEST_GRID]


def test_hostile_names_are_letters_only(open_page: Open) -> None:
    for area in (None, EAST_SOUTH):
        shown = html_of(open_page(Role.LEADER, **({"area": area} if area else {})))
        assert "<script>" not in shown
        assert "<img" not in shown
    assert "&lt;script&gt;" in shown


def test_nothing_on_the_page_leads_to_a_person(open_page: Open) -> None:
    page = open_page(Role.OFFICE_STAFF, area=WEST_VILLAGE)
    everything = html_of(page) + json.dumps(sent_to_map(page), ensure_ascii=False)
    assert "张某某" not in everything
    assert "petitioner" not in everything


def test_only_those_who_may_export_are_offered_files(open_page: Open) -> None:
    assert "/download/hotspots/table.xlsx" in html_of(open_page(Role.OFFICE_STAFF))
    assert "/download/" not in html_of(open_page(Role.AUDITOR))


def test_an_administrator_is_told_that_contents_are_not_theirs(open_page: Open) -> None:
    page = open_page(Role.ADMIN)
    assert page.warning
    assert not page.get("component_instance")


def test_without_areas_the_page_says_what_is_missing(
    tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = open_store(f"sqlite:///{(tmp_path / 'empty.db').as_posix()}")
    migrate(store)
    monkeypatch.setattr(guard, "store", lambda: store)
    monkeypatch.setattr(guard, "visitor", lambda *_: guard.Visitor(SYSTEM, None))  # type: ignore[arg-type]
    page = AppTest.from_file(str(PAGE), default_timeout=30).run()
    assert not page.exception
    assert "边界" in page.info[0].value
    store.dispose()


# --- the address ---------------------------------------------------------------------------


def test_address_of_a_view_is_read_as_it_was_written(office: Office) -> None:
    atlas: Atlas = current_atlas(office.store)
    leader = office.actor(Role.LEADER)
    usual = read_view(atlas, leader, {})
    assert (usual.level, usual.under, usual.ledger) == ("village", COUNTY, "petitions")
    for view in (
        usual,
        HotspotView(WEST, "village", MAY, "month", layer="rate", area=WEST_VILLAGE),
        HotspotView(
            EAST,
            "village",
            periods_of("days30")[2],
            "days30",
            "leads",
            people="elderly",
            null=Null.SHUFFLED,
            basis="today",
            conditions=(Condition("source", "in", ("report", "other")),),
        ),
    ):
        params = write_view(view, map_top(atlas, leader))
        assert read_view(atlas, leader, params) == view


@pytest.mark.parametrize("kind", KINDS)
def test_sliders_end_with_the_period_of_today(kind: str) -> None:
    periods = periods_of(kind)
    assert len(periods) == 12
    assert clock.today() in periods[-1]
    assert all(a.end < b.start for a, b in pairwise(periods))


def test_leads_are_linked_to_the_end_of_the_last_day(office: Office) -> None:
    view = HotspotView(COUNTY, "village", MAY, ledger="leads")
    atlas, actor = current_atlas(office.store), office.actor(Role.LEADER)
    rows = counted_rows(view, atlas, WEST_VILLAGE)
    params = parse_qs(urlsplit(rows_address("leads", rows)).query)
    assert params["registered_at_within.set"] == [MAY.text]
    assert read_address(LEDGERS["leads"], atlas, actor, params)[1] == ()


def test_filters_are_choices_made_when_a_record_comes_in() -> None:
    assert [column.key for column in filterable(LEDGERS["petitions"])] == [
        "kind",
        "channel",
        "field",
    ]
    assert [column.key for column in filterable(LEDGERS["leads"])] == ["source", "fraud_type"]
