"""An Excel error is never a blank: the row is refused with its cell, and nothing is changed."""

from __future__ import annotations

import struct
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlsxwriter

from ledger.domain.access import SYSTEM
from ledger.exchange.importing.imports import check
from ledger.exchange.reading import error_cells
from ledger.exchange.reading.tables_in import read_sheet
from ledger.exchange.writing.exports import export_to
from ledger.records import service as records
from ledger.storage import Store
from tests.ledger.exchange.reading.test_other_formats import cell, line, ods
from tests.ledger.exchange.taking import stored, take
from tests.ledger.sheets import fingerprint, text_table

HEAD = ("机构名称", "床位数", "被投诉举报", "备注")
CODES = ("#N/A", "#REF!", "#DIV/0!", "#NAME?", "#VALUE!", "#NUM!", "#NULL!", "#SPILL!", "#CALC!")
FORMULA = "=VLOOKUP(A2,X1:Y9,2,0)"


def with_formulas(path: Path, rows: list[list[Any]], results: dict[tuple[int, int], Any]) -> Path:
    """A workbook whose second sheet holds the rows, and formulas with these saved results."""
    with xlsxwriter.Workbook(str(path)) as book:
        book.add_worksheet("说明").write(0, 0, "请如实填写")
        sheet = book.add_worksheet("甲&乙")
        for at, row in enumerate([HEAD, *rows]):
            sheet.write_row(at, 0, row)
        for (at, column), result in results.items():
            sheet.write_formula(at, column, FORMULA, None, result)
    return path


@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize(("column", "label"), list(enumerate(HEAD)))
def test_a_row_with_an_error_is_refused_with_its_cell(
    store: Store, tmp_path: Path, code: str, column: int, label: str
) -> None:
    rows: list[list[Any]] = [["甲院", 3, "是", "x"], ["乙院", 4, "否", ""]]
    path = with_formulas(tmp_path / "a.xlsx", rows, {(1, column): code})
    before = fingerprint(store)
    report = take(store, path)
    (problem,) = report.problems
    assert (problem.row, problem.column) == (2, label)
    assert f"公式出错({code})，请改正公式或直接填写" in problem.message
    assert fingerprint(store) == before
    # Row 3, the sound one, waits for a person's word, on the page as on the command line.
    checked = check(store, SYSTEM, "institutions", path)
    assert (set(checked.blocked), set(checked.new)) == ({2}, {3})
    (found,) = [item for item in checked.findings.kept if item.blocks]
    assert (found.row, found.was) == (2, code)


def test_an_error_does_not_clear_a_fact_of_a_workbook_that_came_back(
    store: Store, tmp_path: Path
) -> None:
    values = {"number": "J-1", "name": "甲院", "complained": True}
    records.create(store, SYSTEM, "institutions", values)
    path = tmp_path / "out.xlsx"
    export_to(store, SYSTEM, "institutions", path)
    book = openpyxl.load_workbook(path)
    sheet = book.worksheets[0]
    at = [item.value for item in sheet[1]].index("被投诉举报") + 1
    sheet.cell(2, at).value = "#N/A"
    sheet.cell(2, at).data_type = "e"
    book.save(path)
    report = take(store, path)
    (problem,) = report.problems
    assert (problem.row, problem.column, report.rejected) == (2, "被投诉举报", 1)
    assert stored(store)["J-1"]["complained"] is True


def test_a_formula_that_was_never_worked_out_is_doubtful(store: Store, tmp_path: Path) -> None:
    rows: list[list[Any]] = [["甲院", 3, "是", ""], ["乙院", "", "", ""]]
    path = with_formulas(tmp_path / "a.xlsx", rows, {(2, 2): ""})
    strip_result(path, "C3")
    report = take(store, path)
    doubts = [(note.row, note.column) for note in report.notes if not note.sure and note.row]
    assert doubts == [(3, "被投诉举报")]
    assert [row["complained"] for row in stored(store).values()] == [True, None]


def test_rows_that_hold_nothing_but_errors_are_left_out(store: Store, tmp_path: Path) -> None:
    filled_down = {(at, column): "#N/A" for at in range(2, 6) for column in (1, 2)}
    path = with_formulas(tmp_path / "a.xlsx", [["甲院", 3, "是", ""]], filled_down)
    report = take(store, path)
    assert (report.read, report.created, report.rejected) == (1, 1, 0)
    assert [item.row for item in report.left_out] == [3, 4, 5, 6]


