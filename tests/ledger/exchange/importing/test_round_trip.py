"""A workbook goes out, both sides change things, it comes back: nothing is undone."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from ledger.domain.access import SYSTEM, Actor
from ledger.domain.columns import ColumnType
from ledger.domain.errors import Invalid, Outdated
from ledger.domain.ledgers import ledger_named
from ledger.exchange.importing.comparison_choices import Choices
from ledger.exchange.importing.imports import check, import_file
from ledger.exchange.importing.round_trip import read_back
from ledger.exchange.reading.mapping import FileMapping
from ledger.exchange.writing import fingerprints
from ledger.exchange.writing.exports import export
from ledger.records import service as records
from ledger.records.history import chain_check
from ledger.records.putting_back import put_back_save
from ledger.records.query import Selection
from ledger.storage import Store
from tests.ledger.conftest import EAST_SOUTH, WEST_GRID
from tests.ledger.exchange.taking import came_back, compared, take_over
from tests.log_entries import recent

Change = Callable[[Worksheet], None]
BY_NUMBER = Selection(sort=(("number", False),))


@pytest.fixture
def filled(store: Store) -> Store:
    """Three institutions: J-1 and J-2 in the west, J-3 in the east."""
    for number, lon in (("J-1", 127.02), ("J-2", 127.07), ("J-3", 127.15)):
        values = {"number": number, "name": f"{number}院", "lon": lon, "lat": 29.02, "beds": 10}
        values |= {"kind": "养老院", "address": f"演示路{number[-1]}号", "complained": True}
        records.create(store, SYSTEM, "institutions", values)
    return store


def send(store: Store, path: Path, change: Change | None = None, who: Actor = SYSTEM) -> Path:
    """Export everything the actor sees, and let somebody change the file in Excel."""
    content = export(store, who, "institutions", BY_NUMBER, "xlsx").content
    book = openpyxl.load_workbook(io.BytesIO(content))
    if change is not None:
        change(book.worksheets[0])
    book.save(path)
    return path


def put(number: str, header: str, value: object) -> Change:
    """Write into one cell, found by 编号 and header."""

    def change(sheet: Worksheet) -> None:
        sheet.cell(row_of(sheet, number), column_of(sheet, header)).value = value

    return change


def column_of(sheet: Worksheet, header: str) -> int:
    return [cell.value for cell in sheet[3]].index(header) + 1


def row_of(sheet: Worksheet, number: str) -> int:
    at = column_of(sheet, "编号")
    return next(row for row in range(4, sheet.max_row + 1) if sheet.cell(row, at).value == number)


def edit(store: Store, number: str, **values: Any) -> None:
    row = record(store, number)
    records.save(store, SYSTEM, "institutions", [records.Edit(row["id"], row["version"], values)])


def record(store: Store, number: str) -> dict[str, Any]:
    rows = records.search(store, SYSTEM, "institutions", BY_NUMBER).rows
    return next(row for row in rows if row["number"] == number)


def test_an_untouched_workbook_changes_nothing(filled: Store, tmp_path: Path) -> None:
    found = came_back(filled, send(filled, tmp_path / "a.xlsx"))
    assert (found.read, found.counts["unchanged"], found.rows) == (3, 3, ())
    report = import_file(filled, SYSTEM, "institutions", tmp_path / "a.xlsx")
    assert (report.unchanged, report.updated, report.problems) == (3, 0, ())


def test_each_of_the_five_states(filled: Store, tmp_path: Path) -> None:
    def change(sheet: Worksheet) -> None:
        put("J-1", "床位数", 11)(sheet)
        put("J-2", "床位数", 12)(sheet)
        put("J-2", "机构类型", "敬老院")(sheet)
        put("J-3", "床位数", 13)(sheet)

    path = send(filled, tmp_path / "a.xlsx", change)
    edit(filled, "J-1", remarks="台账新写")
    edit(filled, "J-2", beds=12)
    edit(filled, "J-3", beds=31, address="新址")
    states = {
        row.number: {cell.key: str(cell.state) for cell in row.cells}
        for row in came_back(filled, path).rows
    }
    assert states == {
        "J-1": {"beds": "theirs", "remarks": "ours"},
        "J-2": {"beds": "agreed", "kind": "theirs"},
        "J-3": {"beds": "conflict", "address": "ours"},
    }


def test_a_conflict_names_row_and_column_and_stops_everything(
    filled: Store, tmp_path: Path
) -> None:
    def change(sheet: Worksheet) -> None:
        put("J-1", "床位数", 11)(sheet)
        put("J-2", "床位数", 12)(sheet)

    path = send(filled, tmp_path / "a.xlsx", change)
    edit(filled, "J-2", beds=20)
    report = import_file(filled, SYSTEM, "institutions", path)
    assert (report.written, report.rejected) == (False, 1)
    (problem,) = report.problems
    assert (problem.row, problem.column) == (5, "床位数")
    assert "导出时“10”，台账现为“20”，文件中为“12”" in problem.message
    assert record(filled, "J-1")["beds"] == 10
    report = import_file(filled, SYSTEM, "institutions", path, accept_valid=True)
    assert (report.updated, report.rejected, report.unchanged) == (1, 1, 1)
    assert [record(filled, number)["beds"] for number in ("J-1", "J-2")] == [11, 20]


def test_conflicts_are_settled_cell_by_cell_and_put_back_whole(
    filled: Store, tmp_path: Path
) -> None:
    def change(sheet: Worksheet) -> None:
        for number in ("J-1", "J-2"):
            put(number, "床位数", 99)(sheet)
            put(number, "机构类型", "公寓")(sheet)
        sheet.append([None] * 60)
        put("J-3", "备注", "文件")(sheet)

    path = send(filled, tmp_path / "a.xlsx", change)
    edit(filled, "J-1", beds=20)
    edit(filled, "J-2", beds=20)
    before = {number: record(filled, number)["beds"] for number in ("J-1", "J-2", "J-3")}
    found = check(filled, SYSTEM, "institutions", path)
    rows = {row.number: row.row for row, _ in compared(found).conflicts}
    choices = Choices({(rows["J-1"], "beds"): "file", (rows["J-2"], "beds"): "ledger"})
    with pytest.raises(Invalid, match="床位数"):
        take_over(filled, found, Choices({(rows["J-1"], "beds"): "file"}))
    done = take_over(filled, found, choices)
    assert (done.created, done.updated, done.unchanged) == (0, 3, 0)
    assert [record(filled, number)["beds"] for number in ("J-1", "J-2")] == [99, 20]
    assert record(filled, "J-2")["kind"] == "公寓"
    with filled.reading() as connection:
        entries = [e for e in reversed(recent(connection)) if e.batch == done.batch]
        assert chain_check.verify(connection).sound
    assert [entry.action for entry in entries] == ["import", "update", "update", "update"]
    put_back_save(filled, SYSTEM, str(done.batch), reason="文件有误")
    assert {number: record(filled, number)["beds"] for number in before} == before
    assert record(filled, "J-3")["remarks"] is None


def test_what_changed_after_the_comparison_is_not_written_over(
    filled: Store, tmp_path: Path
) -> None:
    path = send(filled, tmp_path / "a.xlsx", put("J-1", "床位数", 11))
    found = check(filled, SYSTEM, "institutions", path)
    edit(filled, "J-1", kind="敬老院")
    with pytest.raises(Outdated, match="J-1"):
        take_over(filled, found)


def test_rows_are_known_again_however_they_were_sorted(filled: Store, tmp_path: Path) -> None:
    def change(sheet: Worksheet) -> None:
        rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=4)]
        for at, row in enumerate(reversed(rows), start=4):
            for column, value in enumerate(row, start=1):
                sheet.cell(at, column).value = value
        put("J-1", "床位数", 11)(sheet)
        sheet.delete_cols(column_of(sheet, "地址"))
        sheet.insert_rows(1)

    report = import_file(filled, SYSTEM, "institutions", send(filled, tmp_path / "a.xlsx", change))
    assert (report.updated, report.unchanged, report.rejected) == (1, 2, 0)
    assert record(filled, "J-1")["beds"] == 11
    assert record(filled, "J-1")["address"] == "演示路1号", "a deleted column empties nothing"


def drop_hidden(sheet: Worksheet) -> None:
    """All three hidden columns are deleted with others."""
    sheet.delete_cols(column_of(sheet, fingerprints.HEADERS[0]), 3)


def drop_manifest(sheet: Worksheet) -> None:
    """The sheet was copied into a workbook of its own."""
    assert sheet.parent is not None
    del sheet.parent[fingerprints.SHEET]


def paste_over(sheet: Worksheet) -> None:
    """Somebody filled the first row's hidden cells down over all others."""
    first = column_of(sheet, fingerprints.HEADERS[0])
    for row in range(5, sheet.max_row + 1):
        for column in range(first, first + 3):
            sheet.cell(row, column, sheet.cell(4, column).value)


