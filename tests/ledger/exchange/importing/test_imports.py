"""Files in: what is taken over, what is refused, and that a refusal changes nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from ledger.domain.access import SYSTEM, Actor, Role
from ledger.domain.errors import Invalid, Refused
from ledger.exchange.importing.imports import import_file
from ledger.exchange.reading.mapping import FileMapping
from ledger.exchange.writing import exports
from ledger.records import service as records
from ledger.records.history import chain_check
from ledger.records.query import Selection
from ledger.storage import Store
from tests.ledger.conftest import COUNTY, EAST_GRID, EAST_SOUTH, WEST_GRID, actor
from tests.ledger.exchange.taking import stored, take
from tests.ledger.sheets import HEADER, ROWS, fingerprint, workbook
from tests.log_entries import recent


def test_rows_become_records_in_their_grids(store: Store, tmp_path: Path) -> None:
    report = take(store, workbook(tmp_path / "a.xlsx", [HEADER, *ROWS]))
    assert (report.read, report.created, report.rejected, report.outside) == (3, 3, 0, 0)
    found = stored(store)
    assert [found[key]["area_code"] for key in ("J-1", "J-2", "J-3")] == [
        WEST_GRID,
        EAST_GRID,
        EAST_SOUTH,
    ]
    assert found["J-2"]["name"] == "乙院"
    assert found["J-2"]["beds"] == 20
    assert found["J-2"]["version"] == 1


def test_an_import_has_one_history(store: Store, tmp_path: Path) -> None:
    take(store, workbook(tmp_path / "名单.xlsx", [HEADER, *ROWS]))
    with store.reading() as connection:
        log = recent(connection)
        assert chain_check.verify(connection).sound
    assert [entry.action for entry in log] == ["create", "create", "create", "import"]
    assert len({entry.batch for entry in log}) == 1
    assert log[-1].number == "名单.xlsx"
    assert log[-1].after["created"] == 3


def test_the_same_file_again_changes_no_record(store: Store, tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", [HEADER, *ROWS])
    take(store, path)
    before = stored(store)
    report = take(store, path)
    assert (report.created, report.updated, report.unchanged) == (0, 0, 3)
    assert stored(store) == before


def test_an_existing_number_updates_and_blank_cells_leave_the_rest(
    store: Store, tmp_path: Path
) -> None:
    take(store, workbook(tmp_path / "a.xlsx", [HEADER, *ROWS]))
    change = [HEADER, ("J-1", "", None, None, 11), ("", "丁院", 127.02, 29.05, 5)]
    report = take(store, workbook(tmp_path / "b.xlsx", change))
    assert (report.created, report.updated) == (1, 1)
    record = stored(store)["J-1"]
    assert (record["name"], record["beds"], record["lon"]) == ("甲院", 11, 127.02)
    assert record["version"] == 2


def test_blank_cells_clear_when_the_mapping_says_so(store: Store, tmp_path: Path) -> None:
    take(store, workbook(tmp_path / "a.xlsx", [HEADER, *ROWS]))
    change = [HEADER, ("J-1", "", 127.02, 29.05, None)]
    take(store, workbook(tmp_path / "b.xlsx", change), mapping=FileMapping(blank="clear"))
    record = stored(store)["J-1"]
    assert record["beds"] is None
    assert record["name"] == "甲院", "a required field is never cleared"


def test_unknown_written_out_is_not_blank(store: Store, tmp_path: Path) -> None:
    head = ("编号", "机构名称", "被投诉举报")
    take(store, workbook(tmp_path / "a.xlsx", [head, ("J-1", "甲院", "是")]))
    assert stored(store)["J-1"]["tier"] == "3"
    take(store, workbook(tmp_path / "b.xlsx", [head, ("J-1", "甲院", "不详")]))
    assert stored(store)["J-1"]["complained"] is None
    assert stored(store)["J-1"]["tier"] is None


def test_a_file_may_change_one_column_by_number_alone(store: Store, tmp_path: Path) -> None:
    take(store, workbook(tmp_path / "a.xlsx", [HEADER, *ROWS]))
    only = [("编号", "床位数"), ("J-1", 99), ("J-2", 98)]
    assert take(store, workbook(tmp_path / "b.xlsx", only)).updated == 2
    with pytest.raises(Invalid, match="“机构名称”"):
        take(store, workbook(tmp_path / "c.xlsx", [*only, ("J-9", 1)]))


def test_an_area_may_be_named(store: Store, tmp_path: Path) -> None:
    rows = [("编号", "机构名称", "所属区域"), ("J-1", "甲院", "演示二村"), ("J-2", "乙院", "三村")]
    report = take(store, workbook(tmp_path / "a.xlsx", rows), accept_valid=True)
    assert [(item.row, item.column) for item in report.problems] == [(3, "所属区域")]
    assert stored(store)["J-1"]["area_code"] == EAST_SOUTH


def test_script_is_refused_by_row_and_column(store: Store, tmp_path: Path) -> None:
    rows = [("机构名称", "备注"), ("甲院", "<script>alert(1)</script>")]
    report = take(store, workbook(tmp_path / "a.xlsx", rows))
    (problem,) = report.problems
    assert (problem.row, problem.column, report.written) == (2, "备注", False)
    assert "脚本代码" in problem.message


def test_rejected_rows_stop_everything_unless_the_valid_ones_are_wanted(
    store: Store, tmp_path: Path
) -> None:
    rows = [HEADER, ROWS[0], ("J-2", "乙院", 200, 29.05, "many"), ("J-1", "又甲", None, None, 1)]
    path = workbook(tmp_path / "a.xlsx", rows)
    before = fingerprint(store)
    report = take(store, path)
    assert (report.created, report.rejected, report.written) == (0, 2, False)
    assert [(item.row, item.column) for item in report.problems] == [
        (3, "经度"),
        (3, "床位数"),
        (4, "编号"),
    ]
    assert "第2行重复" in report.problems[-1].message
    assert fingerprint(store) == before
    report = take(store, path, accept_valid=True)
    assert (report.created, report.rejected, report.written) == (1, 2, True)
    assert list(stored(store)) == ["J-1"]


def test_a_dry_run_tells_and_writes_nothing(store: Store, tmp_path: Path) -> None:
    before = fingerprint(store)
    report = take(store, workbook(tmp_path / "a.xlsx", [HEADER, *ROWS]), dry_run=True)
    assert (report.created, report.written) == (3, False)
    assert fingerprint(store) == before


def test_what_is_not_yours_is_refused_and_not_told(
    store: Store, office: Actor, tmp_path: Path
) -> None:
    take(store, workbook(tmp_path / "a.xlsx", [HEADER, *ROWS]))
    mine = [HEADER, ("J-3", "改名", None, None, 1), ("J-8", "东院", 127.15, 29.02, 1)]
    report = take(store, workbook(tmp_path / "b.xlsx", mine), office, accept_valid=True)
    assert (report.rejected, report.created, report.updated) == (2, 0, 0)
    assert not any("丙院" in item.message or EAST_SOUTH in item.message for item in report.problems)
    assert stored(store)["J-3"]["name"] == "丙院"
    assert "J-8" not in stored(store)


def test_an_unplaced_row_needs_an_area_of_yours(
    store: Store, office: Actor, tmp_path: Path
) -> None:
    rows = [("机构名称",), ("甲院",)]
    (problem,) = take(store, workbook(tmp_path / "a.xlsx", rows), office).problems
    assert (problem.row, problem.column) == (2, "所属区域")


@pytest.mark.parametrize(
    "role", [Role.GRID_WORKER, Role.VILLAGE_STAFF, Role.LEADER, Role.AUDITOR, Role.ADMIN]
)
def test_only_the_office_imports(store: Store, tmp_path: Path, role: Role) -> None:
    path = workbook(tmp_path / "a.xlsx", [HEADER, *ROWS])
    before = fingerprint(store)
    with pytest.raises(Refused):
        take(store, path, actor(role, COUNTY))
    assert fingerprint(store) == before


def test_a_number_in_the_bin_is_not_written_over(store: Store, tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", [HEADER, ROWS[0]])
    take(store, path)
    record = stored(store)["J-1"]
    records.delete(store, SYSTEM, "institutions", {record["id"]: record["version"]})
    (problem,) = take(store, path).problems
    assert "回收站" in problem.message


def test_areas_come_from_boundary_files(store: Store, tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", [HEADER, *ROWS])
    with pytest.raises(Invalid, match="边界文件"):
        import_file(store, SYSTEM, "areas", path)


@pytest.mark.parametrize("kind", ["xlsx", "csv"])
def test_an_unchanged_export_imports_as_unchanged(store: Store, tmp_path: Path, kind: str) -> None:
    nasty = [
        "=HYPERLINK(1)",
        "'=1+1",
        "-5",
        "@x",
        "+86",
        "0012",
        "一\n二",
        '逗号，"引号"',
        "<b>",
    ]
    for at, text in enumerate(nasty):
        values = {"number": f"0{at}", "name": text, "remarks": f"{text} 尾"}
        values |= {"lon": 127.0 + at / 300, "lat": 29 + at / 700, "prepaid_deposit": at / 3}
        values |= {"custody": [True, False, None][at % 3], "prepaid_use": "irregular"}
        records.create(store, SYSTEM, "institutions", values)
    records.create(store, SYSTEM, "institutions", {"name": "远院", "lon": 128.0, "lat": 29.0})
    records.create(store, SYSTEM, "institutions", {"name": "村院", "area_code": EAST_SOUTH})
    before = stored(store)
    exported = exports.export(store, SYSTEM, "institutions", Selection(), kind)
    path = tmp_path / f"out.{kind}"
    path.write_bytes(exported.content)
    report = take(store, path)
    assert (report.read, report.unchanged, report.updated) == (len(before), len(before), 0)
    assert stored(store) == before


def test_numbers_of_others_are_answered_like_numbers_of_nobody(
    store: Store, tmp_path: Path
) -> None:
    others = {"number": "J-9", "name": "外镇院", "area_code": EAST_SOUTH}
    records.create(store, SYSTEM, "institutions", others)
    clerk = actor(Role.OFFICE_STAFF, "990101001")
    said = []
    for number in ("J-9", "J-8"):
        path = workbook(tmp_path / "a.xlsx", [("编号", "床位数"), (number, 12)])
        with pytest.raises(Invalid) as refused:
            import_file(store, clerk, "institutions", path)
        said.append(str(refused.value))
    assert said[0] == said[1]
    assert "必填的列：“机构名称”" in said[0]
