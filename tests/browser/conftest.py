"""Fixtures of the browser tests: the servers, the browser, a page, somebody signed in."""

from __future__ import annotations

import itertools
import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from ledger.people import sessions
from ledger.people.users import find_user
from ledger.storage import open_store
from pages._ui.guard import SESSION_COOKIE
from tests.browser.chromium import FLAGS, Watch, find_chromium
from tests.browser.forks import Forks
from tests.browser.people import PATIENCE_MS, Browsers
from tests.browser.serving import Server, demo_server, log_tail, running_server
from tests.pages.builders import Office, build_office, fill_office

HERE = Path(__file__).parent
OUT = HERE / "out"

expect.set_options(timeout=PATIENCE_MS)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Every test of this folder is a browser test."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def forks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Forks]:
    """The process that servers are forked from; one for all workers of the run."""
    place = tmp_path_factory.getbasetemp()
    running = Forks(place.parent if "PYTEST_XDIST_WORKER" in os.environ else place)
    yield running
    running.close()


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory, forks: Forks) -> Iterator[Server]:
    """The application with a fresh demo database, one for the whole run."""
    with demo_server(tmp_path_factory.mktemp("server"), forks) as running:
        yield running


@pytest.fixture(scope="session")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """A small office that several modules share: each adds the records that it changes."""
    path = tmp_path_factory.mktemp("office") / "ledger.db"
    built = fill_office(build_office(f"sqlite:///{path.as_posix()}"))
    yield built
    built.close()


@pytest.fixture(scope="session")
def office_server(
    office: Office, tmp_path_factory: pytest.TempPathFactory, forks: Forks
) -> Iterator[Server]:
    """The application on the small office."""
    folder = tmp_path_factory.mktemp("office_server")
    with running_server(folder, office.url, forks=forks) as running:
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


@pytest.fixture(scope="session")
def browsers(chromium: Browser) -> Browsers:
    """The windows of the whole run; tests ask for ``page`` or ``new_page``."""
    return Browsers(chromium)


@pytest.fixture
def watch(browsers: Browsers) -> Iterator[Watch]:
    """What the pages of this test did unasked.

    The test fails if that was a request to another host, or anything that a policy forbids.
    """
    record = browsers.begin()
    yield record
    assert record.foreign == [], "the product works without internet"
    assert record.breaches() == [], "pages stay within their policy"


@pytest.fixture
def new_page(
    browsers: Browsers, server: Server, watch: Watch, request: pytest.FixtureRequest
) -> Iterator[Callable[..., Page]]:
    """Makes pages, each the window of one person with cookies of their own, not signed in.

    Takes the options of Playwright's ``new_context``, for example ``viewport`` or ``has_touch``.
    If the test fails, pictures of what was open are left in ``out/``.
    """
    failed_before = request.session.testsfailed

    def make(**options: object) -> Page:
        return browsers.page(server.url, **options)

    yield make
    if request.session.testsfailed > failed_before:
        OUT.mkdir(exist_ok=True)
        name = re.sub(r"[^\w-]+", "_", request.node.name)
        for number, page in enumerate(browsers.in_use(), start=1):
            page.screenshot(path=OUT / f"{name}-{number}.png", full_page=True)
        (OUT / f"{name}.log").write_text(log_tail(server.log), encoding="utf-8")
    browsers.give_back()


@pytest.fixture
def page(new_page: Callable[..., Page]) -> Page:
    """One person at a desktop computer, not signed in."""
    return new_page()


@pytest.fixture
def browser_context(page: Page) -> BrowserContext:
    """The cookies of that person, and further windows with them."""
    return page.context


def enter(page: Page, server: Server, user: str, address: str = "/") -> None:
    """Open an address as that user, with a session begun by the service; until it stands still.

    Most tests are not about the sign-in form and the first page behind it, which cost seconds.
    """
    store = open_store(server.database_url)
    token = sessions.open_session(store, find_user(store, user))
    store.dispose()
    page.context.add_cookies([{"name": SESSION_COOKIE, "value": token, "url": server.url}])
    page.goto(address)
    wait_until_idle(page)


# As the browser's own way back does. Resolved when the state of the script changes or, if that was
# over before it was noticed, when something else is drawn.
MOVE = """address => new Promise((begun, failed) => {
    const app = document.querySelector('[data-testid="stApp"]');
    const watch = new MutationObserver(() => { watch.disconnect(); begun(); });
    watch.observe(app, {attributeFilter: ['data-test-script-state']});
    watch.observe(app.querySelector('[data-testid="stMain"]'), {childList: true, subtree: true});
    setTimeout(() => failed(`${address} was not run`), 30_000);
    history.pushState({}, '', address);
    dispatchEvent(new PopStateEvent('popstate'));
})"""


def move_to(page: Page, address: str) -> None:
    """Go to another address within the open application; until it stands still.

    Its page runs anew, but the scripts of the browser do not, which are most of what a load costs.
    """
    page.evaluate(MOVE, address)
    wait_until_idle(page)


def sign_in_as(page: Page, user: str, password: str) -> None:
    """Fill in and send the sign-in form; fails if the application does not open."""
    page.goto("/signin")
    page.locator("input[name=username]").fill(user)
    page.locator("input[name=password]").fill(password)
    page.locator("button[type=submit], input[type=submit]").first.click()
    page.wait_for_url(lambda address: "/signin" not in address)
    wait_until_idle(page)


# Nothing runs, nothing is left over from the last run, no bar waits for work in the background, and
# that for a while: between a run and the one that it asks for by `st.rerun` the page rests, too.
IDLE = """([call, while_ms]) => {
    const app = document.querySelector('[data-testid="stApp"]');
    const now = performance.now();
    const rests = app?.dataset.testScriptState === 'notRunning' && !document.querySelector(
        '[data-testid="stSkeleton"], [data-stale="true"], [data-testid="stProgress"]');
    if (window.restsSince?.call !== call || !rests) window.restsSince = {call, now};
    return rests && now - window.restsSince.now >= while_ms;
}"""
RESTING_MS = 120
_calls = itertools.count()


def wait_until_idle(page: Page) -> None:
    """Wait until Streamlit has run the page's script to its end and drawn the result."""
    page.wait_for_function(IDLE, arg=[next(_calls), RESTING_MS], timeout=PATIENCE_MS)
