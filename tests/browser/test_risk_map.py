"""The risk map in a real browser: drawn without internet, clicked, switched, moved."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Frame, Page, ViewportSize, expect
from sqlalchemy import update

from ledger.casework.map_overview import situation
from ledger.domain.access import SYSTEM, Role
from ledger.records.places.areas import current_atlas
from ledger.storage import options
from ledger.storage.tables import areas
from pages._ui.badges import LOOKS
from tests.browser.conftest import enter, wait_until_idle
from tests.browser.forks import Forks
from tests.browser.serving import Server, running_server
from tests.pages.builders import (
    COUNTY,
    EAST,
    HOSTILE,
    PEOPLE,
    WEST,
    WEST_VILLAGE,
    Office,
    build_office,
    fill_office,
)

PATIENCE_S = 60
TABLETS: tuple[ViewportSize, ...] = (
    {"width": 768, "height": 1024},
    {"width": 1024, "height": 768},
)
BOTH_DRAWN = "Boolean(window.__areas_painted && window.__points_shown)"
# Places in the small county without a marker on them (latitude, longitude).
IN_WEST, IN_EAST = (29.085, 127.05), (29.085, 127.15)


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """Institutions of every tier; the eastern township bears a name of ill will."""
    folder = tmp_path_factory.mktemp("map_office")
    built = fill_office(build_office(f"sqlite:///{(folder / 'ledger.db').as_posix()}"))
    with built.store.writing() as connection:
        connection.execute(update(areas).where(areas.c.code == EAST).values(name=HOSTILE[:100]))
        options.bump(connection, "areas_revision")
    yield built
    built.close()


@pytest.fixture(scope="module")
def server(
    office: Office, tmp_path_factory: pytest.TempPathFactory, forks: Forks
) -> Iterator[Server]:
    """The application on that office, in place of the demo."""
    folder = tmp_path_factory.mktemp("map_server")
    with running_server(folder, office.url, forks=forks) as running:
        yield running


@pytest.fixture
def leader(page: Page, server: Server) -> Page:
    """The county's leader on the map."""
    enter(page, server, PEOPLE[Role.LEADER][0], "/map")
    painted(page)
    return page


def painted(page: Page) -> Frame:
    """The map's frame, once its areas are drawn and the page stands still."""
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        for frame in page.frames:
            if "streamlit_folium" in frame.url and frame.evaluate(BOTH_DRAWN):
                wait_until_idle(page)
                return frame
        page.wait_for_timeout(100)
    raise AssertionError(f"no map in {[frame.url for frame in page.frames]}")


def place(page: Page, at: tuple[float, float]) -> tuple[float, float]:
    """A position on the map in pixels of the page."""
    frame = page.locator(".st-key-map-frame iframe")
    box = frame.bounding_box()
    x, y = painted(page).evaluate(
        "(at) => { const p = window.map.latLngToContainerPoint(at); return [p.x, p.y]; }", list(at)
    )
    assert box
    return box["x"] + x, box["y"] + y


def click_map(page: Page, at: tuple[float, float]) -> None:
    page.mouse.click(*place(page, at))


def title(page: Page):  # type: ignore[no-untyped-def]
    """The heading of the panel."""
    return page.locator(".st-key-map-panel h2")


def test_map_is_painted_without_internet(leader: Page) -> None:
    frame = painted(leader)
    assert frame.evaluate("window.__areas_painted.count") == 2
    colours = frame.evaluate(
        """() => {
          const canvas = document.querySelector(".leaflet-overlay-pane canvas");
          const data = canvas.getContext("2d")
            .getImageData(0, 0, canvas.width, canvas.height).data;
          let painted = 0;
          for (let i = 3; i < data.length; i += 4) painted += data[i] > 0;
          return painted / (data.length / 4);
        }"""
    )
    assert colours > 0.1
    expect(leader.locator("h1")).to_contain_text("示例县")
    assert frame.evaluate("document.documentElement.lang") == "zh-CN"


