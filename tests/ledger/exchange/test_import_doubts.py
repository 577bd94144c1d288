"""New rows that are probably there already, and positions outside the village that a row names."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

from ledger import records
from ledger.access import SYSTEM, Actor
from ledger.exchange import duplicates
from ledger.exchange.exports import export_to
from ledger.exchange.round_trip import compare
from ledger.storage import Store
from tests.ledger.conftest import EAST_SOUTH
from tests.ledger.exchange.taking import stored, take
from tests.ledger.sheets import workbook

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
    assert (problem.row, problem.column, problem.severity) == (2, "机构名称", "warning")
    assert "J-1“演示康乐养老院”" in problem.message
    assert why.removesuffix("相同") in problem.message
    assert "请在该行填它的编号" in problem.message
    assert (report.rejected, report.outside) == (0, 0)


def test_the_same_row_twice_in_a_file_is_told(store: Store, tmp_path: Path) -> None:
    rows = [HEAD, ("甲院", "演示路1号", "", ""), ("甲院", "演示路1号", "", "")]
    (problem,) = take(store, workbook(tmp_path / "a.xlsx", rows)).problems
    assert (problem.row, problem.severity) == (3, "warning")
    assert "第2行" in problem.message


def test_a_record_elsewhere_is_not_told(known: Store, office: Actor, tmp_path: Path) -> None:
    head, row = (*HEAD, "经度", "纬度"), ("演示康乐养老院", "演示路12号", "", "", 127.02, 29.05)
    report = take(known, workbook(tmp_path / "a.xlsx", [head, row]), office)
    assert (report.created, report.problems) == (1, ())


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
    found = compare(store, SYSTEM, "institutions", path)
    assert found is not None
    (warning,) = found.warnings
    assert (warning.row, warning.column, found.outside) == (2, "所属区域", 0)
    assert "演示二村" in warning.message
