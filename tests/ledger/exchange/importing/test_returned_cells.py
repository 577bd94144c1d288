"""Cells of a workbook that came back are understood as in any other file, and say how."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

from ledger.domain.access import SYSTEM
from ledger.exchange.importing.comparison_choices import Choices, Comparison
from ledger.exchange.importing.imports import check, import_file
from ledger.exchange.writing.exports import export_to
from ledger.records import service as records
from ledger.records.query import Selection
from ledger.storage import Store
from tests.ledger.conftest import EAST_SOUTH
from tests.ledger.exchange import taking

LEDGER = "institutions"


@pytest.fixture
def filled(store: Store) -> Store:
    """J-1 and J-2 with a position; what J-2 says looks like other things."""
    values = {"lon": 127.02, "lat": 29.05, "beds": 10, "kind": "养老院"}
    records.create(store, SYSTEM, LEDGER, {"number": "J-1", "name": "甲院", **values})
    odd = {"remarks": "/", "address": "A　 B路", "marketing": "无"}
    records.create(store, SYSTEM, LEDGER, {"number": "J-2", "name": "乙院", **values, **odd})
    return store


def came_back(store: Store, folder: Path, cells: dict[tuple[int, str], object]) -> Path:
    """The export with some cells overwritten: (record from 0, header) → what was typed."""
    path = folder / "out.xlsx"
    export_to(store, SYSTEM, LEDGER, path)
    book = openpyxl.load_workbook(path)
    sheet = book.worksheets[0]
    header = [cell.value for cell in sheet[1]]
    for (at, label), typed in cells.items():
        sheet.cell(at + 2, header.index(label) + 1).value = typed  # type: ignore[union-attr]
    book.save(path)
    return path


def compared(store: Store, path: Path) -> Comparison:
    return taking.came_back(store, path, ledger=LEDGER)


def stored(store: Store, number: str) -> dict[str, object]:
    rows = records.search(store, SYSTEM, LEDGER, Selection()).rows
    return next(dict(row) for row in rows if row["number"] == number)


# Header, what was typed, the ledger's key, what it is taken for, and whether that is sure
# (None: plain enough to need no word).
TYPED = [
    ("押金(元)", "3万元", "prepaid_deposit", 30_000.0, True),
    ("床位数", "约20张", "beds", 20, False),
    ("床位数", "２０", "beds", 20, None),
    ("资金存管", "✓", "custody", True, None),
    ("预收资金用途", "无", "prepaid_use", "none", None),
    ("备注", "—", "remarks", "无", True),
    ("经度", "127°01′30″", "lon", 127.025, True),
    ("地址", "演示路１号", "address", "演示路1号", True),
]


@pytest.mark.parametrize(("header", "typed", "key", "value", "sure"), TYPED)
def test_a_cell_is_understood_with_a_note(
    filled: Store,
    tmp_path: Path,
    header: str,
    typed: str,
    key: str,
    value: object,
    sure: bool | None,
) -> None:
    checked = check(filled, SYSTEM, LEDGER, came_back(filled, tmp_path, {(0, header): typed}))
    found = taking.compared(checked)
    (row,) = found.rows
    assert row.problems == ()
    assert {cell.key: cell.file for cell in row.cells} == {key: value}
    noted = [(note.row, note.column, note.key, note.was, note.sure) for note in found.notes]
    assert noted == ([] if sure is None else [(2, header, key, typed, sure)])
    taking.take_over(filled, checked)
    assert stored(filled, "J-1")[key] == value


def test_what_nobody_touched_stays_to_the_letter(filled: Store, tmp_path: Path) -> None:
    found = compared(filled, came_back(filled, tmp_path, {}))
    assert (found.rows, found.notes) == ((), ())


def test_a_day_in_part_takes_the_year_of_the_file(store: Store, tmp_path: Path) -> None:
    values = {"number": "X-1", "registered_on": "2026-05-01", "matter": "咨询"}
    records.create(store, SYSTEM, "petitions", {**values, "area_code": EAST_SOUTH})
    path = tmp_path / "out.xlsx"
    export_to(store, SYSTEM, "petitions", path)
    book = openpyxl.load_workbook(path)
    sheet = book.worksheets[0]
    at = [cell.value for cell in sheet[1]].index("登记日期") + 1
    sheet.cell(2, at).value = "2026.5.6"
    book.save(path)
    found = taking.came_back(store, path, ledger="petitions")
    assert str(found.rows[0].cells[0].file) == "2026-05-06"


def test_a_new_row_and_the_report_say_how_cells_were_understood(
    filled: Store, tmp_path: Path
) -> None:
    typed = {(2, "机构名称"): "丙院", (2, "床位数"): "三十张", (2, "所属区域"): "演示二村村委会"}
    path = came_back(filled, tmp_path, typed)
    report = import_file(filled, SYSTEM, LEDGER, path)
    assert (report.created, report.rejected) == (1, 0)
    assert {(note.row, note.key) for note in report.notes} == {(4, "beds"), (4, "area_code")}
    (new,) = [
        row for row in records.search(filled, SYSTEM, LEDGER, Selection()).rows
        if row["name"] == "丙院"
    ]  # fmt: skip
    assert (new["beds"], new["area_code"]) == (30, EAST_SOUTH)


def test_a_required_cell_cannot_be_none(filled: Store, tmp_path: Path) -> None:
    found = compared(filled, came_back(filled, tmp_path, {(0, "机构名称"): "/"}))
    (problem,) = found.problems
    assert (problem.row, problem.column) == (2, "机构名称")
    assert "必须填写" in problem.message


# What was typed over the position of J-1, and the column that the problem names.
HALVES = [({"纬度": None}, "纬度"), ({"经度": None}, "经度"), ({"经度": "无"}, "经度")]


@pytest.mark.parametrize(("typed", "column"), HALVES)
def test_half_a_position_that_came_back_is_refused(
    filled: Store, tmp_path: Path, typed: dict[str, object], column: str
) -> None:
    path = came_back(filled, tmp_path, {(0, label): cell for label, cell in typed.items()})
    (problem,) = compared(filled, path).problems
    assert (problem.row, problem.column) == (2, column)
    assert "定不了位" in problem.message
    path = came_back(filled, tmp_path, {(2, "机构名称"): "丙院", (2, column): 29.05})
    (problem,) = compared(filled, path).problems
    assert (problem.row, "定不了位" in problem.message) == (4, True)
    path = came_back(filled, tmp_path, {(0, "经度"): None, (0, "纬度"): None})
    assert compared(filled, path).problems == ()


def test_an_area_against_the_position_is_told_and_counts_as_no_change(
    filled: Store, tmp_path: Path
) -> None:
    """What the check announces is what is written: the position decides."""
    path = came_back(filled, tmp_path, {(0, "所属区域"): EAST_SOUTH})
    found = check(filled, SYSTEM, LEDGER, path)
    assert (found.changed, found.outcome(Choices()).unchanged) == (frozenset(), 2)
    assert [one.kind for one in found.findings.kept] == ["place"]
    report = import_file(filled, SYSTEM, LEDGER, path)
    assert (report.updated, report.unchanged) == (0, 2)
