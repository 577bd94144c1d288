"""Positions in files: every coordinate system, and what lies outside or is swapped."""

from __future__ import annotations

from pathlib import Path

import pytest
import shapely
from sqlalchemy import update

from geo.crs import from_wgs84, parse_crs
from ledger.domain.ledgers import INSTITUTIONS
from ledger.exchange.reading.mapping import parse_mapping
from ledger.storage import Store, options
from ledger.storage.tables import areas
from tests.ledger.conftest import WEST_GRID
from tests.ledger.exchange.taking import stored, take
from tests.ledger.sheets import HEADER, ROWS, text_table, workbook


@pytest.mark.parametrize("crs", ["gcj02", "bd09", "EPSG:4547", "EPSG:4490"])
def test_positions_come_in_from_every_system(store: Store, tmp_path: Path, crs: str) -> None:
    x, y = from_wgs84([127.02], [29.05], parse_crs(crs))
    rows = [HEADER, ("J-1", "甲院", float(x[0]), float(y[0]), 1)]
    path = text_table(tmp_path / "a.csv", rows)
    mapping = parse_mapping(f'crs = "{crs}"', INSTITUTIONS)
    assert take(store, path, mapping=mapping).created == 1
    record = stored(store)["J-1"]
    assert record["lon"] == pytest.approx(127.02, abs=2e-8)
    assert record["lat"] == pytest.approx(29.05, abs=2e-8)
    assert record["area_code"] == WEST_GRID
    assert take(store, path, mapping=mapping).unchanged == 1


# What stands under 经度 and 纬度; the column that the problem names.
NO_PLACES = [
    ("half", (127.02, None), "纬度"),
    ("the other half", (None, 29.05), "经度"),
    ("none instead of the other half", (127.02, "无"), "纬度"),
    ("both in one cell", ("127.02,29.05", None), "经度"),
    ("the wrong half", ("北纬29.05", "东经127.02"), "经度"),
    ("nought and nought", (0, "0"), "经度"),
]


@pytest.mark.parametrize("crs", ["wgs84", "bd09"])
@pytest.mark.parametrize(
    ("at", "column"), [x[1:] for x in NO_PLACES], ids=[x[0] for x in NO_PLACES]
)
def test_what_is_no_whole_position_is_refused(
    store: Store, tmp_path: Path, at: tuple[object, object], column: str, crs: str
) -> None:
    mapping = parse_mapping(f'crs = "{crs}"', INSTITUTIONS)
    for number in ("J-1", ""):
        path = workbook(tmp_path / "a.xlsx", [HEADER, (number, "甲院", *at, 1), ROWS[1]])
        report = take(store, path, mapping=mapping)
        assert (report.written, report.rejected) == (False, 1)
        assert {(problem.row, problem.column) for problem in report.problems} >= {(2, column)}
        assert stored(store) == {}


def test_half_a_position_of_a_record_that_has_one_is_refused(store: Store, tmp_path: Path) -> None:
    take(store, workbook(tmp_path / "a.xlsx", [HEADER, *ROWS]))
    before = stored(store)
    report = take(store, workbook(tmp_path / "b.xlsx", [HEADER, ("J-1", "", 127.15, None, None)]))
    assert [problem.column for problem in report.problems] == ["纬度"]
    assert stored(store) == before


def test_outside_positions_are_taken_and_listed(store: Store, tmp_path: Path) -> None:
    rows = [HEADER, ROWS[0], ("J-9", "远院", 128.0, 29.0, 1)]
    report = take(store, workbook(tmp_path / "a.xlsx", rows))
    assert (report.created, report.outside, report.rejected) == (2, 1, 0)
    (problem,) = report.problems
    assert (problem.row, problem.column, problem.severity) == (3, "经度", "warning")
    assert "最近的区域" in problem.message
    assert stored(store)["J-9"]["placement"] == "outside"


def test_a_position_that_fits_only_when_swapped_is_refused(store: Store, tmp_path: Path) -> None:
    with store.writing() as connection:
        connection.execute(
            update(areas).values(geometry=shapely.to_wkb(shapely.box(40.0, 5.0, 41.0, 6.0)))
        )
        options.bump(connection, "areas_revision")
    rows = [HEADER, ("J-1", "甲院", 5.5, 40.5, 1), ("J-2", "乙院", 40.5, 5.5, 1)]
    report = take(store, workbook(tmp_path / "a.xlsx", rows), dry_run=True)
    (problem,) = report.problems
    assert (problem.row, problem.severity) == (2, "error")
    assert "对调" in problem.message