def test_clicking_an_area_shows_its_numbers_reasons_and_the_way_to_a_record(
    leader: Page, office: Office
) -> None:
    counts = situation(office.store, SYSTEM, current_atlas(office.store), COUNTY).areas[WEST]
    click_map(leader, IN_WEST)
    expect(title(leader)).to_have_text("甲云镇")
    panel = leader.locator(".st-key-map-panel")
    expect(panel).to_contain_text(f"在册机构 {counts.total} 家")
    for tier, look in LOOKS.items():
        number = counts.by_tier[tier]
        expect(panel.locator(".map-tiers")).to_contain_text(f"{look.word} {number} 家")
    expect(panel.locator("ul.map-list > li")).to_have_count(counts.total)
    assert f"area={WEST}" in leader.url

    # Clicking the same area again opens it again.
    leader.get_by_role("button", name="返回列表").click()
    expect(title(leader)).to_have_text("哪里风险最高")
    click_map(leader, IN_WEST)
    expect(title(leader)).to_have_text("甲云镇")

    # Reasons unfold, and a row leads to its record.
    first = leader.locator("ul.map-list > li").first
    first.locator("summary").click()
    expect(first.locator("ul.map-why")).to_be_visible()
    expect(first.locator("ul.map-why")).to_contain_text("涉嫌犯罪")
    record = office.ids["金色年华养生馆"]
    first.locator("a").click()
    leader.wait_for_url(f"**/institutions?record={record}")


def test_layer_switch_keeps_frame_zoom_and_pan(leader: Page) -> None:
    frame = painted(leader)
    frame.evaluate("window.mine = 1; window.map.setView([29.03, 127.06], 12.5, {animate: false})")
    before = view_of(frame)
    navigated: list[str] = []

    def note(moved: Frame) -> None:
        if moved != leader.main_frame:  # whose address names the layer, without a new document
            navigated.append(moved.url)

    leader.on("framenavigated", note)
    for layer, word in {
        "三四类数量": "7 家及以上",
        "线索": "1–2 条",
        "处置": "没有处置",
        "宣传覆盖": "全部覆盖",
    }.items():
        leader.locator(".st-key-map-layers").get_by_role("button", name=layer).click()
        expect(leader.locator(".map-legend")).to_contain_text(word)
    wait_until_idle(leader)
    assert frame.evaluate("window.mine") == 1
    assert view_of(frame) == before
    assert navigated == []


def view_of(frame: Frame) -> list[float]:
    """Where the map stands."""
    return frame.evaluate("[map.getZoom(), map.getCenter().lat, map.getCenter().lng]")


def test_pan_and_zoom_do_not_rerun_the_page(page: Page, server: Server) -> None:
    sent: list[object] = []

    def note(content: object) -> None:
        sent.append(content)

    page.on("websocket", lambda socket: socket.on("framesent", note))
    enter(page, server, PEOPLE[Role.LEADER][0], "/map")
    frame = painted(page)
    before, so_far = view_of(frame), len(sent)
    assert so_far, "the watch itself sees nothing"
    x, y = place(page, IN_EAST)
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x - 90, y + 40, steps=5)
    page.mouse.up()
    page.mouse.wheel(0, -300)
    page.wait_for_timeout(1_000)
    assert view_of(frame) != before
    assert len(sent) == so_far


def test_next_level_moves_the_same_map_and_back(leader: Page) -> None:
    frame = painted(leader)
    frame.evaluate("window.mine = 1")
    whole = view_of(frame)
    click_map(leader, IN_WEST)
    leader.get_by_role("button", name="进入下一级").click()
    frame.wait_for_function(f"window.__areas_painted.url.includes('{WEST}')")
    assert frame.evaluate("window.__areas_painted.count") == 1
    assert view_of(frame) != whole
    leader.get_by_role("button", name="示例县").click()
    frame.wait_for_function(f"window.__areas_painted.url.includes('{COUNTY}.geojson')")
    wait_until_idle(leader)
    assert view_of(frame) == pytest.approx(whole, abs=1e-3)  # to the pixel
    assert frame.evaluate("window.mine") == 1


def test_clicking_a_point_says_why(leader: Page, office: Office) -> None:
    record = office.ids["东村敬老院"]
    painted(leader).locator('[aria-label^="东村敬老院"]').click()
    expect(title(leader)).to_have_text("东村敬老院")
    expect(leader.locator(".st-key-map-panel")).to_contain_text("为什么是这个等级")
    assert f"at={record}" in leader.url


@pytest.mark.thorough
def test_hostile_names_stay_letters_everywhere(leader: Page) -> None:
    frame = painted(leader)
    leader.mouse.move(*place(leader, IN_EAST))
    tip = frame.locator(".ledger-tip")
    expect(tip).to_contain_text("<script>window.hacked=1</script>")
    expect(frame.locator(".ledger-name").filter(has_text="<img")).to_have_count(1)
    click_map(leader, IN_EAST)
    expect(title(leader)).to_contain_text("<script>")
    leader.goto(f"/map?under={WEST_VILLAGE}&area={WEST_VILLAGE}")
    painted(leader)
    leader.goto(f"/map?area={WEST}")
    painted(leader)
    expect(leader.locator("ul.map-list")).to_contain_text("<img src=x onerror")
    for each in leader.frames:
        assert each.evaluate("window.hacked") is None
        assert each.locator("img[src=x]").count() == 0