def drop_number(sheet: Worksheet) -> None:
    """The visible 编号 is gone; the hidden marks are not."""
    sheet.delete_cols(column_of(sheet, "编号"))


@pytest.mark.parametrize("harm", [drop_hidden, drop_manifest, paste_over, drop_number])
def test_marks_survive_what_people_do_to_hidden_columns(
    filled: Store, tmp_path: Path, harm: Change
) -> None:
    def change(sheet: Worksheet) -> None:
        put("J-1", "床位数", 11)(sheet)
        put("J-2", "床位数", 12)(sheet)
        harm(sheet)

    path = send(filled, tmp_path / "a.xlsx", change)
    edit(filled, "J-2", beds=20)
    edit(filled, "J-3", beds=30)
    states = {
        row.number: {cell.key: str(cell.state) for cell in row.cells}
        for row in came_back(filled, path).rows
    }
    assert states == {
        "J-1": {"beds": "theirs"},
        "J-2": {"beds": "conflict"},
        "J-3": {"beds": "ours"},
    }


def test_without_any_mark_nothing_is_guessed(filled: Store, tmp_path: Path) -> None:
    """A forged version: what was exported cannot be told, so what differs is a conflict."""

    def change(sheet: Worksheet) -> None:
        put("J-1", "床位数", 11)(sheet)
        put("J-1", fingerprints.HEADERS[2], "0" * 18)(sheet)

    found = came_back(filled, send(filled, tmp_path / "a.xlsx", change))
    assert [cell.key for _, cell in found.conflicts] == ["beds"]
    assert "无法确定导出时的内容" in str(found.problems[0])


