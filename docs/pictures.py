"""Take the pictures of the user guide from the sample: ``python docs/pictures.py [name …]``.

Needs the development requirements and Chromium (``make test`` installs both). With names, only
those pictures are taken anew.
"""

from __future__ import annotations

import io
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import openpyxl
from PIL import Image
from playwright.sync_api import Browser, FilePayload, Page, ViewportSize, sync_playwright

PROJECT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(PROJECT))

from ledger.domain.timing import clock  # noqa: E402
from ledger.people.users import as_actor, find_user  # noqa: E402
from ledger.records.places.areas import current_atlas  # noqa: E402
from ledger.records.query import Condition, Selection  # noqa: E402
from ledger.records.service import search  # noqa: E402
from ledger.reporting.bulletins.making import make  # noqa: E402 - run from its folder, not installed
from ledger.storage import Store, open_store  # noqa: E402
from tests.browser.chromium import FLAGS, find_chromium  # noqa: E402
from tests.browser.conftest import enter, wait_until_idle  # noqa: E402
from tests.browser.serving import Server, demo_server  # noqa: E402

FOLDER = PROJECT / "docs" / "pictures"
DESKTOP: ViewportSize = {"width": 1280, "height": 800}
PORTRAIT: ViewportSize = {"width": 768, "height": 1024}
SETTLE_MS = 2500  # maps go on drawing after the page stands still
COLOURS = 128
# picture → user, address, size
PICTURES = {
    "map": ("lingdao", "/map", DESKTOP),
    "map-leads": ("lingdao", "/map?layer=leads", DESKTOP),
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
    "rules": ("guanli", "/rules", DESKTOP),
    "status": ("guanli", "/status", DESKTOP),
    "log": ("shenji", "/log", DESKTOP),
}
# The steps of an import, in the order in which one button leads on.
IMPORT = ("import-file", "import-columns", "import-check", "import-take")


def main(names: list[str]) -> None:
    """Take the named pictures anew, all of them without a name."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    wanted = set(names) or {*PICTURES, *IMPORT}
    with tempfile.TemporaryDirectory() as folder, demo_server(Path(folder)) as server:
        made, sent = _prepare(server)
        with chromium() as browser:
            for name in wanted & set(PICTURES):
                user, address, size = PICTURES[name]
                page = page_of(browser, server, size)
                enter(page, server, user, address.format(**made))
                page.wait_for_timeout(SETTLE_MS)
                keep(page, FOLDER / f"{name}.png")
                page.context.close()
            if wanted & set(IMPORT):
                _import(page_of(browser, server, DESKTOP), server, sent)


def _import(page: Page, server: Server, sent: FilePayload) -> None:
    """The four steps of an import, with a table as villages send them; it is not confirmed."""
    enter(page, server, "jingban", "/exchange")
    page.locator('.st-key-import-file input[type="file"]').set_input_files([sent])
    following = page.locator(".st-key-import-next button")
    for name in IMPORT:
        if name == "import-take":
            page.locator(".st-key-confirm-import button").wait_for()
        else:
            following.wait_for()
        wait_until_idle(page)
        page.wait_for_timeout(SETTLE_MS)
        keep(page, FOLDER / f"{name}.png")
        if name != "import-take":
            following.click()
            page.wait_for_timeout(SETTLE_MS)
    page.context.close()


def _prepare(server: Server) -> tuple[dict[str, int], FilePayload]:
    """What the sample has not: a bulletin, and a table from a village."""
    store = open_store(server.database_url)
    clerk = as_actor(find_user(store, "jingban"))
    selection = Selection(conditions=(Condition("tier", "in", ["4", "3"]),), sort=(("id", False),))
    worst = int(search(store, clerk, "institutions", selection).rows[0]["id"])
    bulletin = make(store, clerk, "weekly", clock.today(), None)
    sent = _village_table(store, clerk.scope_path)
    store.dispose()
    return {"worst": worst, "bulletin": bulletin}, sent


def _village_table(store: Store, path: str) -> FilePayload:
    """Four institutions; one number of beds and one village cannot be read."""
    village = next(
        area.name
        for area in current_atlas(store)
        if area.level == "village" and area.path.startswith(path)
    )
    rows: list[list[object]] = [
        [f"{village}养老机构摸底表"],
        ["序号", "机构名称", "所属村", "床位数(张)", "月床位费", "是否涉嫌犯罪", "村里备注"],
        [1, "夕阳红养老院", village, 60, "约1800元", "否", ""],
        [2, "金秋托老所", village, "许多", 1500, "否", "电话没人接"],
        [3, "福满堂康养中心", village[:-1] + "屯", "三十张", "0.2万元", "不详", ""],
        [4, "松柏敬老院", village, 45, 1200, "无", ""],
        ["合计", "", "", 105],
        ["填表人：李四"],
    ]
    book = openpyxl.Workbook()
    for row in rows:
        book.worksheets[0].append(row)
    written = io.BytesIO()
    book.save(written)
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    return {"name": f"{village}摸底表.xlsx", "mimeType": kind, "buffer": written.getvalue()}


def keep(page: Page, file: Path) -> None:
    """What the window shows, in few colours: the guide is read over an office network."""
    shown = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    # A method that keeps rare colours: a tier may be a small dot.
    rare = Image.Quantize.MAXCOVERAGE
    few = shown.quantize(COLOURS, method=rare, kmeans=1, dither=Image.Dither.NONE)
    few.save(file, optimize=True)


@contextmanager
def chromium() -> Iterator[Browser]:
    """The browser of the tests."""
    path = find_chromium()
    if path is None:
        raise SystemExit("no Chromium on this machine; name one in the variable CHROMIUM")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


def page_of(browser: Browser, server: Server, size: ViewportSize) -> Page:
    """A page of a visitor who has not signed in."""
    context = browser.new_context(
        base_url=server.url, locale="zh-CN", timezone_id="Asia/Shanghai", viewport=size
    )
    context.set_default_timeout(120_000)
    return context.new_page()


if __name__ == "__main__":
    main(sys.argv[1:])
