"""The map's layers of leads, dispositions and outreach: words, colours and rows behind them."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy import update
from streamlit.testing.v1 import AppTest

from ledger.casework import by_area
from ledger.casework.by_area import Cases
from ledger.casework.outreach_by_area import Reached
from ledger.domain.access import SYSTEM, Role
from ledger.domain.ledgers import ledger_named
from ledger.domain.settings import settings
from ledger.domain.timing import clock
from ledger.records import service as records
from ledger.records.places.areas import current_atlas
from ledger.reporting.statistics.hotspots import hotspots
from ledger.reporting.statistics.requests import Request
from ledger.storage.tables import LEDGER_TABLES
from pages._ui import shared_answers
from pages._ui.badges import LOOKS
from pages._views.address import read_address
from pages._views.case_measures import period_asked
from pages.situation.risk_map import map_answer
from pages.situation.risk_map.map_cases import (
    DISPOSITIONS_LOOK,
    LEADS_LOOK,
    RATE_LOOK,
    UNKEPT_LOOK,
    VILLAGE_LOOK,
    cases_words,
    class_of_cases,
    class_of_rate,
    reached_words,
)
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

PAGE = PROJECT_ROOT / "pages" / "situation" / "risk_map" / "page.py"
GIVEN = {
    "leads": {"registered_at": "2026-06-01 09:00", "source": "其他", "matter": "高息揽储"},
    "dispositions": {"measure": "警示约谈", "opened_on": "2026-06-01"},
    "outreach": {"held_on": "2026-06-01", "kind": "讲座", "stage": "入户宣传阶段"},
    "petitions": {"matter": "养老钱到期不还"},
}


def put(office: Office, ledger: str, area: str, **stands: object) -> None:
    """A record at an area, standing as if its steps had led there."""
    record = records.create(office.store, SYSTEM, ledger, {**GIVEN[ledger], "area_code": area})
    if stands:
        table = LEDGER_TABLES[ledger]
        with office.store.writing() as connection:
            connection.execute(update(table).where(table.c.id == record).values(**stands))


def put_petition(office: Office, area: str, days: int) -> None:
    """A petition registered so many days ago."""
    given = GIVEN["petitions"] | {"registered_on": str(clock.today() - timedelta(days=days))}
    records.create(office.store, SYSTEM, "petitions", given | {"area_code": area})


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """West: 5 open (3 late) and 1 done; east south: 1 done; outreach in both, none in the north."""
    url = f"sqlite:///{(tmp_path_factory.mktemp('layers') / 'ledger.db').as_posix()}"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LEDGER_DATABASE_URL", url)
        settings.cache_clear()
        built = build_office(url)
        late = {"due_on": clock.today() - timedelta(days=3), "due_label": "核查"}
        for ledger in ("leads", "dispositions"):
            put(built, ledger, WEST_GRID, **late)
            put(built, ledger, WEST_GRID, **late)
            put(built, ledger, WEST_VILLAGE, **late)
            put(built, ledger, WEST_GRID, due_on=clock.today())
            put(built, ledger, WEST_GRID, due_on=None)
            put(built, ledger, WEST_GRID, state="closed", due_on=None)
            put(built, ledger, EAST_SOUTH, state="closed", due_on=None)
        put(built, "leads", WEST_GRID, matter=HOSTILE, **late)
        put(built, "outreach", WEST_GRID)
        put(built, "outreach", EAST_SOUTH)
        put(built, "outreach", EAST)
        for days, area in ((1, WEST_GRID), (40, WEST_VILLAGE), (2, EAST_SOUTH), (200, EAST_SOUTH)):
            put_petition(built, area, days)
        yield built
        built.close()
    settings.cache_clear()


@pytest.fixture
def open_map(office: Office, monkeypatch: pytest.MonkeyPatch) -> Open:
    """``open_map(role, layer=…)``: the page as that person sees it."""
    return opener(office, monkeypatch, PAGE, Role.LEADER)


def answer(page: AppTest) -> str:
    """The heading of the page as people read it."""
    found = re.search(r"<h1[^>]*>(.*?)</h1>", html_of(page))
    assert found
    return re.sub("<[^>]+>", "", found[1])


def linked_numbers(page: AppTest, ledger: str) -> list[tuple[str, int]]:
    """Every link into the ledger's page whose words end in a number: (address, number)."""
    links = re.findall(rf'<a href="({ledger}[^"]*)"[^>]*>(.*?)</a>', html_of(page))
    words = [(html.unescape(href), re.sub("<[^>]+>", " ", text)) for href, text in links]
    return [
        (href, int(found[1].replace(",", "")))
        for href, text in words
        if (found := re.search(r"([\d,]+) *[条项场件]?$", text.strip())) and "record=" not in href
    ]


