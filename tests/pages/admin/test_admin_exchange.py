"""Import and export as a page: four steps, nothing is written before the last."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from streamlit.testing.v1 import AppTest

from ledger.domain.access import SYSTEM, Role
from ledger.exchange.importing.imports import check, import_file
from ledger.exchange.writing.exports import export
from ledger.records import service as records
from ledger.records.query import Selection
from ledger.records.service import search
from pages._ui import import_work
from pages.admin.exchange.import_state import Wizard
from tests.ledger.sheets import HEADER, ROWS, fingerprint, workbook
from tests.pages.admin_pages import Visit, keys, texts, visiting
from tests.pages.builders import WEST_VILLAGE, Office, build_office

SYSTEM_WORDS = "WGS84 或 CGCS2000(国家标准、GPS 设备)"
KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PLAIN = ("机构名称", "所属区域", "床位数", "备注栏")


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Office:
    """An office without records, to be copied: building one takes longer than a test."""
    path = tmp_path_factory.mktemp("empty") / "ledger.db"
    built = build_office(f"sqlite:///{path.as_posix()}")
    built.close()
    return built


@pytest.fixture
def office(empty: Office, tmp_path: Path) -> Iterator[Office]:
    built = empty.copy_to(tmp_path / "ledger.db")
    yield built
    built.close()


@pytest.fixture
def visit(monkeypatch: pytest.MonkeyPatch) -> Visit:
    # Work is waited for, so that a run of the page shows its end.
    monkeypatch.setattr(import_work, "PATIENCE_SECONDS", 60)
    return visiting("exchange", monkeypatch)


def _offer(page: AppTest, path: Path) -> AppTest:
    """Upload a file: the page says what it is."""
    page.file_uploader(key="import-file").upload(path.name, path.read_bytes(), KIND)
    return page.run()


def _press(page: AppTest, key: str) -> AppTest:
    return page.button(key=key).click().run()


def _checked(page: AppTest, path: Path) -> AppTest:
    """Through the first two steps, as proposed."""
    page = _offer(page, path)
    for box in page.selectbox:
        if box.key and box.key.startswith("import-crs"):
            box.select(SYSTEM_WORDS).run()
    page = _press(page, "import-next")
    return _press(page, "import-next")


def _wizard(page: AppTest) -> Wizard:
    found: Wizard = page.session_state["import-wizard"]
    return found


def _type(page: AppTest, was: str, **cells: Any) -> AppTest:
    """What the browser sends when somebody types into the line of a finding."""
    kept = _wizard(page)
    at = next(at for at, group in enumerate(kept.groups) if group.found.was == was)
    page.session_state[f"import-cells-{kept.generation}"] = {
        "edited_rows": {at: cells}, "added_rows": [], "deleted_rows": [],
    }  # fmt: skip
    return page.run()


def _names(office: Office) -> set[str]:
    who = office.actor(Role.OFFICE_STAFF)
    return {row["name"] for row in search(office.store, who, "institutions", Selection()).rows}


def test_a_good_file_goes_through_four_steps_and_back_whole(
    office: Office, visit: Visit, tmp_path: Path
) -> None:
    page = visit(office, Role.OFFICE_STAFF)
    before = fingerprint(office.store)
    page = _offer(page, workbook(tmp_path / "a.xlsx", [HEADER, *ROWS[:2]]))
    assert "表头在第 1 行" in texts(page)
    assert page.button(key="import-next").disabled, "positions without a system"
    page = _checked(page, tmp_path / "a.xlsx")
    assert not page.exception
    assert "新增 **2**" in texts(page)
    page = _press(page, "import-next")
    assert [(item.label, item.value) for item in page.metric][:2] == [("新增", "2"), ("更新", "0")]
    assert fingerprint(office.store) == before, "nothing is written before the last press"
    page = _press(page, "confirm-import")
    assert "新增 2 条" in texts(page)
    assert "confirm-import" not in keys(page)
    links = "".join(element.proto.body for element in page.get("html"))
    assert f"/institutions?of_batch.set={_wizard(page).batch}" in links
    assert _names(office) == {"甲院", "乙院"}
    page = _press(page, "import-undo")
    assert "请填写恢复原因" in texts(page)
    page.text_input(key="import-undo-why").input("导错了文件").run()
    page = _press(page, "import-undo")
    assert "已整批撤回，恢复 2 条" in texts(page)
    assert _names(office) == set()


def test_columns_are_corrected_named_and_remembered(
    office: Office, visit: Visit, tmp_path: Path
) -> None:
    rows = [(f"{name}院", at, "x", "演示一村") for at, name in enumerate("甲乙丙")]
    header = ("机构名称", "张数", "备注栏", "所属区域")
    path = workbook(tmp_path / "a.xlsx", [header, *rows])
    page = _press(_offer(visit(office, Role.OFFICE_STAFF), path), "import-next")
    assert "不使用的列：张数、备注栏" in texts(page)
    box = next(b for b in page.selectbox if b.label == "“张数”列在台账中是")
    box.select("beds").run()
    name = next(item for item in page.text_input if item.key and "import-name" in item.key)
    name.input("某村月报").run()
    page = _press(page, "import-next")
    assert "新增 **3**" in texts(page)
    again = _offer(visit(office, Role.OFFICE_STAFF), path)
    assert "记住的对照关系“某村月报”" in texts(again)
    again = _press(again, "import-next")
    assert "不使用的列：备注栏" in texts(again)


def test_a_missing_required_column_and_a_clash_are_said(
    office: Office, visit: Visit, tmp_path: Path
) -> None:
    path = workbook(tmp_path / "a.xlsx", [("机构名称", "床位数", "甲"), ("甲院", 1, 2)])
    page = _press(_offer(visit(office, Role.OFFICE_STAFF), path), "import-next")
    boxes = {box.label: box for box in page.selectbox}
    boxes["“机构名称”列在台账中是"].select("").run()
    assert "还没有对上必填的列：“机构名称”" in texts(page)
    boxes = {box.label: box for box in page.selectbox}
    boxes["“甲”列在台账中是"].select("beds").run()
    page = _press(page, "import-next")
    assert "都对应了“床位数”" in texts(page)
    assert _wizard(page).step == "columns"


def test_cells_are_corrected_in_place_and_checked_anew(
    office: Office, visit: Visit, tmp_path: Path
) -> None:
    rows = [
        PLAIN,
        ("甲院", "演示壹村", 10, ""),
        ("<b>乙</b>", "演示一村", "许多", ""),
        ("丙院", "演示一村", "许多", ""),
        ("丁院", "演示一村", "不清", ""),
    ]
    page = _checked(visit(office, Role.OFFICE_STAFF), workbook(tmp_path / "a.xlsx", rows))
    assert "有问题 **4**" in texts(page)
    assert _wizard(page).kind == "error"
    page = _type(page, "许多", 改为="33")
    assert page.button(key="import-next").disabled, "unchecked corrections"
    page = _press(page, "import-again")
    assert "有问题 **2**" in texts(page)
    page = _type(page, "不清", 不导入=True)
    page.pills(key=f"import-kind-{_wizard(page).batch}").select("place").run()
    area = next(box for box in page.selectbox if "演示壹村" in box.label)
    assert area.options[0].startswith("演示一村")
    area.select(WEST_VILLAGE).run()
    page = _press(page, "import-again")
    assert "有问题" not in texts(page)
    assert "您去掉了 1 行" in texts(page)
    page = _press(_press(page, "import-next"), "confirm-import")
    assert _names(office) == {"甲院", "<b>乙</b>", "丙院"}


def test_doubts_about_a_whole_column_are_said_and_not_asked_cell_by_cell(
    office: Office, visit: Visit, tmp_path: Path
) -> None:
    rows = [("机构名称", "所属区域", "x")]
    rows += [(f"{name}院", "演示一村", f"1380013800{at}") for at, name in enumerate("甲乙丙")]
    path = workbook(tmp_path / "a.xlsx", rows)
    page = _offer(visit(office, Role.OFFICE_STAFF), path)
    kept = _wizard(page)
    assert kept.arrival is not None
    assert kept.arrival.columns[2].why == "按内容看，请核对"
    # Without a settled mapping the doubt stays a finding of the check.
    checked = check(office.store, office.actor(Role.OFFICE_STAFF), "institutions", path)
    kept.checked, kept.step = checked, "check"
    page.run()
    assert not page.exception
    assert any("按内容看是“联系电话”" in item.value for item in page.warning)
    assert kept.groups == []


def test_rows_with_problems_stay_out_only_if_that_is_said(
    office: Office, visit: Visit, tmp_path: Path
) -> None:
    rows = [HEADER, ROWS[0], ("J-2", "<b>乙</b>", 127.07, 29.05, "许多"), ROWS[2]]
    page = _checked(visit(office, Role.OFFICE_STAFF), workbook(tmp_path / "a.xlsx", rows))
    # The third row lies in another township than this office's.
    assert "有问题 **2**" in texts(page)
    page = _press(page, "import-mark")
    assert page.session_state["import-marked"][1].comments == 2
    page = _press(page, "import-next")
    assert page.button(key="confirm-import").disabled
    page.checkbox(key="accept-valid").check().run()
    page = _press(page, "confirm-import")
    assert _names(office) == {"甲院"}


def test_a_ledger_that_changed_asks_for_another_check(
    office: Office, visit: Visit, tmp_path: Path
) -> None:
    path = workbook(tmp_path / "a.xlsx", [HEADER, ROWS[0]])
    page = _press(_checked(visit(office, Role.OFFICE_STAFF), path), "import-next")
    office.add("甲院", number="J-1", beds=3)
    page = _press(page, "confirm-import")
    assert "请重新检查" in texts(page)
    page = _press(page, "import-again")
    assert "更新 **1**" in texts(page)
    page = _press(_press(page, "import-next"), "confirm-import")
    assert office.get("甲院")["beds"] == 10


def test_a_return_is_settled_cell_by_cell(office: Office, visit: Visit, tmp_path: Path) -> None:
    one = office.add("甲院", beds=10, address="演示路1号")
    path = tmp_path / "回来.xlsx"
    who = office.actor(Role.OFFICE_STAFF)
    path.write_bytes(export(office.store, who, "institutions", Selection(), "xlsx").content)
    book = openpyxl.load_workbook(path)
    sheet = book.worksheets[0]
    header = next(row for row in sheet.iter_rows() if any(c.value == "床位数" for c in row))
    at = {str(cell.value): cell.column for cell in header}
    sheet.cell(header[0].row + 1, at["床位数"]).value = 11
    for name, value in (("机构名称", "甲院"), ("地址", "演示路1号"), ("所属区域", WEST_VILLAGE)):
        column = next(number for text, number in at.items() if text.startswith(name))
        sheet.cell(header[0].row + 2, column).value = value
    book.save(path)
    records.save(office.store, SYSTEM, "institutions", [records.Edit(one, 1, {"beds": 12})])
    page = _press(_offer(visit(office, Role.OFFICE_STAFF), path), "import-next")
    assert "等您选定 **2**" in texts(page)
    assert page.button(key="import-next").disabled
    (side,) = [radio for radio in page.radio if radio.key and "conflict" in radio.key]
    side.set_value("file").run()
    assert "更新 **1**" in texts(page)
    page.pills(key=f"import-kind-{_wizard(page).batch}").select("duplicate").run()
    (twin,) = [radio for radio in page.radio if radio.key and "twin" in radio.key]
    twin.set_value(False).run()
    assert "选定不导入 **1**" in texts(page)
    page = _press(_press(page, "import-next"), "confirm-import")
    assert "更新 1 条" in texts(page)
    assert office.get("甲院")["beds"] == 11
    assert len(_names(office)) == 1


def test_a_file_that_is_no_table_gets_one_message(
    office: Office, visit: Visit, tmp_path: Path
) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(b"PK\x03\x04 no workbook")
    page = _offer(visit(office, Role.OFFICE_STAFF), path)
    assert not page.exception
    assert len(page.error) == 1
    assert "已损坏" in page.error[0].value
    assert "import-next" not in keys(page)


def test_a_file_of_another_ledger_is_named(office: Office, visit: Visit, tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    office.add("甲院")
    who = office.actor(Role.OFFICE_STAFF)
    path.write_bytes(export(office.store, who, "institutions", Selection(), "xlsx").content)
    page = visit(office, Role.OFFICE_STAFF)
    page.selectbox(key="exchange-ledger").select("leads").run()
    page = _offer(page, path)
    assert "养老服务机构" in page.warning[0].value
    assert "import-next" not in keys(page)


def test_another_file_makes_the_old_one_void(office: Office, visit: Visit, tmp_path: Path) -> None:
    page = _offer(
        visit(office, Role.OFFICE_STAFF),
        workbook(
            tmp_path / "a.xlsx", [HEADER, ROWS[0]], sheets={"第二张": [HEADER, ROWS[1]], "空表": []}
        ),
    )
    (sheets,) = [box for box in page.selectbox if box.key and "import-sheet" in box.key]
    assert sheets.options == ["2 张一并导入：台账、第二张", "台账", "第二张", "空表"]
    sheets.select("第二张").run()
    assert _wizard(page).sheet == "第二张"
    (sheets,) = [box for box in page.selectbox if box.key and "import-sheet" in box.key]
    sheets.select("空表").run()
    assert "空表" in texts(page)
    assert page.button(key="import-next").disabled, "a sheet that cannot be read"
    page = _offer(page, workbook(tmp_path / "b.xlsx", [PLAIN, ("乙院", "演示一村", 5, "")]))
    assert _wizard(page).arrival.columns[1].name == "所属区域"
    assert _wizard(page).sheet == "台账"


def test_a_reloaded_page_says_what_was_lost(
    office: Office, visit: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = visit(office, Role.OFFICE_STAFF)
    for mark, words in (("open", "没有保留"), ("writing", "可能已经完成")):
        del page.session_state["import-wizard"]
        page.query_params["import"] = mark
        page.run()
        assert words in texts(page)
        page.run()
        assert words not in texts(page)


@pytest.mark.parametrize("role", list(Role))
def test_each_role_finds_what_it_may_do(office: Office, visit: Visit, role: Role) -> None:
    page = visit(office, role)
    assert not page.exception
    offered = {item.key for item in page.file_uploader}
    assert ("import-file" in offered) == (role is Role.OFFICE_STAFF)
    bodies = "".join(element.proto.body for element in page.get("html"))
    may_export = role in {Role.OFFICE_STAFF, Role.LEADER}
    assert ("/download/institutions.xlsx" in bodies) == may_export
    assert bool(page.warning) != may_export
    if may_export:
        assert 'method="post"' not in bodies, "institutions hold nothing protected"
        page.selectbox(key="exchange-ledger").select("leads").run()
        bodies = "".join(element.proto.body for element in page.get("html"))
        assert 'method="post"' not in bodies, "whole ledgers go out with stars only"
        said = any("筛选到 20 条以内" in one.value for one in page.caption)
        assert said == (role is Role.OFFICE_STAFF)


def test_what_is_typed_while_other_work_begins_is_kept(
    office: Office, visit: Visit, tmp_path: Path
) -> None:
    """The bar of longer work stands in place of the table, whose cells Streamlit then forgets."""
    page = _checked(
        visit(office, Role.OFFICE_STAFF),
        workbook(tmp_path / "a.xlsx", [PLAIN, ("甲院", "演示一村", "许多", "")]),
    )
    may_end = threading.Event()
    kept = _wizard(page)
    kept.work = import_work.Work("生成标注文件", lambda progress: may_end.wait(60))
    page = _type(page, "许多", 改为="25")
    assert not page.get("arrow_data_frame"), "the bar is there, the table is not"
    may_end.set()
    kept.work.wait(60)
    page = page.run()
    assert kept.typed == {(2, "beds"): "25"}
    assert "有 1 处修改还没有检查" in texts(page)
    assert kept.frame["改为"].tolist() == ["25"], "the table that comes back shows it"


def test_an_import_of_the_past_is_withdrawn_from_the_list(
    office: Office, visit: Visit, tmp_path: Path
) -> None:
    path = workbook(tmp_path / "一月.xlsx", [("机构名称", "所属区域"), ("甲院", "演示一村")])
    import_file(office.store, SYSTEM, "institutions", path)
    page = visit(office, Role.OFFICE_STAFF)
    bodies = "".join(element.proto.body for element in page.get("html"))
    assert "一月.xlsx" in bodies
    (chosen,) = [box for box in page.selectbox if box.label == "撤回哪一次"]
    chosen.select_index(0)
    (reason,) = [box for box in page.text_input if box.label == "为什么撤回(必填)"]
    reason.input("导错了")
    (press,) = [button for button in page.button if button.label == "整次撤回"]
    press.click().run()
    assert not page.exception
    assert "已撤回，恢复 1 条记录" in texts(page)
    assert search(office.store, SYSTEM, "institutions", Selection()).total == 0


def test_a_village_in_the_title_is_asked_about_once(
    office: Office, visit: Visit, tmp_path: Path
) -> None:
    rows = [["演示一村养老机构台账"], ["机构名称", "床位数"], ["甲院", 3]]
    page = _offer(visit(office, Role.OFFICE_STAFF), workbook(tmp_path / "a.xlsx", rows))
    page = _press(page, "import-next")
    assert page.button(key="import-next").disabled, "until somebody says so"
    (asked,) = [radio for radio in page.radio if "标题写的是“演示一村”" in radio.label]
    asked.set_value(WEST_VILLAGE).run()
    page = _press(page, "import-next")
    assert _wizard(page).mapping.constants == {"area_code": WEST_VILLAGE}
