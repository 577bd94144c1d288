"""The empty workbook that goes out to be filled in."""

from __future__ import annotations

import io
from pathlib import Path

import openpyxl
import pytest

from ledger.domain.access import SYSTEM
from ledger.domain.errors import Invalid
from ledger.domain.ledgers import AREAS, INSTITUTIONS, PETITIONS
from ledger.exchange.importing.imports import import_file
from ledger.exchange.writing.templates import template
from ledger.storage import Store


@pytest.fixture(scope="module")
def book() -> openpyxl.Workbook:
    """The template of the institutions as Excel would open it."""
    return openpyxl.load_workbook(io.BytesIO(template(INSTITUTIONS)))


def test_every_editable_column_has_its_place(book: openpyxl.Workbook) -> None:
    header = [cell.value for cell in book["填写"][1]]
    assert len(header) == len(INSTITUTIONS.editable)
    assert "*机构名称" in header
    assert "押金(元)" in header
    assert not any("风险等级" in str(text) for text in header)


def test_choices_drop_down_and_numbers_are_bounded(book: openpyxl.Workbook) -> None:
    header = [cell.value for cell in book["填写"][1]]
    rules = {
        header[next(iter(rule.sqref.ranges)).min_col - 1]: rule
        for rule in book["填写"].data_validations.dataValidation
    }
    assert rules["许可备案情况"].formula1 == '"已许可,已备案,未许可未备案"'
    assert rules["涉嫌犯罪"].formula1 == '"是,否,不详"'
    assert (rules["纬度"].type, rules["纬度"].formula1, rules["纬度"].formula2) == (
        "decimal",
        "-90",
        "90",
    )
    assert (rules["床位数"].type, rules["床位数"].formula1) == ("whole", "0")
    assert all(rule.prompt for rule in rules.values())


def test_codes_are_typed_as_text(book: openpyxl.Workbook) -> None:
    header = [cell.value for cell in book["填写"][1]]
    letter = openpyxl.utils.get_column_letter(header.index("统一社会信用代码") + 1)
    assert book["填写"].column_dimensions[letter].width >= 20
    assert book["填写"].freeze_panes == "C2"


def test_the_guide_explains_every_column(book: openpyxl.Workbook) -> None:
    rows = list(book["填表说明"].iter_rows(values_only=True))
    explained = {row[0] for row in rows}
    assert {"机构名称", "押金(元)", "涉嫌犯罪"} <= explained
    use = next(row for row in rows if row[0] == "预收资金用途")
    assert "弥补设施建设资金不足" in str(use[2])


def test_a_filled_template_imports(store: Store, book: openpyxl.Workbook, tmp_path: Path) -> None:
    sheet = book["填写"]
    header = [cell.value for cell in sheet[1]]
    filled = {"*机构名称": "甲院", "许可备案情况": "已备案", "涉嫌犯罪": "否", "床位数": 8}
    for name, value in filled.items():
        sheet.cell(2, header.index(name) + 1, value)
    path = tmp_path / "filled.xlsx"
    book.save(path)
    report = import_file(store, SYSTEM, "institutions", path)
    assert (report.created, report.problems, report.ignored) == (1, (), ())


def test_headers_are_protected_and_data_cells_open(book: openpyxl.Workbook) -> None:
    sheet = book["填写"]
    assert sheet.protection.sheet
    assert sheet["A1"].protection.locked
    assert not sheet.column_dimensions["B"].protection.locked
    assert not sheet.protection.insertRows, "rows may be inserted (openpyxl: False is allowed)"
    assert sheet.print_title_rows == "$1:$1"
    assert sheet.page_setup.orientation == "landscape"


def test_dates_are_checked() -> None:
    book = openpyxl.load_workbook(io.BytesIO(template(PETITIONS)))
    header = [cell.value for cell in book["填写"][1]]
    rules = {
        header[next(iter(rule.sqref.ranges)).min_col - 1]: rule
        for rule in book["填写"].data_validations.dataValidation
    }
    assert rules["*登记日期"].type == "date"


def test_examples_are_left_out_even_when_copied(
    store: Store, book: openpyxl.Workbook, tmp_path: Path
) -> None:
    rows = [[cell.value for cell in row] for row in book["示例"].iter_rows()]
    number = [cell.value for cell in book["填写"][1]].index("编号")
    assert [row[number] for row in rows] == ["编号", "示例1", "示例2"]
    copied = openpyxl.load_workbook(io.BytesIO(template(INSTITUTIONS)))
    sheet = copied["填写"]
    for at, row in enumerate(rows[1:], start=2):
        for place, value in enumerate(row, start=1):
            sheet.cell(at, place, value)
    sheet.cell(4, rows[0].index("*机构名称") + 1, "甲院")
    copied.save(tmp_path / "copied.xlsx")
    report = import_file(store, SYSTEM, "institutions", tmp_path / "copied.xlsx")
    assert (report.read, report.created, report.rejected) == (1, 1, 0)


def test_areas_have_no_template() -> None:
    with pytest.raises(Invalid, match="边界文件"):
        template(AREAS)