def rows_behind(office: Office, role: Role, href: str) -> int:
    """How many rows the ledger page of an address lists for somebody."""
    parts, actor = urlsplit(href), office.actor(role)
    ledger = ledger_named(parts.path)
    atlas = current_atlas(office.store)
    view, problems = read_address(ledger, atlas, actor, parse_qs(parts.query))
    assert not problems
    return records.search(office.store, actor, ledger.key, view.selection).total


@pytest.mark.parametrize("role", [Role.OFFICE_STAFF, Role.LEADER])
@pytest.mark.parametrize("layer", ["leads", "dispositions", "outreach", "petitions"])
def test_every_number_opens_as_many_rows(
    office: Office, open_map: Open, role: Role, layer: str
) -> None:
    seen = 0
    for params in (
        {},
        {"table": "1"},
        {"under": WEST_VILLAGE, "table": "1"},
        {"area": WEST_VILLAGE, "under": WEST},
    ):
        for href, number in linked_numbers(open_map(role, layer=layer, **params), layer):
            assert rows_behind(office, role, href) == number, (params, href)
            seen += 1
    assert seen >= 3


def test_leads_are_coloured_by_how_many_are_open(office: Office, open_map: Open) -> None:
    page = open_map(Role.OFFICE_STAFF, layer="leads")
    assert answer(page) == "甲云镇：未办结线索 6 条，其中超本地期限 4 条"
    sent = sent_to_map(page)["areas"]
    assert sent["values"] == {WEST_VILLAGE: "6"}
    assert sent["signs"] == {WEST_VILLAGE: "未办结 6 · 超期 4"}
    assert "地图显示线索：未办结线索条数" in html_of(page)
    assert "数据截至" in html_of(page)
    assert "1 条未办结的未细分到网格</a>" in html_of(
        open_map(Role.OFFICE_STAFF, layer="leads", under=WEST_VILLAGE)
    )


def test_the_county_sees_small_numbers_of_leads_and_opens_them(open_map: Open) -> None:
    page = open_map(layer="leads")
    assert answer(page) == "示例县：未办结线索 6 条，其中超本地期限 4 条"
    sent = sent_to_map(page)["areas"]
    assert sent["values"] == {WEST: "6", EAST: "done"}
    assert sent["notes"][EAST] == ["已全部办结"]
    chosen = html_of(open_map(layer="leads", area=EAST))
    assert re.search(rf'href="leads\?area={EAST}[^"]*"', chosen)


def test_dispositions_are_coloured_by_their_worst_state(open_map: Open) -> None:
    page = open_map(layer="dispositions")
    assert answer(page) == "示例县：未办结处置 5 项，其中超本地期限 3 项"
    sent = sent_to_map(page)["areas"]
    assert sent["values"] == {WEST: "overdue", EAST: "done"}
    assert sent["signs"] == {WEST: "未办结 5 · 超期 3", EAST: "已全部办结"}
    below = sent_to_map(open_map(layer="dispositions", under=EAST))["areas"]
    assert below["values"] == {EAST_SOUTH: "done", EAST_NORTH: "none"}
    shown = html_of(page)
    for word in ("有超期", "有未办结，未超期", "已全部办结", "没有处置"):
        assert word in shown


