"""The commonest tasks by the keyboard alone: no mouse, no focus set by a script of the test."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from playwright.sync_api import Page, expect

from ledger.domain.access import SYSTEM, Role
from ledger.domain.timing import clock
from ledger.records import service as records
from tests.browser.conftest import enter, wait_until_idle
from tests.browser.people import PATIENCE_MS
from tests.browser.serving import Server
from tests.pages.builders import BLAMELESS, PEOPLE, WEST_GRID, Office

LONG_AGO = date(2026, 1, 5)
AT = "part => document.activeElement?.matches(part)"
# A run of the page may take the cursor; it is given back a moment later.
SETTLED_MS = 400


@pytest.fixture(scope="module")
def server(office_server: Server) -> Server:
    """The application on that office, in place of the demo."""
    return office_server


def _petition(office: Office, day: date, matter: str, area: str) -> int:
    values = {"registered_on": day, "matter": matter, "area_code": area}
    return records.create(office.store, SYSTEM, "petitions", values)


def _go_to(page: Page, part: str, key: str = "Tab") -> None:
    """Press Tab until the cursor is in such a part of the page."""
    page.wait_for_timeout(SETTLED_MS)
    for _ in range(70):
        page.keyboard.press(key)
        if page.evaluate(AT, part):
            return
    raise AssertionError(f"not reached by {key}: {part}")


def _arrives(page: Page, part: str) -> None:
    """The cursor is put into such a part of the page."""
    page.wait_for_function(AT, arg=part, timeout=PATIENCE_MS)


def _find_and_open(page: Page, name: str) -> None:
    """From the search to the table to the record."""
    page.keyboard.press("/")
    _arrives(page, ".st-key-tools input")
    page.keyboard.type(name)
    page.keyboard.press("Enter")
    page.wait_for_url("**q=*")
    wait_until_idle(page)
    _arrives(page, ".st-key-tools input")
    page.keyboard.press("ArrowDown")
    expect(page.locator("#glide-cell-0-0")).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Enter")
    _arrives(page, ".st-key-record")


@pytest.mark.thorough
def test_the_commonest_tasks_need_no_mouse(page: Page, server: Server, office: Office) -> None:
    office.add("键盘养老院", **BLAMELESS)
    today = clock.today()
    for day in (today, today.replace(day=1) - timedelta(days=1)):  # this month may end meanwhile
        _petition(office, day, "键盘导出", WEST_GRID)
    _petition(office, LONG_AGO, "键盘超期", WEST_GRID)
    enter(page, server, PEOPLE[Role.OFFICE_STAFF][0], "/institutions")
    keys = page.keyboard

    _find_and_open(page, "键盘养老院")
    _go_to(page, ".st-key-head-phone button")
    keys.press("Enter")
    _arrives(page, '.st-key-record input[aria-label="联系电话"]')
    page.wait_for_timeout(SETTLED_MS)
    keys.press("Control+a")
    keys.type("0571-88880000")
    keys.press("Enter")
    expect(page.locator(".st-key-record-bar")).to_contain_text("0571-88880000")
    keys.press("Alt+s")
    expect(page.locator(".st-key-head-phone")).to_contain_text("0571-88880000")
    assert office.get("键盘养老院")["phone"] == "0571-88880000"
    wait_until_idle(page)
    page.wait_for_timeout(SETTLED_MS)
    _arrives(page, '.st-key-record input[aria-label="联系电话"]')  # drawn anew, and entered again
    keys.press("Escape")
    _arrives(page, ".st-key-record")
    keys.press("Escape")
    expect(page.locator("#glide-cell-0-0")).to_have_attribute("aria-selected", "true")

    keys.press("Escape")  # out of the table
    _go_to(page, '[data-testid="stSidebarNavLink"][href$="/petitions"]', "Shift+Tab")
    keys.press("Enter")
    page.wait_for_url("**/petitions*")
    wait_until_idle(page)
    keys.press("/")
    _go_to(page, '[class*="st-key-dated-petitions"] button')
    for _ in ("今天", "本周", "本月", "上月"):
        keys.press("ArrowRight")
    expect(page.get_by_role("radio", name="上月")).to_be_focused()
    keys.press("Enter")
    page.wait_for_url("**set=last_month")
    wait_until_idle(page)
    _go_to(page, '.st-key-acts a[href*=".xlsx"]', "Shift+Tab")
    with page.expect_download() as waiting:
        keys.press("Enter")
    assert waiting.value.suggested_filename.startswith("信访事项")

    page.goto("/petitions")
    wait_until_idle(page)
    keys.press("/")
    _go_to(page, ".st-key-keynumber-legal button", "Shift+Tab")
    keys.press("Enter")
    page.wait_for_url("**due=*")
    wait_until_idle(page)
    _go_to(page, ".st-key-area-popover button")
    keys.press("Enter")
    _go_to(page, '[data-testid="stPopoverBody"] input')
    keys.type("一村")
    keys.press("Enter")
    page.wait_for_url("**area=*")
    wait_until_idle(page)
    expect(page.locator(".st-key-pager")).to_contain_text(re.compile(r"共 [1-9]\d* 条"))
    keys.press("Escape")  # the list of areas

    keys.press("/")
    _go_to(page, ".st-key-add button", "Shift+Tab")
    keys.press("Enter")
    _arrives(page, ".st-key-adding-facts textarea")
    keys.type("键盘登记")
    _go_to(page, '.st-key-adding-facts [class*="-area_code"] input')
    keys.type("一村")
    keys.press("Enter")
    page.wait_for_timeout(SETTLED_MS)
    keys.press("Alt+s")
    _arrives(page, ".st-key-record")
    expect(page.locator(".st-key-record-head")).to_contain_text("键盘登记")
