"""The file that goes back to its sender: comments where something is wrong, nothing else new."""

from __future__ import annotations

import io
from pathlib import Path

import openpyxl
import pytest
from openpyxl.comments import Comment
from python_calamine import CalamineWorkbook

from ledger.domain.access import SYSTEM
from ledger.domain.errors import Invalid
from ledger.exchange.importing.imports import check
from ledger.exchange.importing.marked_up import marked_up
from ledger.exchange.reading.mapping import FileMapping
from ledger.storage import Store
from tests.ledger.sheets import text_table, workbook

MAPPING = FileMapping(columns={"name": "机构名称"})
ROWS = [("机构名称", "床位数"), ("甲院", 10), ("乙院", "许多"), ("丙院", "约30张")]


def comments(content: bytes, sheet: int = 0) -> dict[str, str]:
    """Every comment by its cell."""
    page = openpyxl.load_workbook(io.BytesIO(content)).worksheets[sheet]
    return {c.coordinate: c.comment.text for row in page.iter_rows() for c in row if c.comment}


def cells(content: bytes, sheet: int = 0) -> list[list[object]]:
    """The cells as the importer reads them."""
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    return book.get_sheet_by_index(sheet).to_python(skip_empty_area=False)


def test_problems_are_comments_on_their_cells(store: Store, tmp_path: Path) -> None:
    path = workbook(tmp_path / "来文.xlsx", ROWS, sheets={"另一张": [["=1+1"]]})
    book = openpyxl.load_workbook(path)
    page = book.worksheets[0]
    page["B4"].comment = Comment("村里写的", "村")
    page["A1"].font = openpyxl.styles.Font(bold=True, color="FF0000")
    page.column_dimensions["A"].width = 33
    book.save(path)
    before = path.read_bytes()
    marked = marked_up(path, check(store, SYSTEM, "institutions", path, mapping=MAPPING))
    said = comments(marked.content)
    assert set(said) == {"B3", "B4"}
    assert said["B3"].startswith("【不能导入】")
    assert said["B4"].startswith("村里写的\n【请核对】")
    assert (marked.filename, marked.comments) == ("来文_标注.xlsx", 2)
    assert path.read_bytes() == before, "the file itself stays"
    assert cells(marked.content) == cells(before)
    assert cells(marked.content, 1) == cells(before, 1)
    page = openpyxl.load_workbook(io.BytesIO(marked.content)).worksheets[0]
    assert (page["A1"].font.bold, page.column_dimensions["A"].width) == (True, 33)


def test_a_merged_cell_is_marked_where_it_begins(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    book = openpyxl.Workbook()
    for row in [("机构名称", "所属区域"), ("甲院", "没有的村"), ("乙院", None)]:
        book.active.append(row)
    book.active.merge_cells("B2:B3")
    book.save(path)
    marked = marked_up(path, check(store, SYSTEM, "institutions", path, mapping=MAPPING))
    assert set(comments(marked.content)) == {"B2"}


def test_a_text_table_goes_back_as_a_workbook(store: Store, tmp_path: Path) -> None:
    path = text_table(tmp_path / "来文.csv", [*ROWS, ("=院", "5")], "gb18030")
    marked = marked_up(path, check(store, SYSTEM, "institutions", path, mapping=MAPPING))
    assert marked.filename == "来文_标注.xlsx"
    assert "B3" in comments(marked.content)
    assert [row[0] for row in cells(marked.content)] == ["机构名称", "甲院", "乙院", "丙院", "=院"]
    (tmp_path / marked.filename).write_bytes(marked.content)
    again = check(store, SYSTEM, "institutions", tmp_path / marked.filename, mapping=MAPPING)
    assert again.blocked == {3}


def test_nothing_to_say_or_too_much(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    good = workbook(tmp_path / "a.xlsx", ROWS[:2])
    with pytest.raises(Invalid, match="没有需要标注"):
        marked_up(good, check(store, SYSTEM, "institutions", good, mapping=MAPPING))
    monkeypatch.setattr("ledger.exchange.importing.marked_up._MOST_CELLS", 4)
    bad = workbook(tmp_path / "b.xlsx", ROWS)
    with pytest.raises(Invalid, match="问题清单"):
        marked_up(bad, check(store, SYSTEM, "institutions", bad, mapping=MAPPING))
