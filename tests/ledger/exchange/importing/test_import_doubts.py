"""New rows that are probably there already, and positions outside the village that a row names."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlsxwriter

from ledger.domain.access import SYSTEM, Actor
from ledger.domain.ledgers import LEDGERS
from ledger.exchange.importing import duplicates
from ledger.exchange.importing.comparison_choices import Choices
from ledger.exchange.importing.first_look import look_at, settled_mapping
from ledger.exchange.importing.imports import check, import_file
from ledger.exchange.reading.corrections import Corrections
from ledger.exchange.writing.exports import export_to
from ledger.records import service as records
from ledger.storage import Store
from tests.ledger.conftest import EAST_SOUTH
from tests.ledger.exchange.taking import came_back, stored, take
from tests.ledger.sheets import fingerprint, workbook

HEAD = ("机构名称", "地址", "联系电话", "统一社会信用代码")


@pytest.fixture
def known(store: Store) -> Store:
    """One institution in the south-east."""
    values = {"number": "J-1", "name": "演示康乐养老院", "address": "演示路12号"}
    values |= {"phone": "000-81234567", "credit_code": "91350100M000100Y43"}
    records.create(store, SYSTEM, "institutions", {**values, "area_code": EAST_SOUTH})
    return store


LIKE = [
    ("credit code", ("别的名字", "", "", "91350100M000100Y43"), "统一社会信用代码相同"),
    ("name and address", ("演示康乐养老院", "演示路12号", "", ""), "名称相同"),
    ("phone", ("又一家", "远方路9号", "000 8123 4567", ""), "联系电话相同"),
]


@pytest.mark.parametrize(("row", "why"), [item[1:] for item in LIKE], ids=[i[0] for i in LIKE])
@pytest.mark.parametrize("most", [duplicates._MOST_PAIRS, 0], ids=["compared", "exact"])
def test_a_new_row_that_is_probably_there_is_told_with_the_record(
    known: Store,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    row: tuple[str, ...],
    why: str,
    most: int,
) -> None:
    monkeypatch.setattr(duplicates, "_MOST_PAIRS", most)
    path = workbook(tmp_path / "a.xlsx", [HEAD, row, ("不相干", "山后路3号", "000-7654321", "")])
    report = take(known, path, dry_run=True)
    (problem,) = report.problems
    assert (problem.row, problem.column, problem.severity) == (2, "机构名称", "error")
    assert "J-1“演示康乐养老院”" in problem.message
    assert why.removesuffix("相同") in problem.message
    assert "请填它的编号" in problem.message
    assert (report.created, report.rejected, report.outside) == (1, 1, 0)


def test_the_same_row_twice_in_a_file_is_told(store: Store, tmp_path: Path) -> None:
    rows = [HEAD, ("甲院", "演示路1号", "", ""), ("甲院", "演示路1号", "", "")]
    (problem,) = take(store, workbook(tmp_path / "a.xlsx", rows)).problems
    assert (problem.row, problem.severity) == (3, "error")
    assert "第2行" in problem.message


TWO = [HEAD, ("演示康乐养老院", "演示路12号", "", ""), ("不相干", "山后路3号", "000-7654321", "")]
# What is said of row 2, which looks like J-1; names that are new afterwards; rows rejected.
SAID: list[tuple[str, dict[str, Any], set[str], int]] = [
    ("nothing", {}, set(), 1),
    ("only what is sound", {"accept_valid": True}, {"不相干"}, 1),
    ("all are new", {"as_new": "all"}, {"演示康乐养老院", "不相干"}, 0),
    ("this row is new", {"as_new": {2}}, {"演示康乐养老院", "不相干"}, 0),
    ("another row is new", {"as_new": {3}}, set(), 1),
    ("this row is left out", {"left_out": {2}}, {"不相干"}, 0),
]


@pytest.mark.parametrize(
    ("options", "new", "rejected"), [item[1:] for item in SAID], ids=[item[0] for item in SAID]
)
def test_a_likely_duplicate_stops_the_run_until_somebody_chooses(
    known: Store, tmp_path: Path, options: dict[str, Any], new: set[str], rejected: int
) -> None:
    before = fingerprint(known)
    report = take(known, workbook(tmp_path / "a.xlsx", TWO), **options)
    assert (report.created, report.rejected) == (len(new), rejected)
    assert report.written == bool(new)
    assert {row["name"] for row in stored(known).values() if row["number"] != "J-1"} == new
    assert (fingerprint(known) == before) == (not new)
    warnings = [problem for problem in report.problems if problem.severity == "warning"]
    assert [problem.row for problem in warnings] == [2] * ("演示康乐养老院" in new)


def test_a_likely_duplicate_of_a_workbook_that_came_back_waits_for_the_same_word(
    known: Store, tmp_path: Path
) -> None:
    path = tmp_path / "out.xlsx"
    export_to(known, SYSTEM, "institutions", path)
    book = openpyxl.load_workbook(path)
    sheet = book.worksheets[0]
    header = [cell.value for cell in sheet[1]]
    for label in ("机构名称", "地址"):
        at = header.index(label) + 1
        sheet.cell(3, at).value = sheet.cell(2, at).value
    book.save(path)
    assert (take(known, path).rejected, len(stored(known))) == (1, 1)
    assert take(known, path, dry_run=True, as_new={3}).created == 1
    assert (take(known, path, as_new="all").created, len(stored(known))) == (1, 2)


PETITIONS = [
    ("登记日期", "信访事项", "所属区域", "信访人", "人数"),
    ("2026-03-02", "反映 路灯不亮", "演示二村", "甲某", 1),
    ("2026-03-02", "反映路灯不亮", "演示二村", "乙某", 3),
    ("2026-03-02", "反映路灯不亮", "演示一村", "甲某", 1),
    ("2026-03-03", "反映路灯不亮", "演示二村", "甲某", 1),
]


def test_the_same_petitions_twice_are_not_doubled(store: Store, tmp_path: Path) -> None:
    """By day, matter and place, never by who petitions."""
    path = workbook(tmp_path / "a.xlsx", PETITIONS)
    first = import_file(store, SYSTEM, "petitions", path)
    assert (first.created, first.rejected) == (4, 0)
    doubts = [(note.row, note.column) for note in first.notes if not note.sure]
    assert doubts == [(3, "信访事项")], "two of one day may be two, or one told twice"
    before = fingerprint(store)
    again = import_file(store, SYSTEM, "petitions", path)
    assert (again.created, again.rejected, again.written) == (0, 4, False)
    assert all(
        "登记日期、信访事项、所属区域都相同" in problem.message for problem in again.problems
    )
    assert fingerprint(store) == before
    checked = check(store, SYSTEM, "petitions", path)
    assert set(checked.likely) == set(checked.undecided(Choices())) == {2, 3, 4, 5}
    newer = [*PETITIONS, ("2026-03-04", "反映路灯不亮", "演示二村", "甲某", 1)]
    report = import_file(
        store, SYSTEM, "petitions", workbook(tmp_path / "b.xlsx", newer), accept_valid=True
    )
    assert (report.created, report.rejected) == (1, 4)


def test_a_record_elsewhere_is_not_told(known: Store, office: Actor, tmp_path: Path) -> None:
    head, row = (*HEAD, "经度", "纬度"), ("演示康乐养老院", "演示路12号", "", "", 127.02, 29.05)
    report = take(known, workbook(tmp_path / "a.xlsx", [head, row]), office)
    assert (report.created, report.problems) == (1, ())


# Name, address and village of three rows; those that are probably the same as an earlier one.
NAMES = [
    ("only a name", [("养老院", "", ""), ("养老院", "", ""), ("养老 院", "", "")], [3, 4]),
    ("one village", [("养老院", "", "演示二村"), ("养老院", "山路1号", "演示二村")], [3]),
    ("a part of it", [("养老院", "", "乙岚镇"), ("养老院", "", "演示二村")], [3]),
    ("two villages", [("养老院", "", "演示一村"), ("养老院", "", "演示二村")], []),
    ("two houses", [("养老院", "山路1号", "演示二村"), ("养老院", "山路2号", "演示二村")], []),
]


@pytest.mark.parametrize(("rows", "twins"), [x[1:] for x in NAMES], ids=[x[0] for x in NAMES])
def test_one_name_twice_with_nothing_to_tell_them_apart(
    store: Store, tmp_path: Path, rows: list[tuple[str, ...]], twins: list[int]
) -> None:
    path = workbook(tmp_path / "a.xlsx", [("机构名称", "地址", "村(社区)"), *rows])
    report = take(store, path, dry_run=True)
    assert [problem.row for problem in report.problems] == twins
    take(store, path, as_new="all")
    count = len(stored(store))
    assert take(store, path).rejected == len(rows), "nor are they added a second time"
    assert len(stored(store)) == count


# Where the position lies, the area that the row names, and both names as the warning has them.
PLACES = [
    ("inside the named village", (127.15, 29.02), "演示二村", None),
    ("inside the named township", (127.15, 29.02), "乙岚镇", None),
    ("outside the named village", (127.02, 29.05), "演示二村", ("演示二村", "演示一村")),
]


@pytest.mark.parametrize(
    ("at", "named", "told"), [item[1:] for item in PLACES], ids=[item[0] for item in PLACES]
)
def test_a_position_outside_the_named_area_is_told_with_both_names(
    store: Store,
    tmp_path: Path,
    at: tuple[float, float],
    named: str,
    told: tuple[str, str] | None,
) -> None:
    rows = [("编号", "机构名称", "村(社区)", "经度", "纬度"), ("J-9", "甲院", named, *at)]
    report = take(store, workbook(tmp_path / "a.xlsx", rows))
    assert (report.created, report.rejected, report.outside) == (1, 0, 0)
    if told is None:
        assert report.problems == ()
        return
    (problem,) = report.problems
    assert (problem.row, problem.column, problem.severity) == (2, "村(社区)", "warning")
    assert all(name in problem.message for name in told)
    assert stored(store)["J-9"]["placement"] == "position", "the position decides"


def test_a_returned_row_tells_so_too(store: Store, tmp_path: Path) -> None:
    values = {"number": "J-1", "name": "甲院", "lon": 127.02, "lat": 29.05}
    records.create(store, SYSTEM, "institutions", values)
    path = tmp_path / "out.xlsx"
    export_to(store, SYSTEM, "institutions", path)
    book = openpyxl.load_workbook(path)
    sheet = book.worksheets[0]
    at = [cell.value for cell in sheet[1]].index("所属区域") + 1
    sheet.cell(2, at).value = EAST_SOUTH
    book.save(path)
    found = came_back(store, path)
    (warning,) = found.warnings
    assert (warning.row, warning.column, found.outside) == (2, "所属区域", 0)
    assert "演示二村" in warning.message


@pytest.mark.parametrize("where", ["标题", "工作表名称", "文件名"])
def test_an_area_named_only_above_the_table_is_told(
    store: Store, tmp_path: Path, where: str
) -> None:
    rows: list[tuple[object, ...]] = [("机构名称", "床位数"), ("甲院", 3)]
    title = "演示二村养老机构台账"
    if where == "标题":
        rows.insert(0, (title, ""))
    path = tmp_path / f"{title if where == '文件名' else 'a'}.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet("演示二村" if where == "工作表名称" else "Sheet1")
        for at, row in enumerate(rows):
            sheet.write_row(at, 0, row)
    (note,) = [note for note in take(store, path).notes if not note.sure]
    assert f"{where}写的是“演示二村”" in note.message
    assert [row["area_code"] for row in stored(store).values()] == [None]


def test_a_number_of_another_size_is_told_as_when_it_is_typed(known: Store, tmp_path: Path) -> None:
    records.save(known, SYSTEM, "institutions", [_beds_of(known, 30)])
    head = ("编号", "机构名称", "床位数")
    path = workbook(tmp_path / "a.xlsx", [head, ("J-1", "演示康乐养老院", 300)])
    report = take(known, path)
    (said,) = [str(note) for note in report.notes if not note.sure]
    assert "床位数是上次的10倍（上次30张），请核对是否写错了单位或小数点" in said
    assert stored(known)["J-1"]["beds"] == 300


def _beds_of(store: Store, beds: int) -> records.Edit:
    row = stored(store)["J-1"]
    return records.Edit(row["id"], row["version"], {"beds": beds})


def test_a_village_named_around_the_table_places_nothing_until_somebody_says_so(
    store: Store, tmp_path: Path
) -> None:
    rows = [["养老机构台账"], ["机构名称", "床位数"], ["甲院", 3], ["填报单位：演示二村村委会"]]
    path = workbook(tmp_path / "a.xlsx", rows)
    arrival = look_at(store, SYSTEM, LEDGERS["institutions"], path)
    assert (arrival.said.code, arrival.said.where) == (EAST_SOUTH, "填报单位")
    notes = [str(note) for note in take(store, path, dry_run=True).notes]
    assert any("填报单位写的是“演示二村”" in one for one in notes)
    mapping = settled_mapping(
        arrival, LEDGERS["institutions"], arrival.proposed, area=arrival.said.code
    )
    take(store, path, mapping=mapping)
    assert [row["area_code"] for row in stored(store).values()] == [EAST_SOUTH]


def test_a_likely_duplicate_can_update_its_record(known: Store, tmp_path: Path) -> None:
    head = ("机构名称", "地址", "床位数", "联系电话")
    path = workbook(tmp_path / "a.xlsx", [head, ("演示康乐养老院", "演示路12号", 40, "")])
    checked = check(known, SYSTEM, "institutions", path)
    assert checked.likely[2].number == "J-1"
    assert checked.twins == {2: (("床位数", "(空)", "40"),)}
    typed = Corrections({(2, "number"): "J-1"})
    again = check(known, SYSTEM, "institutions", path, corrections=typed)
    assert (again.changed, dict(again.likely)) == (frozenset({2}), {})
    report = take(known, path, as_update=(2,))
    assert (report.created, report.updated) == (0, 1)
    row = stored(known)["J-1"]
    assert (row["beds"], row["phone"]) == (40, "000-81234567")
