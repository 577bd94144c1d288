"""Every page of every role: whole, in Chinese, within its policy; each once more with axe and by
fingers, at the three sizes that the offices have."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from ledger.people.users import as_actor, find_user
from ledger.storage import Store, open_store
from pages.navigation import Entry, entries_for
from tests.browser.chromium import Watch
from tests.browser.closely import closely, sideways
from tests.browser.conftest import enter, wait_until_idle
from tests.browser.serving import Server

# In this order: a page is looked at closely with the first who has it.
USERS = ("jingban", "lingdao", "guanli", "wangge", "cunzhuan", "xianling", "shenji")
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
# What is not drawn as text, but read out or shown at the pointer.
LABELS = """() => [...document.querySelectorAll('[placeholder],[aria-label],[title]')]
    .filter(e => e.getClientRects().length)
    .flatMap(e => ['placeholder', 'aria-label', 'title'].map(key => e.getAttribute(key)))
    .filter(Boolean)"""


@pytest.fixture(scope="module")
def store(server: Server) -> Iterator[Store]:
    store = open_store(server.database_url)
    yield store
    store.dispose()


def _pages(store: Store, user: str) -> list[Entry]:
    return entries_for(as_actor(find_user(store, user)))


def _go(page: Page, entry: Entry) -> None:
    """By the menu, as people do; a page loaded anew would cost twice the time."""
    link = page.locator(f'[data-testid="stSidebar"] a[href$="{entry.url_path}"]')
    link.click()
    expect(page).to_have_url(re.compile(rf"/{entry.url_path}(\?|$)"))
    wait_until_idle(page)


@pytest.mark.parametrize("user", USERS)
def test_every_page_of_a_role(
    page: Page, server: Server, store: Store, watch: Watch, user: str
) -> None:
    enter(page, server, user)
    seen_before = {
        entry.url_path for other in USERS[: USERS.index(user)] for entry in _pages(store, other)
    }
    faults: list[str] = []
    for entry in _pages(store, user):
        _go(page, entry)
        expect(page.locator('[data-testid="stException"]')).to_have_count(0)
        expect(page.get_by_text("演示数据").first).to_be_visible()
        found = [f"{word} is no Chinese" for word in _latin(page)]
        found += sideways(page)
        if entry.url_path not in seen_before:
            found += closely(page)
        found += [f"policy: {text}" for text in watch.breaches()]
        faults += [f"{entry.title}: {text}" for text in found]
    assert faults == [], "\n".join(faults)


def _latin(page: Page) -> list[str]:
    main = page.locator('[data-testid="stMain"]').inner_text()
    words = re.findall(r"\b[A-Za-z]{4,}\b", main)
    drawn = page.evaluate(ICONS)
    labels = [text for text in page.evaluate(LABELS) if re.fullmatch(r"[A-Za-z ,./()+-]{4,}", text)]
    return labels + [
        word for word in words if not LATIN_ALLOWED.fullmatch(word) and word not in drawn
    ]