def test_a_copied_row_without_its_number_is_a_new_record(filled: Store, tmp_path: Path) -> None:
    def copy(sheet: Worksheet, number: object, name: str, address: str) -> None:
        values = [cell.value for cell in sheet[row_of(sheet, "J-1")]]
        sheet.append(values)
        for header, value in {"编号": number, "机构名称": name, "地址": address}.items():
            sheet.cell(sheet.max_row, column_of(sheet, header)).value = value

    def change(sheet: Worksheet) -> None:
        copy(sheet, None, "晨星托养点", "新村路88号")
        copy(sheet, "J-9", "暮云照料站", "古城巷7号")

    report = import_file(filled, SYSTEM, "institutions", send(filled, tmp_path / "a.xlsx", change))
    assert (report.created, report.unchanged, report.problems) == (2, 3, ())
    assert record(filled, "J-9")["name"] == "暮云照料站"


def test_one_record_on_two_rows_is_refused_on_both(filled: Store, tmp_path: Path) -> None:
    def change(sheet: Worksheet) -> None:
        sheet.append([cell.value for cell in sheet[row_of(sheet, "J-1")]])
        put("J-2", "编号", "J-8")(sheet)

    report = import_file(filled, SYSTEM, "institutions", send(filled, tmp_path / "a.xlsx", change))
    said = {problem.row: problem.message for problem in report.problems}
    assert set(said) == {4, 5, 7}
    assert "第7行是同一条记录" in said[4]
    assert "不能修改" in said[5]


def test_a_new_row_like_a_known_record_waits_for_a_word(filled: Store, tmp_path: Path) -> None:
    def change(sheet: Worksheet) -> None:
        row = [None] * sheet.max_column
        row[column_of(sheet, "机构名称") - 1] = "J-1院"
        row[column_of(sheet, "地址") - 1] = "演示路1号"
        row[column_of(sheet, "所属区域") - 1] = WEST_GRID
        sheet.append(row)

    found = check(filled, SYSTEM, "institutions", send(filled, tmp_path / "a.xlsx", change))
    assert "可能与J-1“J-1院”重复" in str(compared(found).problems[0])
    with pytest.raises(Invalid, match="重复"):
        take_over(filled, found)
    assert take_over(filled, found, Choices(new={7: False})).created == 0
    assert take_over(filled, found, Choices(new={7: True})).created == 1


def test_records_that_went_out_of_reach_get_a_clear_answer(
    filled: Store, tmp_path: Path, office: Actor
) -> None:
    path = send(filled, tmp_path / "a.xlsx", put("J-2", "床位数", 12), office)
    edit(filled, "J-1", lon=127.15)
    row = record(filled, "J-2")
    records.delete(filled, SYSTEM, "institutions", {row["id"]: row["version"]})
    said = {problem.row: problem.message for problem in came_back(filled, path, office).problems}
    assert "不在您的辖区内" in said[4]
    assert "回收站" in said[5]


def test_an_unchanged_row_of_a_deleted_record_stops_nothing(filled: Store, tmp_path: Path) -> None:
    path = send(filled, tmp_path / "a.xlsx", put("J-1", "床位数", 12))
    row = record(filled, "J-2")
    records.delete(filled, SYSTEM, "institutions", {row["id"]: row["version"]})
    report = import_file(filled, SYSTEM, "institutions", path)
    assert (report.updated, report.rejected) == (1, 0)


