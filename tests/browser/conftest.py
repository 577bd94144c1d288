"""Fixtures of the browser tests: the server with demo data, the browser, a page, signing in."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests.browser.chromium import FLAGS, Watch, find_chromium
from tests.browser.serving import Server, demo_server, log_tail

HERE = Path(__file__).parent
OUT = HERE / "out"
DESKTOP = {"width": 1280, "height": 800}
# A rerun on two busy cores may take its time; a test that never ends helps nobody.
PATIENCE_MS = 20_000

expect.set_options(timeout=PATIENCE_MS)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Every test of this folder is a browser test."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The application with a fresh demo database, one for the whole run."""
    with demo_server(tmp_path_factory.mktemp("server")) as running:
        yield running


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Headless Chromium that can reach this machine only."""
    path = find_chromium()
    if path is None:
        pytest.skip("no Chromium on this machine; name one in the variable CHROMIUM")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def watch() -> Iterator[Watch]:
    """What the pages of this test asked of other hosts; the test fails if that is anything."""
    record = Watch()
    yield record
    assert record.foreign == [], "the product works without internet"


@pytest.fixture
def new_context(
    chromium: Browser, server: Server, watch: Watch
) -> Iterator[Callable[..., BrowserContext]]:
    """Makes browser contexts (one person each, with cookies of their own), closed after the test.

    Takes the options of Playwright's ``new_context``, for example ``viewport`` or ``has_touch``.
    """
    contexts: list[BrowserContext] = []

    def make(**options: object) -> BrowserContext:
        settings: dict[str, object] = {
            "base_url": server.url,
            "locale": "zh-CN",
            "timezone_id": "Asia/Shanghai",
            "viewport": DESKTOP,
            "accept_downloads": True,
        }
        context = chromium.new_context(**{**settings, **options})  # type: ignore[arg-type]
        context.set_default_timeout(PATIENCE_MS)
        watch.over(context)
        contexts.append(context)
        return context

    yield make
    for context in contexts:
        context.close()


@pytest.fixture
def browser_context(new_context: Callable[..., BrowserContext]) -> BrowserContext:
    """One person at a desktop computer, not signed in."""
    return new_context()


@pytest.fixture
def page(
    browser_context: BrowserContext, server: Server, request: pytest.FixtureRequest
) -> Iterator[Page]:
    """An empty page of that person; if the test fails, a picture of it is left in ``out/``."""
    opened = browser_context.new_page()
    failed_before = request.session.testsfailed
    yield opened
    if request.session.testsfailed > failed_before:
        OUT.mkdir(exist_ok=True)
        name = re.sub(r"[^\w-]+", "_", request.node.name)
        opened.screenshot(path=OUT / f"{name}.png", full_page=True)
        (OUT / f"{name}.log").write_text(log_tail(server.log), encoding="utf-8")


@pytest.fixture
def sign_in() -> Callable[[Page, str, str], None]:
    """``sign_in(page, user, password)``: through the form, until the first page stands still."""
    return sign_in_as


def sign_in_as(page: Page, user: str, password: str) -> None:
    """Fill in and send the sign-in form; fails if the application does not open."""
    page.goto("/signin")
    page.locator("input[name=username]").fill(user)
    page.locator("input[name=password]").fill(password)
    page.locator("button[type=submit], input[type=submit]").first.click()
    page.wait_for_url(lambda address: "/signin" not in address)
    wait_until_idle(page)


def wait_until_idle(page: Page) -> None:
    """Wait until Streamlit has run the page's script to its end and drawn the result."""
    app = page.locator('[data-testid="stApp"]')
    expect(app).to_have_attribute("data-test-script-state", "notRunning")
    expect(page.locator('[data-testid="stSkeleton"], [data-stale="true"]')).to_have_count(0)
