"""Every page as a browser draws it: whole, in Chinese, within its policy, with axe and by fingers,
at the narrowest size that the offices have, thoroughly at all three; and what is drawn otherwise
for other roles.

That every page of every role runs to its end and is Chinese: tests/pages/test_every_role.py.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

import pytest
from playwright.sync_api import Page, expect

from ledger.people.users import as_actor, find_user
from ledger.records import service as records
from ledger.records.query import Selection
from ledger.storage import Store, open_store
from pages.navigation import Entry, entries_for, first_page
from tests.browser.chromium import Watch
from tests.browser.closely import NARROWEST, closely, serious, sideways
from tests.browser.conftest import enter, move_to, wait_until_idle
from tests.browser.serving import Server
from tests.chinese import not_chinese
from tests.thoroughly import THOROUGH, thorough

# In this order: a page is looked at closely with the first who has it. Those who come later look
# once more at their first page and at what is drawn otherwise for them.
USERS: Mapping[str, tuple[str, ...]] = {
    "jingban": (),
    "lingdao": ("todo", "bulletins", "exchange"),  # alerts to acknowledge, nothing to import
    "guanli": (),
    "wangge": ("map", "todo", "institutions", "entities", "inspect"),  # the pages of the field
    "cunzhuan": ("rating", "institutions", "leads"),  # one village, texts that are masked
    "xianling": ("hotspots", "figures", "coverage", "rating", "consistency"),  # the whole county
    "shenji": ("todo", "institutions", "petitions"),  # read only
}
# What a page draws instead of its list, once each: the sections of a record.
OPENED: Mapping[str, tuple[str, ...]] = {
    "jingban": (
        "/institutions?record={}&tab=facts",
        "/petitions?record={}&tab=steps",
        "/petitions?record={}&tab=files",
    ),
    "lingdao": ("/institutions?record={}&tab=why",),
}
# An icon of the Material font is a word to the machine and a sign to the eye.
ICONS = """() => [...document.querySelectorAll("span, i")]
    .filter(e => getComputedStyle(e).fontFamily.includes("Material"))
    .flatMap(e => e.textContent.split(/[_\\s]+/))"""
# What is not drawn as text, but read out or shown at the pointer.
LABELS = """() => [...document.querySelectorAll('[placeholder],[aria-label],[title]')]
    .filter(e => e.getClientRects().length)
    .flatMap(e => ['placeholder', 'aria-label', 'title'].map(key => e.getAttribute(key)))
    .filter(Boolean)"""
MENU = "links => links.map(link => new URL(link.href).pathname.slice(1))"


@pytest.fixture(scope="module")
def store(server: Server) -> Iterator[Store]:
    store = open_store(server.database_url)
    yield store
    store.dispose()


def _pages(store: Store, user: str) -> list[Entry]:
    return entries_for(as_actor(find_user(store, user)))


def _go(page: Page, entry: Entry) -> None:
    """By the menu, as people do, where it is not folded."""
    if page.viewport_size == NARROWEST:
        move_to(page, f"/{entry.url_path}")
        return
    link = page.locator(f'[data-testid="stSidebar"] a[href$="{entry.url_path}"]')
    link.click()
    expect(page).to_have_url(re.compile(rf"/{entry.url_path}(\?|$)"))
    wait_until_idle(page)


# Leaders, village, county and auditor see what these three see, with less or more in it.
SAMPLED = ("jingban", "guanli", "wangge")
# The page of a ledger is one script: in every run those of two ledgers, thoroughly all.
OF_LEDGERS = ("institutions", "petitions")


def _looked_at(entry: Entry) -> bool:
    return THOROUGH or entry.file is not None or entry.ledger in OF_LEDGERS


@pytest.mark.sampled
@pytest.mark.parametrize("user", [one if one in SAMPLED else thorough(one) for one in USERS])
def test_the_pages_that_a_role_draws(
    page: Page, server: Server, store: Store, watch: Watch, user: str
) -> None:
    entries = _pages(store, user)
    enter(page, server, user)
    first = first_page(as_actor(find_user(store, user))).url_path
    expect(page).to_have_url(re.compile(rf"/{first}(\?|$)"))
    links = page.locator('[data-testid="stSidebarNavLink"]').evaluate_all(MENU)
    assert links == [entry.url_path for entry in entries]
    names = list(USERS)
    seen_before = {
        entry.url_path for other in names[: names.index(user)] for entry in _pages(store, other)
    }
    if not THOROUGH:
        page.set_viewport_size(NARROWEST)
    faults: list[str] = []
    for entry in entries:
        is_new = entry.url_path not in seen_before
        if not (_looked_at(entry) and (is_new or entry.url_path in (first, *USERS[user]))):
            continue
        _go(page, entry)
        expect(page.locator('[data-testid="stException"]')).to_have_count(0)
        expect(page.get_by_text("演示数据").first).to_be_visible()
        found = [f"{word} is no Chinese" for word in _latin(page)]
        found += sideways(page)
        found += closely(page) if is_new else serious(page)
        found += [f"policy: {text}" for text in watch.breaches()]
        faults += [f"{entry.title}: {text}" for text in found]
    for address in OPENED.get(user, ()):
        move_to(page, address.format(_newest(store, address)))
        expect(page.locator('[data-testid="stException"]')).to_have_count(0)
        faults += [f"{address}: {text}" for text in (*sideways(page), *serious(page))]
    assert faults == [], "\n".join(faults)


def _newest(store: Store, address: str) -> int:
    """The id of the newest record of the ledger of an address, within the township of the users."""
    ledger_key = address.strip("/").partition("?")[0]
    clerk = as_actor(find_user(store, "jingban"))
    selection = Selection(sort=(("number", True),))
    (row,) = records.search(store, clerk, ledger_key, selection, size=1).rows
    return int(row["id"])


def _latin(page: Page) -> list[str]:
    main = page.locator('[data-testid="stMain"]').inner_text()
    labels = [text for text in page.evaluate(LABELS) if re.fullmatch(r"[A-Za-z ,./()+-]{4,}", text)]
    return labels + not_chinese(main, besides=page.evaluate(ICONS))
