"""A grid worker with a tablet: the own grid only, a visit that outlives a lost connection."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, Response, ViewportSize, expect
from sqlalchemy import select

from ledger.casework import coverage
from ledger.domain.access import SYSTEM, Role
from ledger.records import attachments
from ledger.records.history import drafts
from ledger.records.places.areas import current_atlas
from ledger.storage.tables import inspections
from tests.browser.conftest import enter, move_to, wait_until_idle
from tests.browser.serving import Server
from tests.pages.builders import BLAMELESS, PEOPLE, WEST_GRID, Office

PORTRAIT: ViewportSize = {"width": 768, "height": 1024}
LANDSCAPE: ViewportSize = {"width": 1024, "height": 768}
# What lies outside the grid worker's grid, in words and codes.
ELSEWHERE = (
    "晚晴养老公寓",
    "东村敬老院",
    "无坐标托老所",
    "界外疗养所",
    "一村第二网格",
    "演示二村",
    "乙岚镇",
    "990101002",
    "990101001001002",
)
SMALL = """() => [...document.querySelectorAll('.st-key-field .stButton button, \
    .st-key-field [data-testid="stButtonGroup"] button, .st-key-field .todo-list a')]
    .map(e => [e.innerText, e.getBoundingClientRect()])
    .filter(([, r]) => r.width && (r.height < 48 || r.width < 48))
    .map(([text, r]) => `${text} ${r.width}x${r.height}`)"""
PICTURE = b"\x89PNG\r\n\x1a\n" + bytes(64)


@pytest.fixture(scope="module")
def server(office_server: Server) -> Server:
    """The application on that office, in place of the demo."""
    return office_server


@pytest.fixture
def tablet(new_page: Callable[..., Page]) -> Page:
    """A tablet held upright, which tells where it is."""
    return new_page(
        viewport=PORTRAIT,
        has_touch=True,
        geolocation={"longitude": 127.021, "latitude": 29.051, "accuracy": 9},
        permissions=["geolocation"],
    )


def arrive(page: Page, server: Server, address: str = "/") -> None:
    """The grid worker's first page, or another one."""
    enter(page, server, PEOPLE[Role.GRID_WORKER][0], address)
    if address == "/":
        expect(page).to_have_url(re.compile(r"/my-grid$"))
        expect(page.get_by_role("heading", name="一村第一网格")).to_be_visible()
        wait_until_idle(page)


def choose(page: Page, label: str, choice: str) -> None:
    """Tap one choice of the large buttons under a label."""
    groups = page.locator('[data-testid="stButtonGroup"]')
    group = groups.filter(has=page.get_by_text(re.compile(f"^{label}"))).first
    group.get_by_text(choice, exact=True).tap()
    wait_until_idle(page)


def button(page: Page, key: str) -> Locator:
    return page.locator(f".st-key-{key} button")


def visits(office: Office, name: str) -> list[int]:
    number = office.get(name)["number"]
    query = select(inspections.c.id).where(inspections.c.institution == number)
    with office.store.reading() as connection:
        return list(connection.execute(query).scalars())


def test_nothing_outside_the_own_grid_reaches_the_browser(tablet: Page, server: Server) -> None:
    """Every answer of the server and every frame of its socket is read, on all tablet pages."""
    heard: list[str] = []
    addresses: list[str] = []

    def note(response: Response) -> None:
        addresses.append(response.url)
        kind = response.headers.get("content-type", "")
        if "json" in kind or "/areas/" in response.url:
            with contextlib.suppress(Exception):
                heard.append(response.text())

    def frame(payload: str | bytes) -> None:
        heard.append(payload if isinstance(payload, str) else payload.decode("utf-8", "ignore"))

    tablet.on("response", note)
    tablet.on("websocket", lambda socket: socket.on("framereceived", frame))
    page = tablet
    arrive(page, server)
    with page.expect_response(re.compile("/institutions/points.json")):
        page.reload()
    wait_until_idle(page)
    for path in ("inspect", "my-grid?new=lead", "todo", "entities"):
        move_to(page, f"/{path}")
    told = "\n".join(heard)
    assert "松鹤养老院" in told, "the watch hears what is sent"
    for word in ELSEWHERE:
        assert word not in told, word
    page.close()  # the next test has a page that nobody listens to
    areas = [address for address in addresses if "/areas/" in address]
    assert areas
    assert all(f"/areas/{WEST_GRID}.geojson" in address for address in areas), areas


