"""Positions in files: every coordinate system, and what lies outside or is swapped."""

from __future__ import annotations

from pathlib import Path

import pytest
import shapely
from sqlalchemy import update

from geo.crs import from_wgs84, parse_crs
from ledger import options
from ledger.exchange.mapping import parse_mapping
from ledger.ledgers import INSTITUTIONS
from ledger.storage import Store
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


def test_half_a_position_cannot_be_converted(store: Store, tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", [HEADER, ("J-1", "甲院", 127.02, None, 1)])
    mapping = parse_mapping('crs = "bd09"', INSTITUTIONS)
    (problem,) = take(store, path, mapping=mapping).problems
    assert (problem.row, problem.column) == (2, "纬度")
    assert take(store, path).created == 1, "in WGS84 it is kept, and counts as no position"


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
