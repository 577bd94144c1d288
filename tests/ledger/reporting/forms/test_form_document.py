"""Forms in Word: the same as in Excel, in the look of the document."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from docx import Document
from docx.shared import Pt

from ledger.domain.access import SYSTEM
from ledger.domain.errors import Invalid
from ledger.domain.timing import clock
from ledger.records import service as records
from ledger.reporting.forms.filling import fill_form
from ledger.storage import Store
from tests.ledger.conftest import WEST_VILLAGE


def drawn(path: Path) -> Path:
    """A count by field with merged heads, and a list with one blank row."""
    book = Document()
    book.add_paragraph("信访情况月报表")
    book.add_paragraph("填报单位：甲云镇      填表人：")
    table = book.add_table(4, 4)
    for at, text in enumerate(("所属领域", "登记件数", "", "占比（%）")):
        table.cell(0, at).text = text
    for at, text in enumerate(("", "本月", "上月", "")):
        table.cell(1, at).text = text
    table.cell(2, 0).text, table.cell(3, 0).text = "农业农村", "其他"
    table.cell(2, 1).paragraphs[0].add_run("").font.size = Pt(8)
    for first, last in (((0, 0), (1, 0)), ((0, 1), (0, 2)), ((0, 3), (1, 3))):
        table.cell(*first).merge(table.cell(*last))
    book.add_paragraph("养老服务机构名单")
    table = book.add_table(2, 3)
    for at, text in enumerate(("序号", "机构名称", "床位数")):
        table.cell(0, at).text = text
    book.save(str(path))
    return path


def test_a_document_is_filled_like_a_workbook(store: Store, tmp_path: Path) -> None:
    for field in ("agriculture", "other", "other"):
        row = {"registered_on": clock.today(), "matter": "押金", "area_code": WEST_VILLAGE}
        records.create(store, SYSTEM, "petitions", {**row, "field": field})
    for name in ("甲院", "乙院"):
        home = {"name": name, "beds": 30, "area_code": WEST_VILLAGE}
        records.create(store, SYSTEM, "institutions", home)
    found = fill_form(store, SYSTEM, drawn(tmp_path / "月报.docx"))
    assert (found.suffix, found.area) == ("docx", "甲云镇")
    assert {one.message.partition("，")[2] for one in found.open} == {"没有2026年5月的数"}
    book = Document(io.BytesIO(found.content))
    counts, listed, sources, *_ = book.tables
    rows = [[cell.text for cell in row.cells] for row in counts.rows]
    assert rows[2:] == [["农业农村", "1", "", "33.3"], ["其他", "2", "", "66.7"]]
    assert counts.cell(2, 1).paragraphs[0].runs[0].font.size == Pt(8), "in the look of the cell"
    assert [[cell.text for cell in row.cells] for row in listed.rows] == [
        ["序号", "机构名称", "床位数"],
        ["1", "甲院", "30"],
        ["2", "乙院", "30"],
    ]
    assert sources.rows[0].cells[0].text == "工作表"
    assert any("数据来源" in one.text for one in book.paragraphs)


def test_a_document_without_a_table_is_refused(store: Store, tmp_path: Path) -> None:
    book = Document()
    book.add_paragraph("通知")
    book.save(str(tmp_path / "通知.docx"))
    with pytest.raises(Invalid, match="没有表格"):
        fill_form(store, SYSTEM, tmp_path / "通知.docx")
