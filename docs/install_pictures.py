"""Take the pictures of deploy/README.md from an office that begins: docs/install_pictures.py.

A local authority, an empty database with its one-time code, and the first visits of somebody in a
browser, as after ``install.sh``. Needs what docs/pictures.py needs.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(PROJECT), str(PROJECT / "docs")]

from pictures import chromium, keep, page_of  # noqa: E402 - a script beside this one
from playwright.sync_api import Page, ViewportSize  # noqa: E402

from deploy.installer import certificates  # noqa: E402 - run from its folder, not installed
from tests.browser.conftest import wait_until_idle  # noqa: E402
from tests.browser.serving import running_server  # noqa: E402

FOLDER = PROJECT / "deploy" / "pictures"
# Low enough for three of them and the text on two sheets of A4.
SIZE: ViewportSize = {"width": 1100, "height": 460}
PASSWORD = "Shili-2026-xian"  # noqa: S105 - of a database that is thrown away


def main() -> None:
    """The pages in the order in which they are met."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        certificates.keep(folder, ["10.1.2.3"])
        told = {"LEDGER_AUTHORITY_FILE": str(folder / "authority.crt")}
        url = f"sqlite:///{(folder / 'ledger.db').as_posix()}"
        code = _code(url)
        with running_server(folder, url, environment=told) as server, chromium() as browser:
            page = page_of(browser, server, SIZE)
            page.goto("/trust")
            keep(page, FOLDER / "trust.png")
            _set_up(page, code)
            page.context.close()


def _set_up(page: Page, code: str) -> None:
    page.goto("/")
    for name, text in {
        "code": code,
        "username": "guanliyuan",
        "password": PASSWORD,
        "again": PASSWORD,
    }.items():
        page.locator(f"#{name}").fill(text)
    page.locator('label[for="code"]').evaluate("label => label.scrollIntoView()")
    keep(page, FOLDER / "setup.png")
    page.locator('button[type="submit"]').click()
    page.get_by_role("heading", name="开始使用").wait_for()
    wait_until_idle(page)
    page.wait_for_timeout(1500)
    keep(page, FOLDER / "first-day.png")


def _code(url: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "ledger", "init", "--json"],
        cwd=PROJECT,
        env={**os.environ, "LEDGER_DATABASE_URL": url},
        capture_output=True,
        check=True,
    )
    return str(json.loads(done.stdout)["setup_code"])


if __name__ == "__main__":
    main()
