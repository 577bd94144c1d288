"""A table of somebody's own in a zip of our templates: left out by word, then imported alone."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import openpyxl
import pytest

from ledger.domain.access import SYSTEM, Role
from ledger.domain.settings import settings
from ledger.exchange.writing.filled_templates import templates_by_village
from pages._ui import import_work
from tests.pages.admin_pages import texts, visiting
from tests.pages.builders import WEST_VILLAGE, build_office


def test_it_is_named_left_out_and_offered_afterwards(
    database_url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("LEDGER_READING_APART", "0")
    settings.cache_clear()
    monkeypatch.setattr(import_work, "PATIENCE_SECONDS", 60)
    office = build_office(database_url, roles=[Role.OFFICE_STAFF])
    office.add("甲院", number="J-1", area_code=WEST_VILLAGE, beds=10)
    page = visiting("exchange", monkeypatch)(office, Role.OFFICE_STAFF)
    page.file_uploader(key="import-file").upload("收回.zip", _back(office.store), "x/y")
    page.run()
    for key in ("import-next", "import-next"):
        page.button(key=key).click().run()
    assert "“乙村.csv”不是从这里下载的表格，没有读入" in texts(page)
    assert page.button(key="confirm-import").disabled
    page.checkbox(key="accept-valid").check().run()
    page.button(key="confirm-import").click().run()
    assert office.get("甲院")["beds"] == 20
    page.button(key="import-rest").click().run()
    assert not page.exception
    assert "正在处理：乙村.csv" in texts(page)
    assert "认出 2 列" in texts(page)
    office.close()


def _back(store) -> bytes:
    """The template of the village with other beds, and beside it a list of another one's own."""
    stream = io.BytesIO()
    sent = zipfile.ZipFile(io.BytesIO(templates_by_village(store, SYSTEM, "institutions").content))
    with zipfile.ZipFile(stream, "w") as target:
        name = next(one for one in sent.namelist() if "演示一村" in one)
        book = openpyxl.load_workbook(io.BytesIO(sent.read(name)))
        head = [cell.value for cell in book["填写"][1]]
        book["填写"].cell(2, head.index("床位数") + 1).value = 20
        edited = io.BytesIO()
        book.save(edited)
        target.writestr(name, edited.getvalue())
        target.writestr("乙村.csv", "机构名称,床位数\n乙院,5\n")
    return stream.getvalue()
