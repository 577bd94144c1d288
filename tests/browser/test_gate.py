"""The gate of the running application, as a person and as somebody without a session meets it."""

from __future__ import annotations

import re
import urllib.error
import urllib.request

import pytest
from playwright.sync_api import Page, expect
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from ledger.people.accounts import DEMO_PASSWORD
from tests.browser.conftest import sign_in_as
from tests.browser.serving import Server

PATHS = [
    "/_stcore/health",
    "/_stcore/host-config",
    "/_stcore/metrics",
    "/media/x.png",
    "/component/streamlit_folium.st_folium/index.html",
    "/static/js/index.js",
    "/favicon.png",
    "/areas/root.geojson",
]


def status_of(url: str) -> int:
    try:
        with urllib.request.urlopen(url, timeout=10) as answer:  # noqa: S310 - our own server
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code


def test_the_running_server_opens_nothing_without_a_session(server: Server) -> None:
    assert {path: status_of(server.url + path) for path in PATHS} == dict.fromkeys(PATHS, 401)
    assert status_of(server.url + "/healthz") == 200
    address = server.url.replace("http", "ws", 1) + "/_stcore/stream"
    with pytest.raises(InvalidStatus) as caught, connect(address, subprotocols=["streamlit"]):
        pytest.fail("opened")
    assert caught.value.response.status_code == 403


def test_one_tap_on_a_demo_account_signs_in_and_out(page: Page) -> None:
    page.goto("/signin")
    page.get_by_role("button", name="guanli").click()
    page.locator("button[type=submit]").click()
    expect(page.get_by_role("heading", name="用户", exact=True)).to_be_visible()
    page.get_by_role("link", name="退出").click()
    page.get_by_role("button", name="退出").click()
    expect(page.get_by_text("您已退出")).to_be_visible()
    page.goto("/users")
    expect(page).to_have_url(re.compile("/signin"))


@pytest.mark.thorough
def test_an_open_page_leads_to_sign_in_once_its_session_is_over(
    page: Page,
) -> None:
    sign_in_as(page, "guanli", DEMO_PASSWORD)
    other = page.context.new_page()
    other.goto("/signout")
    other.get_by_role("button", name="退出").click()
    expect(other.get_by_text("您已退出")).to_be_visible()
    # The socket is checked at most once a second.
    page.wait_for_timeout(1200)
    page.get_by_role("link", name="日志").click()
    expect(page).to_have_url(re.compile("/signin.*notice=ended"))
    expect(page.get_by_text("登录已过期")).to_be_visible()


def test_an_old_tab_says_that_somebody_else_is_signed_in_and_leaves(page: Page) -> None:
    """It kept the former person's rows, and then froze without a word."""
    sign_in_as(page, "guanli", DEMO_PASSWORD)
    expect(page.get_by_role("heading", name="用户", exact=True)).to_be_visible()
    other = page.context.new_page()
    other.goto("/signout")
    other.get_by_role("button", name="退出").click()
    sign_in_as(other, "shenji", DEMO_PASSWORD)
    expect(page).to_have_url(re.compile("/other-person"))
    expect(page.get_by_text("现在以“审计员(演示)”登录")).to_be_visible()
    expect(other).not_to_have_url(re.compile("/other-person"))
