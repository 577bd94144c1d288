"""Take the pictures of the user guide from the sample: ``python docs/pictures.py``.

Needs the development requirements and Chromium (``make test`` installs both).
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

PROJECT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(PROJECT))

from ledger.bulletins.making import make  # noqa: E402
from ledger.identity import accounts  # noqa: E402 - the project is run from its folder, not installed
from ledger.identity.accounts import DEMO_PASSWORD  # noqa: E402
from ledger.query import Condition, Selection  # noqa: E402
from ledger.records import search  # noqa: E402
from ledger.storage import open_store  # noqa: E402
from ledger.timing import clock  # noqa: E402
from tests.browser.chromium import FLAGS, find_chromium  # noqa: E402
from tests.browser.conftest import sign_in_as, wait_until_idle  # noqa: E402
from tests.browser.serving import Server, demo_server  # noqa: E402

FOLDER = PROJECT / "docs" / "pictures"
DESKTOP, PORTRAIT = (1280, 800), (768, 1024)
SETTLE_MS = 2500  # maps go on drawing after the page stands still
# picture → user, address, size
PICTURES = {
    "map": ("lingdao", "/map", DESKTOP),
    "hotspots": ("xianling", "/hotspots?area=990101101208", DESKTOP),
    "figures": ("xianling", "/figures?figure=timely_acceptance", DESKTOP),
    "todo": ("jingban", "/todo", DESKTOP),
    "institutions": ("jingban", "/institutions", DESKTOP),
    "record": ("jingban", "/institutions?record={worst}", DESKTOP),
    "leads": ("jingban", "/leads", DESKTOP),
    "petitions": ("jingban", "/petitions", DESKTOP),
    "coverage": ("lingdao", "/coverage", DESKTOP),
    "bulletin": ("jingban", "/bulletins?id={bulletin}", DESKTOP),
    "rating": ("lingdao", "/rating?village=990101002003", DESKTOP),
    "my-grid": ("wangge", "/my-grid", PORTRAIT),
    "inspect": ("wangge", "/inspect", PORTRAIT),
    "exchange": ("jingban", "/exchange", DESKTOP),
    "rules": ("guanli", "/rules", DESKTOP),
    "log": ("shenji", "/log", DESKTOP),
}


def main() -> None:
    """Take every picture anew."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, demo_server(Path(folder)) as server:
        made = {"worst": _worst_place(server), "bulletin": _bulletin(server)}
        with _chromium() as browser:
            for name, (user, address, size) in PICTURES.items():
                page = _page(browser, server, user, size)
                page.goto(address.format(**made))
                wait_until_idle(page)
                page.wait_for_timeout(SETTLE_MS)
                page.screenshot(path=FOLDER / f"{name}.png")
                page.context.close()


@contextmanager
def _chromium() -> Iterator[Browser]:
    path = find_chromium()
    if path is None:
        raise SystemExit("no Chromium on this machine; name one in the variable CHROMIUM")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


def _page(browser: Browser, server: Server, user: str, size: tuple[int, int]) -> Page:
    context = browser.new_context(
        base_url=server.url,
        locale="zh-CN",
        timezone_id="Asia/Shanghai",
        viewport={"width": size[0], "height": size[1]},
    )
    page = context.new_page()
    sign_in_as(page, user, DEMO_PASSWORD)
    return page


def _bulletin(server: Server) -> int:
    """A weekly bulletin of the office's own township."""
    store = open_store(server.database_url)
    clerk = accounts.as_actor(accounts.find_user(store, "jingban"))
    number = make(store, clerk, "weekly", clock.today(), None)
    store.dispose()
    return number


def _worst_place(server: Server) -> int:
    """The id of a tier-four place that the office of the sample sees."""
    store = open_store(server.database_url)
    clerk = accounts.as_actor(accounts.find_user(store, "jingban"))
    selection = Selection(conditions=(Condition("tier", "in", ["4", "3"]),), sort=(("id", False),))
    rows = search(store, clerk, "institutions", selection).rows
    store.dispose()
    return int(rows[0]["id"])


if __name__ == "__main__":
    main()