def test_grid_worker_gets_own_grid_only(page: Page, server: Server) -> None:
    answers: list[str] = []
    page.on("response", lambda answer: answers.append(answer.url))
    enter(page, server, PEOPLE[Role.GRID_WORKER][0], f"/map?under={EAST}")
    frame = painted(page)
    assert frame.evaluate("window.__areas_painted.count") == 1
    expect(page.locator("h1")).to_contain_text("一村第一网格")
    assert not any(EAST in url for url in answers if "/areas/" in url)
    refused = page.request.get(f"/areas/{EAST}.geojson")
    assert refused.status == 404


# The menu folds and the columns move for a moment after a tablet is turned.
AT_REST = """() => new Promise((tell) => {
  const boxes = () => JSON.stringify(["map-frame", "map-panel"].map(
    (key) => document.querySelector(`.st-key-${key}`).getBoundingClientRect()));
  let before = boxes(), same = 0;
  const look = setInterval(() => {
    const now = boxes();
    same = now === before ? same + 1 : 0;
    before = now;
    if (same === 5) { clearInterval(look); tell(true); }
  }, 100);
})"""


@pytest.mark.thorough
def test_tablets_scroll_one_way_only(new_page: Callable[..., Page], server: Server) -> None:
    page = new_page(has_touch=True)
    enter(page, server, PEOPLE[Role.LEADER][0], "/map")
    painted(page)
    for size in TABLETS:
        page.set_viewport_size(size)
        page.wait_for_function(AT_REST)
        _stands_on_a_tablet(page, size["width"], size["height"])


def _stands_on_a_tablet(page: Page, width: int, height: int) -> None:
    assert page.evaluate("document.scrollingElement.scrollWidth - innerWidth") <= 0
    chart = page.locator(".st-key-map-frame").bounding_box()
    panel = page.locator(".st-key-map-panel").bounding_box()
    assert chart
    assert panel
    if width < height:  # one below the other
        assert panel["y"] >= chart["y"] + chart["height"]
        assert panel["width"] == pytest.approx(chart["width"], abs=20)
    else:  # two thirds and one third
        assert panel["x"] >= chart["x"] + chart["width"]
        assert 1.6 < chart["width"] / panel["width"] < 2.4
    small = painted(page).evaluate(
        """() => [...document.querySelectorAll(".leaflet-control a")]
          .filter((e) => e.offsetHeight < 44 || e.offsetWidth < 44).length"""
    )
    assert small == 0


WHOLE_INSIDE = """() => {
    const names = [...document.querySelectorAll(".ledger-name:not([hidden])")];
    const frame = document.documentElement.getBoundingClientRect();
    const boxes = names.map((name) => name.firstChild.getBoundingClientRect());
    const marks = [...document.querySelectorAll(".leaflet-marker-pane > *")]
        .map((mark) => mark.getBoundingClientRect());
    const meets = (a, b) => a.left < b.right - 1 && b.left < a.right - 1
        && a.top < b.bottom - 1 && b.top < a.bottom - 1;
    const cut = boxes.filter((a) => a.left < -1 || a.top < -1
        || a.right > frame.right + 1 || a.bottom > frame.bottom + 1);
    const covered = boxes.filter((a, n) => marks.some((b) => meets(a, b))
        || boxes.some((b, m) => m > n && meets(a, b)));
    return [names.length, cut.length, covered.length];
}"""


def test_names_are_seen_whole_and_arrow_keys_turn_the_pages_of_a_meeting(
    page: Page, server: Server
) -> None:
    enter(page, server, PEOPLE[Role.OFFICE_STAFF][0], "/map?meeting=1")
    frame = painted(page)
    shown, cut, covered = frame.evaluate(WHOLE_INSIDE)
    assert shown > 0
    assert (cut, covered) == (0, 0)
    expect(page.get_by_test_id("stSidebar")).to_be_hidden()
    page.locator("h1").first.click()
    page.keyboard.press("ArrowRight")
    expect(page.locator(".meeting-step[aria-current]")).to_have_text("2 热点")
    assert page.url.endswith("/hotspots?meeting=2")
    page.keyboard.press("ArrowLeft")
    expect(page.locator(".meeting-step[aria-current]")).to_have_text("1 风险地图")
    page.keyboard.press("Escape")
    expect(page.locator(".meeting-step")).to_have_count(0)
    expect(page.get_by_test_id("stSidebar")).to_be_visible()
