"""What is not filled stays as it came: parts of the file, formulas, merged cells, lists, prints."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import openpyxl
import pytest
from openpyxl.drawing.image import Image
from openpyxl.formatting.rule import CellIsRule
from openpyxl.worksheet.datavalidation import DataValidation
from PIL import Image as Picture

from ledger.reporting.forms.inserted_rows import insert_rows, moved_formula, moved_ranges
from ledger.reporting.forms.workbook_parts import WorkbookParts
from tests.ledger.reporting.forms.drawn import Drawn


def parts_of(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


@pytest.fixture
def book(tmp_path: Path) -> bytes:
    """A table of three rows with everything around it."""
    form = Drawn("标题", name="表").rows(("镇", "数", "比"))
    form.rows((None, None, "=B3*2"), (None, None, "=B4*2"), ("合计", "=SUM(B3:B4)", "=SUM(C3:C4)"))
    form.rows(("说明：一",), framed=False).merge("A6:C6")
    sheet = form.sheet
    choose = DataValidation("list", formula1='"是,否"')
    choose.add("A3:A4")
    sheet.add_data_validation(choose)
    sheet.conditional_formatting.add("B3:B4", CellIsRule("greaterThan", ["5"]))
    sheet.print_area = "A1:C6"
    sheet.print_title_rows = "1:2"
    sheet.row_dimensions[4].height = 33
    other = form.book.create_sheet("别处")
    other["A1"] = "=SUM(表!B3:B4)+表!B5"
    dot = io.BytesIO()
    Picture.new("RGB", (4, 4)).save(dot, "png")
    sheet.add_image(Image(dot), "A8")
    return form.save(tmp_path / "book.xlsx").read_bytes()


def test_added_rows_look_like_the_last_and_move_what_is_below(book: bytes) -> None:
    parts = WorkbookParts(book)
    insert_rows(parts, "表", 3, 2)
    sheet = openpyxl.load_workbook(io.BytesIO(parts.saved()))["表"]
    assert [sheet.cell(row, 1).value for row in (5, 6, 7, 8)] == [None, None, "合计", "说明：一"]
    assert (sheet["B7"].value, sheet["C7"].value) == ("=SUM(B3:B6)", "=SUM(C3:C6)")
    assert [sheet[f"C{row}"].value for row in (4, 5, 6)] == ["=B4*2", "=B5*2", "=B6*2"]
    assert [str(one) for one in sheet.merged_cells.ranges] == ["A8:C8"]
    assert str(sheet.data_validations.dataValidation[0].sqref) == "A3:A6"
    assert [str(one.sqref) for one in sheet.conditional_formatting] == ["B3:B6"]
    assert sheet.print_area == "'表'!$A$1:$C$8"
    assert sheet.print_title_rows == "$1:$2"
    assert sheet.row_dimensions[6].height == 33
    assert sheet["A6"].border.left.style == "thin"
    assert sheet._images[0].anchor._from.row == 9
    assert sheet.parent["别处"]["A1"].value == "=SUM(表!B3:B6)+表!B7"


def test_writing_a_cell_leaves_all_other_parts_as_they_were(book: bytes) -> None:
    parts = WorkbookParts(book)
    parts.write("表", 2, 1, 12)
    parts.write("表", 2, 0, "甲 & 乙")
    parts.write("表", 3, 1, 0.125, "0.0%")
    before, after = parts_of(book), parts_of(parts.saved())
    told = {"xl/worksheets/sheet1.xml", "xl/styles.xml", "xl/workbook.xml"}
    assert {name for name in before if before[name] != after[name]} <= told | {
        "xl/worksheets/sheet2.xml"  # its formulas keep no old result
    }
    sheet = openpyxl.load_workbook(io.BytesIO(parts.saved()))["表"]
    assert (sheet["B3"].value, sheet["A3"].value) == (12, "甲 & 乙")
    assert (sheet["B4"].number_format, sheet["B4"].border.left.style) == ("0.0%", "thin")
    assert sheet["B3"].number_format == "General"


def test_a_further_sheet_is_appended(book: bytes) -> None:
    parts = WorkbookParts(book)
    assert parts.add_sheet("数据来源", [["甲", 1], [], ["乙"]], [10, 20]) == "数据来源"
    assert parts.add_sheet("数据来源", [["丙"]], [10]) == "数据来源2"
    found = openpyxl.load_workbook(io.BytesIO(parts.saved()))
    assert found.sheetnames == ["表", "别处", "数据来源", "数据来源2"]
    assert [cell.value for cell in found["数据来源"][1]] == ["甲", 1]


@pytest.mark.parametrize(
    ("formula", "moved"),
    [
        ("=SUM(C5:C12)", "=SUM(C5:C15)"),
        ("=SUM($C$5:$C$12)+C13", "=SUM($C$5:$C$15)+C16"),
        ("=C5+D5", "=C5+D5"),
        ('=IF(E13=0,"",ROUND(F13/E13*100,1))', '=IF(E16=0,"",ROUND(F16/E16*100,1))'),
        ("=SUM(别表!C5:C12)", "=SUM(别表!C5:C12)"),
        ("=SUM('表'!C5:C12)", "=SUM('表'!C5:C15)"),
        ("=SUM(C:C)", "=SUM(C:C)"),
    ],
)
def test_formulas_after_three_rows_were_added_behind_row_twelve(formula: str, moved: str) -> None:
    assert moved_formula(formula, "表", "表", 12, 3) == moved


def test_ranges_that_end_with_the_table_reach_over_new_rows() -> None:
    assert moved_ranges("A5:B12 D3 C13:C14 A1:A20", 12, 3) == "A5:B15 D3 C16:C17 A1:A23"