def test_what_is_overdue_is_listed_and_leads_to_its_record(open_map: Open) -> None:
    shown = html_of(open_map(layer="dispositions", area=WEST))
    assert shown.count("▲ 超期 3 天") == 3
    assert "警示约谈" in shown
    assert re.search(r'href="dispositions\?record=\d+"', shown)


def test_petitions_are_the_numbers_of_the_hotspot_page(office: Office, open_map: Open) -> None:
    page = open_map(layer="petitions")
    assert answer(page) == "示例县：近90天信访 3 件，没有热点"
    sent = sent_to_map(page)["areas"]
    assert sent["signs"] == {WEST: "2件", EAST: "1件"}
    request = Request(period_asked(""), level="township", scope=COUNTY)
    found = hotspots(office.store, office.actor(Role.LEADER), request)
    assert {code: row["count"] for code, row in found.rows.items()} == {WEST: 2, EAST: 1}
    year = f"{clock.today() - timedelta(days=300)}_{clock.today()}"
    assert "信访 4 件" in answer(open_map(layer="petitions", period=year))


def test_areas_with_too_few_petitions_are_said_to_be_so(open_map: Open) -> None:
    page = open_map(layer="petitions", by="class")
    assert sent_to_map(page)["areas"]["values"] == {WEST: "few", EAST: "few"}
    assert "数据太少，无法判断" in html_of(page)
    for measure in ("rate", "eb_rate"):
        assert set(sent_to_map(open_map(layer="petitions", by=measure))["areas"]["values"]) == {
            WEST,
            EAST,
        }


def test_outreach_is_a_share_above_villages_and_yes_or_no_for_them(open_map: Open) -> None:
    page = open_map(layer="outreach")
    assert answer(page) == "示例县：已开展宣传的村(社区) 2/3，活动 3 场"
    assert sent_to_map(page)["areas"]["values"] == {WEST: "100", EAST: "50"}
    assert "占比" in html_of(page)
    below = sent_to_map(open_map(layer="outreach", under=EAST))["areas"]
    assert below["values"] == {EAST_SOUTH: "yes", EAST_NORTH: "no"}
    assert below["signs"][EAST_NORTH] == "未开展"


def test_outreach_says_that_it_is_not_kept_by_grid(open_map: Open) -> None:
    page = open_map(layer="outreach", under=WEST_VILLAGE)
    assert "宣传覆盖按村(社区)统计，不分网格" in answer(page)
    assert set(sent_to_map(page)["areas"]["values"].values()) == {"unkept"}
    assert "不按网格统计" in html_of(page)


def test_layers_change_values_and_leave_map_and_shapes(open_map: Open) -> None:
    page = open_map()
    before = sent_to_map(page)
    for layer in ("leads", "dispositions", "outreach", "petitions"):
        page.button(key=f"map-layer-{layer}").click().run()
        after = sent_to_map(page)
        assert param(page, "layer") == layer
        assert after["areas"]["url"] == before["areas"]["url"]
        assert after["view"] == before["view"]
        assert after["points"] == before["points"]
        assert "geometry" not in str(after)


