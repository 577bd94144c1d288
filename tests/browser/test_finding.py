"""A record is found from any page by Ctrl K, some letters and Enter."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from ledger.domain.access import SYSTEM, Role
from ledger.records import service as records
from tests.browser.closely import AXE
from tests.browser.conftest import enter
from tests.browser.serving import Server
from tests.pages.builders import PEOPLE, WEST_GRID, Office

EVIL = "<img src=x onerror=alert(1)>松柏寻院"


@pytest.fixture(scope="module")
def server(office_server: Server) -> Server:
    """The application on that office, in place of the demo."""
    return office_server


@pytest.fixture(scope="module")
def found(office: Office) -> int:
    """A record that the box finds."""
    values = {"name": EVIL, "area_code": WEST_GRID}
    return records.create(office.store, SYSTEM, "institutions", values)


def test_a_record_is_opened_by_a_few_keys(page: Page, server: Server, found: int) -> None:
    enter(page, server, PEOPLE[Role.OFFICE_STAFF][0])
    page.keyboard.press("Control+k")
    field = page.get_by_role("combobox", name="查找")
    expect(field).to_be_focused()
    page.keyboard.type("柏寻院")
    expect(page.get_by_role("option", selected=True)).to_contain_text(EVIL)
    assert page.locator(".find-box img").count() == 0
    page.evaluate(AXE)
    wrong = page.evaluate("axe.run(document.querySelector('.find-box'))")["violations"]
    assert [one["id"] for one in wrong] == []
    # Typed anew, with Enter before the answer: what the words find is opened.
    page.keyboard.press("Control+k")
    page.keyboard.type("sbxy")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/institutions?record={found}")
    expect(page.locator(".st-key-record")).to_contain_text("松柏寻院")
    expect(page.locator(".find-box")).to_be_hidden()
