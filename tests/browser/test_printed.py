"""Papers as a browser prints them: page x of y, the header on each page, nothing to press."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from playwright.sync_api import Page

from ledger.domain.access import SYSTEM, Role
from ledger.domain.timing import clock
from ledger.records import service as records
from tests.browser.conftest import enter
from tests.browser.serving import Server
from tests.pages.builders import PEOPLE, WEST_GRID, Office

pytestmark = pytest.mark.skipif(shutil.which("pdftotext") is None, reason="no pdftotext here")

NO_DIALOG = "window.print = () => {}"


@pytest.fixture(scope="module")
def server(office_server: Server) -> Server:
    """The application on the small office, in place of the demo."""
    return office_server


def _pages(page: Page, out: Path, address: str | None = None) -> list[str]:
    """The text of each page of what is on show, or of an address, on paper."""
    if address is not None:
        page.goto(address)
    page.pdf(path=out, prefer_css_page_size=True)
    command = ["pdftotext", "-layout", str(out), "-"]
    text = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return text.split("\f")[:-1]


def test_everything_that_is_printed_comes_out_whole(
    page: Page, server: Server, office: Office, tmp_path: Path
) -> None:
    values = {"registered_on": clock.today(), "area_code": WEST_GRID}
    for number in range(60):
        given = {**values, "matter": f"押金不退第{number}件"}
        office.ids["petition"] = records.create(office.store, SYSTEM, "petitions", given)
    page.add_init_script(NO_DIALOG)
    enter(page, server, PEOPLE[Role.OFFICE_STAFF][0], "/figures")
    out = tmp_path / "paper.pdf"

    figures = _pages(page, out)
    assert "打印时间" in figures[0]
    assert "下载xlsx" not in "".join(figures)

    listed = _pages(page, out, "/print/list/petitions?columns=number,matter,registered_on")
    assert len(listed) > 1
    for place, text in enumerate(listed, 1):
        assert "登记日期" in text
        assert f"第{place}页/共{len(listed)}页" in "".join(text.split())
    assert sum(text.count("押金不退") for text in listed) >= 60
    assert "关闭" not in "".join(listed)

    record = _pages(page, out, f"/print/record/petitions/{office.ids['petition']}")
    assert "押金不退第59件" in record[0]
    assert "历史" in "".join(record)

    assert "待办事项" in _pages(page, out, "/print/todo")[0]

    number = office.get("松鹤养老院")["number"]
    form = _pages(page, out, f"/print/visit?institution={number}")
    assert len(form) == 2
    assert "松鹤养老院" in form[0]
    assert "签字" in form[1]

    page.goto("/map")
    page.frame_locator("iframe").locator(".leaflet-control-scale").first.wait_for()
    drawn = "".join(_pages(page, out))
    for words in ("打印时间", "区域颜色"):
        assert words in drawn
    assert "机构点位" not in drawn
