"""A village's file comes in by four steps, goes out, comes back with a conflict, is put back."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import Page, expect
from python_calamine import CalamineWorkbook

from ledger.domain.access import SYSTEM, Role
from ledger.records import service as records
from ledger.records.query import Selection
from ledger.records.service import search
from tests.browser.closely import closely
from tests.browser.conftest import enter, wait_until_idle
from tests.browser.grids import write_into
from tests.browser.serving import Server
from tests.ledger.exchange.reading.messy.building import one
from tests.pages.builders import PEOPLE, Office
from tests.thoroughly import THOROUGH

SENT = [
    ["甲云镇养老机构摸底表"],
    ["序号", "机构名称", "所属村", "床位数(张)", "备注栏"],
    [1, "夕阳红养老院", "演示一村", 60, "好"],
    [2, "金秋托老所", "演示一村", "许多", ""],
    ["合计", "", "", 60, ""],
    ["填表人：李四"],
]
NAMES = {"夕阳红养老院", "金秋托老所"}
# The middle of the column 改为 at the width of a desktop.
CHANGE_X = 395


@pytest.fixture(scope="module")
def server(office_server: Server) -> Server:
    """The application on that office, in place of the demo."""
    return office_server


def _press(page: Page, key: str) -> None:
    page.locator(f".st-key-{key} button").click()
    wait_until_idle(page)


def _choose(page: Page, path: Path) -> None:
    page.locator('.st-key-import-file input[type="file"]').set_input_files(path)
    expect(page.locator(".st-key-import-next button")).to_be_visible()
    wait_until_idle(page)


def _correct_first_line(page: Page, text: str) -> None:
    """Type into 改为 of the first finding."""
    grid = page.locator('[class*="st-key-import-cells"] [data-testid="stDataFrame"]')
    write_into(grid, CHANGE_X, text)
    expect(page.get_by_text("处修改还没有检查")).to_be_visible()
    wait_until_idle(page)


def _look_closely(page: Page) -> None:
    """Once all is drawn: what a run has not reached yet is faded until then."""
    wait_until_idle(page)
    found = closely(page)
    assert found == [], "\n".join(found)


def _beds(office: Office) -> dict[str, int]:
    rows = search(office.store, SYSTEM, "institutions", Selection()).rows
    return {row["name"]: row["beds"] for row in rows if row["name"] in NAMES}


@pytest.mark.sampled
def test_a_file_comes_in_goes_out_comes_back_and_is_put_back(
    page: Page, server: Server, office: Office, tmp_path: Path
) -> None:
    enter(page, server, PEOPLE[Role.OFFICE_STAFF][0], "/exchange")
    sent = tmp_path / "某村.xlsx"
    one(SENT)(sent)
    _choose(page, sent)
    expect(page.get_by_text("表头在第 2 行")).to_be_visible()
    _look_closely(page)
    _press(page, "import-next")
    expect(page.get_by_text("不使用的列：序号、备注栏")).to_be_visible()
    if THOROUGH:
        _look_closely(page)
    _press(page, "import-next")
    expect(page.get_by_text("有问题 1")).to_be_visible()
    _look_closely(page)

    page.get_by_text("发回村里改：下载标注了问题的文件").click()
    _press(page, "import-mark")
    with page.expect_download() as waiting:
        page.locator(".st-key-marked-up button").click()
    marked = tmp_path / waiting.value.suggested_filename
    waiting.value.save_as(marked)
    wait_until_idle(page)
    names = [row[1] for row in CalamineWorkbook.from_path(marked).get_sheet_by_index(0).to_python()]
    assert names[2:4] == ["夕阳红养老院", "金秋托老所"]
    assert "不能导入" in openpyxl.load_workbook(marked).worksheets[0]["D4"].comment.text

    _correct_first_line(page, "25")
    _press(page, "import-again")
    expect(page.get_by_text("有问题 1")).to_have_count(0)
    _press(page, "import-next")
    if THOROUGH:
        _look_closely(page)
    assert _beds(office) == {}, "nothing is written before the last press"
    page.locator(".st-key-confirm-import button").dblclick()
    expect(page.get_by_text("新增 2 条")).to_be_visible()
    assert _beds(office) == {"夕阳红养老院": 60, "金秋托老所": 25}
    page.get_by_text("查看这次导入的记录").click()
    expect(page.locator(".st-key-pager")).to_contain_text("共 2 条")

    page.goto("/exchange")
    wait_until_idle(page)
    with page.expect_download() as waiting:
        page.locator('a[href="/download/institutions.xlsx"]').click()
    out = tmp_path / "发下去.xlsx"
    waiting.value.save_as(out)
    book = openpyxl.load_workbook(out)
    rows = book.worksheets[0].iter_rows()
    ours = next(row for row in rows if any(cell.value == "夕阳红养老院" for cell in row))
    next(cell for cell in ours if cell.value == 60).value = 61
    book.save(out)
    who = office.actor(Role.OFFICE_STAFF)
    found = search(office.store, who, "institutions", Selection(text="夕阳红")).rows[0]
    edit = records.Edit(found["id"], found["version"], {"beds": 62})
    records.save(office.store, who, "institutions", [edit])

    _choose(page, out)
    _press(page, "import-next")
    expect(page.get_by_text("导出之后，文件和台账都改了")).to_be_visible()
    page.get_by_text("用文件中的", exact=True).click()
    wait_until_idle(page)
    _press(page, "import-next")
    _press(page, "confirm-import")
    expect(page.get_by_text("更新 1 条")).to_be_visible()
    assert _beds(office)["夕阳红养老院"] == 61
    page.get_by_text("导错了？整批撤回").click()
    page.get_by_label("撤回原因(必填)").fill("村里填错了")
    page.get_by_label("撤回原因(必填)").blur()
    wait_until_idle(page)
    _press(page, "import-undo")
    expect(page.get_by_text("已整批撤回，恢复 1 条记录")).to_be_visible()
    assert _beds(office) == {"夕阳红养老院": 62, "金秋托老所": 25}
