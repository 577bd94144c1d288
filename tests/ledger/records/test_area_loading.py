"""Loading areas: errors change nothing, versions keep the past, records follow their grids."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import geopandas as gpd
import pytest
import shapely
from sqlalchemy import select

from geo.validation import Fields
from ledger.domain.access import SYSTEM, Actor, Role
from ledger.domain.errors import Invalid, Refused
from ledger.domain.timing import clock
from ledger.records import service as records
from ledger.records.area_layers import AreaFile
from ledger.records.area_loading import LoadReport, load_areas
from ledger.records.places.areas import current_atlas, read_atlas
from ledger.storage import Store
from ledger.storage.tables import areas
from tests.ledger.conftest import COUNTY, EAST_GRID, WEST_GRID, WEST_VILLAGE, actor

NEW_GRID = WEST_VILLAGE + "003"
NAMES = {WEST_GRID: "一村第一网格", EAST_GRID: "一村第二网格", NEW_GRID: "一村第三网格"}
Loader = Callable[..., LoadReport]
Row = tuple[str, tuple[float, float, float, float]]
# The village cut in three instead of two.
THREE: list[Row] = [
    (WEST_GRID, (127.0, 29.0, 127.03, 29.1)),
    (NEW_GRID, (127.03, 29.0, 127.06, 29.1)),
    (EAST_GRID, (127.06, 29.0, 127.1, 29.1)),
]


@pytest.fixture
def load(store: Store, tmp_path: Path) -> Loader:
    """Load grids given as (code, bounds)."""

    def run(rows: list[Row], who: Actor = SYSTEM, **options: object) -> LoadReport:
        frame = gpd.GeoDataFrame(
            {
                "code": [code for code, _ in rows],
                "name": [NAMES.get(code, "网格") for code, _ in rows],
                "population": [1000] * len(rows),
                "elderly": [200] * len(rows),
            },
            geometry=[shapely.box(*bounds) for _, bounds in rows],
            crs="EPSG:4326",
        )
        path = tmp_path / "grids.geojson"
        path.unlink(missing_ok=True)
        frame.to_file(path, driver="GeoJSON")
        fields = Fields("code", "name", population="population", elderly="elderly")
        file = AreaFile(path, "grid", fields, "wgs84")
        return load_areas(store, who, [file], **options)  # type: ignore[arg-type]

    return run


def rows_of(store: Store, code: str) -> list[tuple[date | None, date | None]]:
    query = select(areas.c.valid_from, areas.c.valid_to).where(areas.c.code == code)
    with store.reading() as connection:
        return [tuple(row) for row in connection.execute(query.order_by(areas.c.id))]


def test_split_grid_keeps_its_past(store: Store, load: Loader) -> None:
    report = load(THREE, valid_from=date(2026, 6, 1))
    assert (report.loaded, report.unchanged, report.errors) == (3, 0, ())
    assert rows_of(store, WEST_GRID) == [(None, date(2026, 6, 1)), (date(2026, 6, 1), None)]
    with store.reading() as connection:
        assert NEW_GRID not in read_atlas(connection, date(2026, 5, 31))
        assert NEW_GRID in read_atlas(connection, date(2026, 6, 1))


def test_a_grid_split_off_today_was_not_there_yesterday(store: Store, load: Loader) -> None:
    """Without a day given, it once counted since ever, beside the grid it was cut from."""
    load(THREE)
    assert rows_of(store, NEW_GRID) == [(clock.today(), None)]
    assert rows_of(store, WEST_GRID)[0] == (None, clock.today())


def test_loading_the_same_again_changes_nothing(store: Store, load: Loader) -> None:
    load(THREE, valid_from=date(2026, 6, 1))
    report = load(THREE, valid_from=date(2026, 7, 1))
    assert (report.loaded, report.unchanged) == (0, 3)
    assert len(rows_of(store, WEST_GRID)) == 2


def test_correction_on_the_same_day_makes_no_version(store: Store, load: Loader) -> None:
    load(THREE, valid_from=date(2026, 6, 1))
    shifted = [(NEW_GRID, (127.03, 29.0, 127.06, 29.09)), THREE[0], THREE[2]]
    assert load(shifted, valid_from=date(2026, 6, 1)).loaded == 1
    assert rows_of(store, NEW_GRID) == [(date(2026, 6, 1), None)]


def test_missing_areas_stay_unless_they_are_retired(store: Store, load: Loader) -> None:
    whole = [(WEST_GRID, (127.0, 29.0, 127.1, 29.1))]
    load(whole, valid_from=date(2026, 6, 1))
    assert EAST_GRID in current_atlas(store)
    load(whole, valid_from=date(2026, 6, 2), retire_missing=True)
    assert EAST_GRID not in current_atlas(store)


def test_records_follow_their_grid_with_history(store: Store, load: Loader) -> None:
    values = {"name": "松柏院", "lon": 127.04, "lat": 29.05}
    home = records.create(store, SYSTEM, "institutions", values)
    by_hand = records.create(
        store, SYSTEM, "institutions", {"name": "青竹院", "area_code": EAST_GRID}
    )
    assert load(THREE, valid_from=date(2026, 6, 1)).moved == 1
    assert records.get(store, SYSTEM, "institutions", home)["area_code"] == NEW_GRID
    newest = records.history(store, SYSTEM, "institutions", home)[0]
    assert (newest.action, newest.before["area_code"], newest.version) == ("replace", WEST_GRID, 2)
    assert records.get(store, SYSTEM, "institutions", by_hand)["version"] == 1


def test_record_named_to_a_retired_grid_falls_to_its_village(store: Store, load: Loader) -> None:
    home = records.create(store, SYSTEM, "institutions", {"name": "青竹院", "area_code": EAST_GRID})
    load(
        [(WEST_GRID, (127.0, 29.0, 127.1, 29.1))], valid_from=date(2026, 6, 1), retire_missing=True
    )
    assert records.get(store, SYSTEM, "institutions", home)["area_code"] == WEST_VILLAGE


def test_errors_stop_the_load_and_change_nothing(store: Store, load: Loader) -> None:
    twice = [THREE[0], THREE[0]]
    report = load(twice)
    assert report.refused
    assert rows_of(store, WEST_GRID) == [(None, None)]
    assert "重复" in report.errors[0].message


def test_dry_run_writes_nothing(store: Store, load: Loader) -> None:
    assert load(THREE, dry_run=True).errors == ()
    assert NEW_GRID not in current_atlas(store)


def test_only_who_manages_areas_loads_them(store: Store, load: Loader) -> None:
    with pytest.raises(Refused):
        load(THREE, who=actor(Role.OFFICE_STAFF, COUNTY))
    load(THREE, who=actor(Role.ADMIN, "*"))


def test_unreadable_file_is_one_clear_refusal(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "x.geojson"
    path.write_text("不是边界")
    with pytest.raises(Invalid):
        load_areas(store, SYSTEM, [AreaFile(path, "grid", Fields("code", "name"), "wgs84")])
    with pytest.raises(Invalid, match="层级"):
        load_areas(store, SYSTEM, [AreaFile(path, "street", Fields("code", "name"), "wgs84")])


def test_level_loaded_above_adopts_the_one_below(store: Store, tmp_path: Path) -> None:
    with store.writing() as connection:
        connection.execute(areas.delete())
    for level, code, name in [("village", WEST_VILLAGE, "村"), ("township", "990101001", "镇")]:
        frame = gpd.GeoDataFrame(
            {"code": [code], "name": [name]}, geometry=[shapely.box(127, 29, 127.1, 29.1)]
        )
        path = tmp_path / f"{level}.geojson"
        frame.to_file(path, driver="GeoJSON")
        file = AreaFile(path, level, Fields("code", "name"), "wgs84")
        report = load_areas(store, SYSTEM, [file])
        assert report.errors == ()
    atlas = current_atlas(store)
    assert atlas[WEST_VILLAGE].path == f"/990101001/{WEST_VILLAGE}/"
    assert atlas[WEST_VILLAGE].parent_code == "990101001"