def strip_result(path: Path, reference: str) -> None:
    """A formula as programs write it that do not work it out: without a result."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name).decode() for name in archive.namelist()}
    name = "xl/worksheets/sheet2.xml"
    before, _, rest = parts[name].partition(f'<c r="{reference}"')
    formula, _, after = rest[rest.index("<f>") :].partition("</f>")
    parts[name] = f'{before}<c r="{reference}">{formula}</f>{after[after.index("</c>") :]}'
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, held in parts.items():
            archive.writestr(name, held)


def test_an_open_document_tells_its_errors(store: Store, tmp_path: Path) -> None:
    failed = ' table:formula="of:=1/0"'
    rows = [
        line(*map(cell, HEAD)),
        line(cell("甲院"), cell("#DIV/0!", failed), cell("是"), cell("")),
        line(cell("乙院"), cell("Err:502", failed + ' table:number-columns-repeated="2"')),
        line(cell("丙院"), cell(3), cell("是"), cell("问：#N/A 是什么？")),
    ]
    report = take(store, ods(tmp_path / "a.ods", rows))
    assert [(p.row, p.column) for p in report.problems] == [
        (2, "床位数"),
        (3, "床位数"),
        (3, "被投诉举报"),
    ]


def record(kind: int, data: bytes) -> bytes:
    return struct.pack("<HH", kind, len(data)) + data


def test_errors_of_an_old_workbook_are_those_of_the_sheet(monkeypatch: pytest.MonkeyPatch) -> None:
    """[MS-XLS] by hand: two sheets, a formula that failed, a constant error, a truth, a number."""
    failed = struct.pack("<HHH", 7, 2, 15) + b"\x02\x00\x17\x00\x00\x00\xff\xff" + bytes(8)
    number = struct.pack("<HHHd", 8, 2, 15, 2.0) + bytes(8)
    constant, truth = struct.pack("<HHHBB", 9, 0, 0, 0x2A, 1), struct.pack("<HHHBB", 9, 1, 0, 1, 0)
    first = (
        record(0x809, b"") + record(0x205, struct.pack("<HHHBB", 1, 1, 0, 7, 1)) + record(10, b"")
    )
    second = b"".join(record(0x06, data) for data in (failed, number))
    second += record(0x205, constant) + record(0x205, truth) + record(10, b"")
    size = 2 * (4 + 8) + 4
    globals_ = b"".join(
        record(0x85, struct.pack("<IHH", at, 0, 0)) for at in (size, size + len(first))
    )
    monkeypatch.setattr(
        error_cells, "stream_of", lambda *_: globals_ + record(10, b"") + first + second
    )
    assert error_cells._in_binary(b"", 0) == {(1, 1): "#DIV/0!"}
    assert error_cells._in_binary(b"", 1) == {(7, 2): "#REF!", (9, 0): "#N/A"}


def test_errors_in_a_text_table_and_numbers_too_wide_are_refused(
    store: Store, tmp_path: Path
) -> None:
    rows = [HEAD, ("甲院", "#####", "是", ""), ("乙院", 3, "#N/A", ""), ("丙院", 3, "是", "#1楼")]
    report = take(store, text_table(tmp_path / "a.csv", rows))
    assert [(p.row, p.column) for p in report.problems] == [(2, "床位数"), (3, "被投诉举报")]


def test_a_cell_at_the_edge_of_a_chunk_is_found(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    rows = [[f"{at}号院", at, "是", "x" * 50] for at in range(40)]
    path = with_formulas(tmp_path / "a.xlsx", rows, {(at, 2): "#N/A" for at in range(1, 41)})
    for size in (300, 311, 4_000):
        monkeypatch.setattr(error_cells, "_CHUNK", size)
        found = [row[2] for row in read_sheet(path, "甲&乙").rows[1:]]
        assert found == ["#N/A"] * 40


def test_the_picture_of_a_cell_is_doubtful(store: Store, tmp_path: Path) -> None:
    rows = [HEAD, ("甲院", 3, "是", '=DISPIMG("ID_5BA4",1)')]
    report = take(store, text_table(tmp_path / "a.csv", rows))
    assert [(n.row, n.column, n.sure) for n in report.notes] == [(2, "备注", False)]
    assert [row["remarks"] for row in stored(store).values()] == [None]