def test_a_visit_outlives_a_lost_connection_and_the_tier_follows(
    tablet: Page, server: Server, office: Office
) -> None:
    name = "断网养老院"
    office.add(name, beds=10, **BLAMELESS)
    page = tablet
    arrive(page, server)
    button(page, f"field-visit-{office.ids[name]}").tap()
    expect(page).to_have_url(re.compile(r"/inspect\?institution="))
    expect(page.get_by_role("heading", name=f"走访 {name}")).to_be_visible()
    wait_until_idle(page)
    choose(page, "走访结果", "发现问题")
    choose(page, "涉嫌犯罪", "是")
    page.get_by_label(re.compile("^床位数")).fill("14")
    page.get_by_label(re.compile("^发现的问题")).fill("老人反映被要求投资")
    page.get_by_label(re.compile("^发现的问题")).blur()
    worker = office.actor(Role.GRID_WORKER)
    form = f"inspections/new/{office.get(name)['number']}"
    expect(page.get_by_text("草稿已自动保存")).to_be_visible()
    wait_until_idle(page)

    page.context.set_offline(True)
    page.close()
    tablet.context.set_offline(False)
    kept = drafts.find(office.store, worker, form)
    assert kept is not None
    assert kept.values["findings"] == "老人反映被要求投资"
    assert visits(office, name) == []

    page = tablet.context.new_page()
    page.goto("/my-grid")
    card = page.locator(f".st-key-field-card-{office.ids[name]}")
    expect(card).to_contain_text("有未保存的草稿")
    button(page, f"field-visit-{office.ids[name]}").tap()
    expect(page.get_by_text("发现未保存的排查走访草稿")).to_be_visible()
    button(page, "field-draft-take").tap()
    expect(page.get_by_label(re.compile("^床位数"))).to_have_value("14")
    expect(page.get_by_label(re.compile("^发现的问题"))).to_have_value("老人反映被要求投资")
    page.set_input_files(
        "input[type=file]", [{"name": "门口.png", "mimeType": "image/png", "buffer": PICTURE}]
    )
    expect(page.get_by_text("门口.png")).to_be_visible()
    wait_until_idle(page)
    page.frame_locator('iframe[src*="field_position"]').get_by_role("button").tap()
    expect(page.get_by_text("经度 127.021000，纬度 29.051000")).to_be_visible()
    wait_until_idle(page)
    button(page, "visit-save").tap()
    summary = page.locator(".st-key-field")
    expect(summary).to_contain_text(re.compile("风险等级：.*一类.*→.*四类", re.S))
    expect(summary.locator("tr", has_text="床位数")).to_contain_text("10张")
    button(page, "visit-sure").tap()
    expect(page.get_by_text("走访已保存")).to_be_visible()

    after = office.get(name)
    assert (after["tier"], after["beds"], after["suspected_crime"]) == ("4", 14, True)
    (visit,) = visits(office, name)
    (photo,) = attachments.listed(office.store, SYSTEM, "inspections", visit)
    assert photo.name == "门口.png"
    with office.store.reading() as connection:
        place = connection.execute(
            select(inspections.c.lon, inspections.c.lat).where(inspections.c.id == visit)
        ).one()
    assert tuple(place) == (127.021, 29.051)
    assert drafts.find(office.store, worker, form) is None
    atlas, this_round = current_atlas(office.store), coverage.current_round(office.store)
    lacking = coverage.uninspected(office.store, worker, atlas, this_round)
    assert name not in {one.name for one in lacking}
    button(page, "visit-home").tap()
    expect(page.locator(f".st-key-field-card-{office.ids[name]}")).to_contain_text("四类")


@pytest.mark.thorough
def test_tapping_twice_saves_one_visit(tablet: Page, server: Server, office: Office) -> None:
    name = "双击养老院"
    office.add(name, beds=10)
    page = tablet
    arrive(page, server, f"/inspect?institution={office.get(name)['number']}")
    expect(page.get_by_role("heading", name=f"走访 {name}")).to_be_visible()
    wait_until_idle(page)
    choose(page, "走访结果", "未发现问题")
    button(page, "visit-save").tap()
    button(page, "visit-sure").dblclick()
    expect(page.get_by_text("走访已保存")).to_be_visible()
    assert len(visits(office, name)) == 1


@pytest.mark.thorough
def test_a_page_that_stays_open_goes_on_after_the_connection_returns(
    tablet: Page, server: Server, office: Office
) -> None:
    name = "续线养老院"
    office.add(name, beds=10)
    page = tablet
    arrive(page, server, f"/inspect?institution={office.get(name)['number']}")
    expect(page.get_by_role("heading", name=f"走访 {name}")).to_be_visible()
    wait_until_idle(page)
    choose(page, "走访结果", "未发现问题")
    page.get_by_label(re.compile("^床位数")).fill("31")
    page.get_by_label(re.compile("^床位数")).blur()
    page.context.set_offline(True)
    expect(page.locator(".connection-lost")).to_contain_text("连接已断开")
    page.context.set_offline(False)
    expect(page.locator(".connection-lost")).to_have_count(0)
    page.get_by_label(re.compile("^入住老人数")).fill("22")
    page.get_by_label(re.compile("^入住老人数")).blur()
    page.wait_for_timeout(1500)
    wait_until_idle(page)
    button(page, "visit-save").tap()
    expect(page.locator("tr", has_text="床位数")).to_contain_text("31张")
    button(page, "visit-sure").tap()
    expect(page.get_by_text("走访已保存")).to_be_visible()
    assert office.get(name)["beds"] == 31


def test_a_major_lead_takes_a_minute(tablet: Page, server: Server) -> None:
    page = tablet
    arrive(page, server)
    button(page, "task-lead").tap()
    expect(page.get_by_role("heading", name="上报线索")).to_be_visible()
    page.get_by_label(re.compile("^线索内容")).fill("有人在村口以返利吸收老人存款 𠮷㙍")
    choose(page, "重大线索", "是")
    button(page, "report-save-lead").tap()
    expect(page.get_by_text(re.compile(r"已提交，编号 XS-\d+"))).to_be_visible()
    expect(page.get_by_text("已提示镇（街道）领导签收")).to_be_visible()


@pytest.mark.thorough
@pytest.mark.parametrize("path", ["my-grid", "inspect", "inspect?institution=1", "todo"])
def test_large_targets_in_one_column(
    tablet: Page, server: Server, office: Office, path: str
) -> None:
    page = tablet
    number = office.get("松鹤养老院")["number"]
    arrive(page, server, "/" + path.replace("institution=1", f"institution={number}"))
    expect(page.locator(".st-key-field h1")).to_be_visible()
    wait_until_idle(page)
    for size in (PORTRAIT, LANDSCAPE):
        page.set_viewport_size(size)
        assert page.evaluate("document.scrollingElement.scrollWidth - innerWidth") <= 0
        assert page.evaluate(SMALL) == []
