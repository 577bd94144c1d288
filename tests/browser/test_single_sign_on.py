"""Single sign-on as a person meets it: to a page of another site and back, with a session."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, expect

from pages._cookies import SESSION_COOKIE
from pages._web.single_sign_on import STATE_COOKIE
from tests.browser.conftest import wait_until_idle
from tests.browser.forks import Forks
from tests.browser.serving import Server, running_server
from tests.provider import CLIENT_ID, CLIENT_SECRET, Provider


@pytest.fixture
def provider() -> Iterator[Provider]:
    """Another site for the browser: the application is at 127.0.0.1, this at localhost."""
    running = Provider("localhost").start()
    yield running
    running.stop()


@pytest.fixture
def office(server: Server, provider: Provider, tmp_path: Path, forks: Forks) -> Iterator[Server]:
    """A second process on the demo database, which trusts the provider."""
    told = {
        "LEDGER_OIDC_ISSUER": provider.issuer,
        "LEDGER_OIDC_CLIENT_ID": CLIENT_ID,
        "LEDGER_OIDC_CLIENT_SECRET": CLIENT_SECRET,
    }
    with running_server(tmp_path, server.database_url, environment=told, forks=forks) as running:
        yield running


@pytest.mark.thorough
def test_from_the_wanted_page_to_the_provider_and_back_to_it(
    browser_context: BrowserContext, office: Server, provider: Provider
) -> None:
    page = browser_context.new_page()
    page.goto(f"{office.url}/map")
    page.get_by_role("link", name="统一身份认证登录").click()
    expect(page).to_have_url(re.compile(re.escape(f"{provider.issuer}/authorize?")))
    page.get_by_label("账号").fill("lingdao")
    page.get_by_role("button", name="登录").click()
    expect(page).to_have_url(re.compile(re.escape(f"{office.url}/map")))
    wait_until_idle(page)
    expect(page.get_by_role("link", name="退出")).to_be_visible()
    cookies = {cookie["name"]: cookie for cookie in browser_context.cookies(office.url)}
    assert STATE_COOKIE not in cookies
    assert (cookies[SESSION_COOKIE]["httpOnly"], cookies[SESSION_COOKIE]["sameSite"]) == (
        True,
        "Lax",
    )
    page.goto(f"{office.url}/sso/callback?code=again&state=again")
    expect(page.get_by_role("alert")).to_contain_text("统一身份认证登录已过期")
