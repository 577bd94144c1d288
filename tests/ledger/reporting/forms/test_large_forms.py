"""Forms that cost too much once: the work for a cell, a row or a table is bounded."""

from __future__ import annotations

from pathlib import Path

import pytest
from docx import Document
from docx.oxml.table import CT_Tc

from ledger.domain.errors import Invalid
from ledger.exchange.reading.markup_tables import page_tables
from ledger.reporting.forms import form_workbook
from ledger.reporting.forms.filled import FilledCell
from ledger.reporting.forms.form_document import DocumentForm
from ledger.reporting.forms.form_files import WorkbookForm
from ledger.reporting.forms.form_grid import FormCell, FormGrid
from ledger.reporting.forms.form_rows import header_end
from ledger.reporting.forms.workbook_parts import WorkbookParts, tag
from tests.ledger.reporting.forms.drawn import Drawn

ROWS = 40


@pytest.fixture
def document(tmp_path: Path) -> Path:
    """Many paragraphs, then a table whose first column is one cell, then a second table."""
    made = Document()
    for number in range(300):
        made.add_paragraph(f"第{number}段")
    table = made.add_table(ROWS, 2)
    table.cell(0, 0).merge(table.cell(ROWS - 1, 0)).text = "类别"
    made.add_paragraph("两表之间")
    made.add_table(2, 2).cell(0, 0).text = "第二张"
    made.save(str(tmp_path / "表.docx"))
    return tmp_path / "表.docx"


def test_a_cell_merged_over_rows_is_followed_once(
    document: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """python-docx goes up to its first row from every row of it: their number squared."""
    monkeypatch.setattr(CT_Tc, "_tc_above", property(lambda _: pytest.fail("went up")))
    form = DocumentForm(document)
    grid = form.grids()[0]
    assert grid.merged == ((0, 0, ROWS - 1, 0),)
    assert (grid.at(0, 0).text, grid.at(7, 0).text) == ("类别", "")
    form.write(FilledCell(0, (ROWS - 1, 1), "", "", 5))
    assert form.grids()[0].at(ROWS - 1, 1).text == "5"
    form.add_rows(0, ROWS - 1, 2)
    assert len(form.grids()[0].rows) == ROWS + 2


def test_of_a_long_document_a_table_has_what_is_near_and_how_it_opens(document: Path) -> None:
    first, second = DocumentForm(document).grids()
    assert first.above[:2] == ("第299段", "第298段")
    assert second.above[:2] == ("两表之间", "第299段")
    assert "第0段" in second.above
    assert len(second.above) < 100


def test_far_too_many_merged_cells_are_refused_before_they_are_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = (
        Drawn("报表")
        .rows(("项目", "数量"), (None, None))
        .merge("A1:B1", "A3:B3")
        .save(tmp_path / "表.xlsx")
    )
    assert WorkbookForm(path).grids()
    monkeypatch.setattr(form_workbook, "_MOST_MERGED", 1)
    monkeypatch.setattr(form_workbook, "workbook_in", lambda _: pytest.fail("was read"))
    with pytest.raises(Invalid, match="有 2 处合并单元格"):
        WorkbookForm(path).grids()


def test_a_header_asks_for_the_merged_cells_of_its_own_rows(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[int] = []
    rows = [[FormCell(f"{row}{at}") for at in "甲乙丙"] for row in range(50)]
    merged = tuple((row, 0, row, 1) for row in range(50))
    beginning = FormGrid.beginning

    def noted(grid: FormGrid, row: int) -> tuple[tuple[int, int, int, int], ...]:
        asked.append(row)
        return beginning(grid, row)

    monkeypatch.setattr(FormGrid, "beginning", noted)
    assert header_end(FormGrid("表", rows, merged), 20) == 23
    assert set(asked) <= {20, 21, 22, 23}


def test_rows_of_a_sheet_are_found_by_number(tmp_path: Path) -> None:
    """A list wrote each of its cells by looking through all rows above it."""
    path = Drawn("报表").rows(("项目", "数量"), (None, None)).save(tmp_path / "表.xlsx")
    parts = WorkbookParts(path.read_bytes())
    for row in (9, 4, 30):
        parts.write("表", row, 1, row)
    parts.write("表", 2, 0, "甲")
    lines = parts.sheet("表").find(tag("sheetData"))
    assert [int(one.get("r")) for one in lines] == [1, 2, 3, 5, 10, 31]
    assert [cell.get("r") for cell in lines[2]] == ["A3", "B3"]


def test_cells_of_a_page_that_reach_far_cost_their_columns() -> None:
    """A page with cells over 2,000 rows and 100 columns held each place of them."""
    cell = '<td rowspan="2000" colspan="100">大</td>'
    (grid,) = page_tables(f"<table><tr>{cell}<td>右</td></tr><tr><td>下</td></tr></table>".encode())
    assert grid.rows[0][100] == "右"
    assert grid.rows[1][100] == "下"