def test_a_row_moved_out_of_scope_is_refused(filled: Store, tmp_path: Path, office: Actor) -> None:
    def change(sheet: Worksheet) -> None:
        put("J-1", "经度", 127.15)(sheet)

    path = send(filled, tmp_path / "a.xlsx", change, office)
    report = import_file(filled, office, "institutions", path)
    assert (report.rejected, report.written) == (1, False)
    assert "辖区" in report.problems[0].message
    assert record(filled, "J-1")["area_code"] != EAST_SOUTH


def test_a_position_is_one_thing(filled: Store, tmp_path: Path) -> None:
    """Longitude of the one and latitude of the other would be a place that nobody meant."""
    path = send(filled, tmp_path / "a.xlsx", put("J-1", "经度", 127.03))
    edit(filled, "J-1", lat=29.03)
    found = came_back(filled, path)
    assert {cell.key for _, cell in found.conflicts} == {"lon", "lat"}


def test_an_emptied_cell_empties_and_a_required_one_cannot(filled: Store, tmp_path: Path) -> None:
    def change(sheet: Worksheet) -> None:
        put("J-1", "床位数", None)(sheet)
        put("J-1", "被投诉举报", None)(sheet)
        put("J-2", "机构名称", None)(sheet)

    path = send(filled, tmp_path / "a.xlsx", change)
    report = import_file(filled, SYSTEM, "institutions", path, accept_valid=True)
    assert [(item.row, item.column) for item in report.problems] == [(5, "机构名称")]
    row = record(filled, "J-1")
    assert (row["beds"], row["complained"], row["name"]) == (None, None, "J-1院")


def test_a_masked_text_left_alone_stays(store: Store, tmp_path: Path) -> None:
    values = {"registered_on": "2026-05-20", "matter": "押金不退", "area_code": WEST_GRID}
    values |= {"petitioner": "张三丰", "petitioner_phone": "13812345678"}
    records.create(store, SYSTEM, "petitions", values)
    content = export(store, SYSTEM, "petitions", BY_NUMBER, "xlsx").content
    book = openpyxl.load_workbook(io.BytesIO(content))
    sheet = book.worksheets[0]
    sheet.cell(4, column_of(sheet, "信访人"), "李四")
    book.save(tmp_path / "a.xlsx")
    report = import_file(store, SYSTEM, "petitions", tmp_path / "a.xlsx")
    assert (report.updated, report.problems) == (1, ())
    row = records.search(store, SYSTEM, "petitions", BY_NUMBER).rows[0]
    assert store.sealer.open(row["petitioner"]) == "李四"
    assert store.sealer.open(row["petitioner_phone"]) == "13812345678"


def test_a_coordinate_system_alone_is_no_reason_to_overwrite(filled: Store, tmp_path: Path) -> None:
    """The page always says a coordinate system; the file is compared three ways all the same."""
    path = send(filled, tmp_path / "a.xlsx", put("J-1", "床位数", 11))
    edit(filled, "J-2", beds=20)
    report = import_file(filled, SYSTEM, "institutions", path, mapping=FileMapping())
    assert (report.updated, report.rejected) == (1, 0)
    assert record(filled, "J-2")["beds"] == 20, "the file's old value did not come back"


def test_a_workbook_of_another_ledger_is_no_return(filled: Store, tmp_path: Path) -> None:
    path = send(filled, tmp_path / "a.xlsx")
    assert read_back(filled, SYSTEM, ledger_named("petitions"), path) is None


@pytest.mark.parametrize("key", ["leads", "petitions", "inspections", "outreach"])
def test_every_ledger_comes_back_unchanged(filled: Store, tmp_path: Path, key: str) -> None:
    values: dict[str, dict[str, Any]] = {
        "leads": {"registered_at": "2026-05-20 09:30", "content": "反映押金不退"},
        "petitions": {"registered_on": "2026-05-20", "matter": "押金不退"},
        "inspections": {"institution": "J-1", "inspected_on": "2026-05-20"},
        "outreach": {"held_on": "2026-05-20", "title": "进村宣传"},
    }
    needed = {column.key: column for column in ledger_named(key).editable if column.required}
    given = {name: value for name, value in values[key].items() if name in ledger_named(key).by_key}
    for name, column in needed.items():
        word = "1" if column.type is ColumnType.INTEGER else "2026-05-20"
        given.setdefault(name, column.choices[0].key if column.choices else word)
    if "area_code" in ledger_named(key).by_key:
        given["area_code"] = WEST_GRID
    records.create(filled, SYSTEM, key, given)
    path = tmp_path / "a.xlsx"
    path.write_bytes(export(filled, SYSTEM, key, BY_NUMBER, "xlsx").content)
    found = came_back(filled, path, ledger=key)
    assert (found.read, found.counts["unchanged"], found.rows) == (1, 1, ())