def test_only_the_chosen_layer_is_counted(open_map: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    counted: list[str] = []

    def noted(name: str) -> Callable[..., object]:
        real = getattr(map_answer, name)

        def read(*given: object) -> object:
            counted.append(name)
            return real(*given)

        return read

    for name in ("situation_of", "cases_of", "outreach_of"):
        monkeypatch.setattr(map_answer, name, noted(name))
    open_map()
    open_map(layer="dispositions")
    open_map(layer="outreach")
    assert counted == ["situation_of", "cases_of", "outreach_of"]


def test_hostile_texts_are_letters_only(open_map: Open) -> None:
    shown = html_of(open_map(Role.OFFICE_STAFF, layer="leads", area=WEST_VILLAGE))
    assert "&lt;script&gt;" in shown
    assert "<script" not in shown
    assert "<img" not in shown


def test_nothing_of_another_township_is_counted(open_map: Open) -> None:
    for layer in ("leads", "dispositions", "outreach", "petitions"):
        page = open_map(Role.OFFICE_STAFF, layer=layer, under=EAST, area=EAST_SOUTH)
        assert "甲云镇" in answer(page)
        assert EAST not in str(sent_to_map(page)["areas"]["values"])


@pytest.mark.parametrize(
    ("ledger", "cases", "name", "words"),
    [
        ("leads", Cases(0, 0, 0), "none", "没有线索"),
        ("leads", Cases(4, 0, 0), "done", "已全部办结"),
        ("leads", Cases(4, 2, 0), "1", "未办结 2 条，没有超期"),
        ("leads", Cases(9, 5, 1), "3", "未办结 5 条，其中超本地期限 1 条"),
        ("leads", Cases(99, 10, 0), "6", "未办结 10 条，没有超期"),
        ("leads", Cases(2000, 1100, 1), "11", "未办结 1,100 条，其中超本地期限 1 条"),
        ("dispositions", Cases(0, 0, 0), "none", "没有处置"),
        ("dispositions", Cases(1, 0, 0), "done", "已全部办结"),
        ("dispositions", Cases(1, 1, 0), "open", "未办结 1 项，没有超期"),
        ("dispositions", Cases(9, 8, 1), "overdue", "未办结 8 项，其中超本地期限 1 项"),
    ],
)
def test_class_and_words_of_an_area(ledger: str, cases: Cases, name: str, words: str) -> None:
    assert class_of_cases(ledger, cases) == name
    assert cases_words(ledger, cases) == words


@pytest.mark.parametrize(
    ("reached", "villages", "name"),
    [
        (0, 0, "unknown"),
        (0, 3, "0"),
        (1, 100, "1"),
        (49, 100, "1"),
        (1, 2, "50"),
        (4, 5, "80"),
        (199, 200, "80"),
        (5, 5, "100"),
    ],
)
def test_class_of_a_share(reached: int, villages: int, name: str) -> None:
    assert class_of_rate(Reached(villages, reached)) == name


def test_no_villages_is_no_data_and_not_none() -> None:
    assert reached_words(Reached(), village=False) == "没有村(社区)，没有宣传活动"
    assert reached_words(Reached(2, 0), village=False) == "已开展 0/2 个村(社区)，没有宣传活动"


def test_tier_colours_mean_tiers_only() -> None:
    tiers = {look.colour.upper() for look in LOOKS.values()}
    for look in (
        LEADS_LOOK,
        DISPOSITIONS_LOOK,
        RATE_LOOK,
        VILLAGE_LOOK,
        UNKEPT_LOOK,
    ):
        assert not tiers & {style.fill.upper() for style in look.classes.values()}
        assert not any(style.hatch for style in look.classes.values())
        assert len({style.word for style in look.classes.values()}) == len(look.classes)


def test_numbers_are_read_again_the_next_day(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is overdue changes with the day, though nothing was written."""
    actor, atlas = office.actor(Role.OFFICE_STAFF), current_atlas(office.store)

    def kept() -> by_area.Cases:
        now = shared_answers.asked(office.store, actor)
        return shared_answers.cases_of(now, "leads", WEST).here

    assert kept().overdue == 4
    tomorrow = clock.now() + timedelta(days=1)
    monkeypatch.setattr(clock, "now", lambda: tomorrow)
    assert by_area.cases_by_area(office.store, actor, atlas, "leads", WEST).here.overdue == 5
    assert kept().overdue == 5


def test_counting_is_done_once_for_the_same_state(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    actor = office.actor(Role.LEADER)
    first = shared_answers.cases_of(shared_answers.asked(office.store, actor), "leads", COUNTY)
    monkeypatch.setattr(shared_answers, "cases_by_area", None)
    again = shared_answers.asked(office.store, office.actor(Role.LEADER))
    assert shared_answers.cases_of(again, "leads", COUNTY) == first
