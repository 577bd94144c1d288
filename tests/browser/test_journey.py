"""The main job on the sample, as each role: sign in, look, edit, see the map follow, download,
sign out; with every host but this machine blocked (the fixture ``watch`` asserts it)."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from ledger import overview, records
from ledger.identity import accounts
from ledger.identity.accounts import DEMO_PASSWORD
from ledger.places.areas import current_atlas
from ledger.query import Condition, Selection
from ledger.storage import Store, open_store
from pages.navigation import entries_for
from tests.browser.conftest import sign_in_as, wait_until_idle
from tests.browser.serving import Server

USERS = ("wangge", "cunzhuan", "jingban", "lingdao", "xianling", "shenji", "guanli")
# Words that are letters of their own right: file formats, map and code terms.
LATIN_ALLOWED = re.compile(
    r"xlsx|csv|geojson|gpkg|shp|zip|Excel|CSV|GeoJSON|GeoPackage|GeoParquet|TopoJSON|Shapefile|"
    r"TOML|toml|WGS84|CGCS2000|GCJ|BD|EPSG|XYZ|WMTS|MBTiles|Parquet|sqlite|https?|MB|km|"
    r"[a-z]+_?[a-z]*\.(?:toml|mbtiles)|Linux|Windows|Chrome|Chromium|"
    r"xlsm|" + "|".join((*USERS, "yanshi")),
)

# An icon of the Material font is a word to the machine and a sign to the eye.
ICONS = """() => [...document.querySelectorAll("span, i")]
    .filter(e => getComputedStyle(e).fontFamily.includes("Material"))
    .flatMap(e => e.textContent.split(/[_\\s]+/))"""


@pytest.fixture(scope="module")
def store(server: Server) -> Iterator[Store]:
    store = open_store(server.database_url)
    yield store
    store.dispose()


@pytest.mark.parametrize("user", USERS)
def test_every_page_of_a_role_opens_whole_and_in_chinese(
    page: Page, store: Store, user: str
) -> None:
    sign_in_as(page, user, DEMO_PASSWORD)
    for entry in entries_for(accounts.as_actor(accounts.find_user(store, user))):
        page.goto(f"/{entry.url_path}")
        wait_until_idle(page)
        expect(page.locator('[data-testid="stException"]')).to_have_count(0)
        expect(page.get_by_text("演示数据").first).to_be_visible()
        main = page.locator('[data-testid="stMain"]').inner_text()
        latin = [
            word
            for word in re.findall(r"\b[A-Za-z]{4,}\b", main)
            if not LATIN_ALLOWED.fullmatch(word)
        ]
        drawn = page.evaluate(ICONS)
        assert [word for word in latin if word not in drawn] == [], entry.title
        wide = page.evaluate("document.scrollingElement.scrollWidth - innerWidth")
        assert wide <= 0, f"{entry.title} scrolls sideways by {wide} px"
    page.get_by_role("link", name="退出").click()
    page.get_by_role("button", name="退出").click()
    expect(page.get_by_text("您已退出")).to_be_visible()
    page.goto("/map")
    expect(page).to_have_url(re.compile("/signin"))


def test_an_edit_of_the_office_shows_on_the_leaders_map_and_in_the_download(
    new_context: Callable[..., BrowserContext], store: Store
) -> None:
    clerk = accounts.as_actor(accounts.find_user(store, "jingban"))
    calm = records.search(
        store, clerk, "institutions",
        Selection(conditions=(Condition("tier", "eq", "1"),), sort=(("number", False),)),
    ).rows[0]  # fmt: skip
    before = overview.situation(store, clerk, current_atlas(store), None).here.by_tier.get("4", 0)

    leader = new_context().new_page()
    sign_in_as(leader, "lingdao", DEMO_PASSWORD)
    heading = leader.locator("h1, h2").first
    if before:
        expect(heading).to_contain_text(f"四类 {before} 家")

    office = new_context().new_page()
    sign_in_as(office, "jingban", DEMO_PASSWORD)
    office.goto(f"/institutions?record={calm['id']}")
    wait_until_idle(office)
    record = office.locator(".st-key-record")
    record.get_by_text("资料", exact=True).click()
    fact = record.locator('[data-testid="stButtonGroup"]').filter(has_text="涉嫌犯罪")
    fact.get_by_text("是", exact=True).click()
    expect(record.get_by_text("1 处修改尚未保存")).to_be_visible()
    record.locator(".st-key-record-save button").click()
    expect(office.locator(".st-key-review")).to_contain_text("否 → 是")
    office.locator(".st-key-review-save button").click()
    expect(office.get_by_text("风险等级：一类 → 四类")).to_be_visible()
    saved = records.get(store, clerk, "institutions", calm["id"])
    assert (saved["suspected_crime"], saved["tier"]) == (True, "4")

    leader.reload()
    wait_until_idle(leader)
    expect(heading).to_contain_text(f"四类 {before + 1} 家")

    office.goto("/institutions?tier.in=4")
    wait_until_idle(office)
    office.locator(".st-key-download-popover button").first.click()
    with office.expect_download() as waiting:
        office.get_by_role("link", name="CSV").click()
    text = waiting.value.path().read_text(encoding="utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert len(rows) == before + 1
    assert calm["number"] in {row["编号"] for row in rows}
