"""Areas count from their first day until the day before their end: tree, records, scopes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import geopandas as gpd
import pytest
import shapely

from geo.validation import Fields
from ledger.domain.access import SYSTEM, Role
from ledger.domain.errors import Invalid
from ledger.domain.timing import clock
from ledger.domain.timing.periods import Period
from ledger.people.users import find_user
from ledger.records import service as records
from ledger.records.area_layers import AreaFile
from ledger.records.area_loading import load_areas
from ledger.records.area_turns import turn
from ledger.records.places.areas import current_atlas, revision
from ledger.records.query import Selection
from ledger.reporting.statistics.regions import read_regions
from ledger.storage import Store
from ledger.storage.tables import areas
from tests.ledger.conftest import EAST_GRID, WEST, WEST_GRID, WEST_VILLAGE, actor
from tests.ledger.records.test_area_loading import NEW_GRID, THREE, Loader, load, rows_of
from tests.people import make_user

__all__ = ["load"]
IN_MAY = datetime(2026, 5, 20, 4, tzinfo=UTC)
COMES = date(2026, 6, 1)
THEN = datetime(2026, 6, 1, 4, tzinfo=UTC)
WHOLE = [(WEST_GRID, (127.0, 29.0, 127.1, 29.1))]
At = Callable[[datetime], None]


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> At:
    """Set the clock, for all threads."""

    def set_clock(moment: datetime) -> None:
        monkeypatch.setattr(clock, "now", lambda: moment)

    set_clock(IN_MAY)
    return set_clock


def home_in_the_middle(store: Store) -> int:
    values = {"name": "松柏院", "lon": 127.04, "lat": 29.05}
    return records.create(store, SYSTEM, "institutions", values)


def area_of(store: Store, home: int) -> str:
    return str(records.get(store, SYSTEM, "institutions", home)["area_code"])


def test_areas_of_a_later_day_count_from_that_day(store: Store, load: Loader, at: At) -> None:
    home = home_in_the_middle(store)
    report = load(THREE, valid_from=COMES)
    assert (report.loaded, report.moved) == (3, 0)
    assert NEW_GRID not in current_atlas(store)
    assert (turn(store), area_of(store, home)) == (None, WEST_GRID)
    at(THEN - timedelta(days=1))
    assert NEW_GRID not in current_atlas(store)
    at(THEN)
    assert NEW_GRID in current_atlas(store)
    assert (turn(store), area_of(store, home)) == (1, NEW_GRID)
    newest = records.history(store, SYSTEM, "institutions", home)[0]
    assert (newest.action, newest.before["area_code"]) == ("replace", WEST_GRID)
    assert turn(store) is None


def test_turn_renews_what_is_kept_of_areas(store: Store, load: Loader, at: At) -> None:
    load(THREE, valid_from=COMES)
    with store.reading() as connection:
        before = revision(connection)
    at(THEN)
    turn(store)
    with store.reading() as connection:
        assert revision(connection) == before + 1


def test_areas_that_end_later_stand_until_that_day(store: Store, load: Loader, at: At) -> None:
    home = records.create(store, SYSTEM, "institutions", {"name": "青竹院", "area_code": EAST_GRID})
    load(WHOLE, valid_from=COMES, retire_missing=True)
    assert (EAST_GRID in current_atlas(store), area_of(store, home)) == (True, EAST_GRID)
    at(THEN)
    assert (turn(store), area_of(store, home)) == (1, WEST_VILLAGE)
    assert EAST_GRID not in current_atlas(store)


def test_nothing_is_entered_under_an_area_before_its_day(
    store: Store, load: Loader, at: At
) -> None:
    load(THREE, valid_from=COMES)
    values = {"name": "青竹院", "area_code": NEW_GRID}
    with pytest.raises(Invalid):
        records.create(store, SYSTEM, "institutions", values)
    at(THEN)
    assert records.create(store, SYSTEM, "institutions", values) == 1


def test_scope_is_an_area_from_its_day_on(store: Store, load: Loader, at: At) -> None:
    load(THREE, valid_from=COMES)
    with pytest.raises(Invalid, match="没有代码为"):
        make_user(store, "new", Role.GRID_WORKER, NEW_GRID)
    at(THEN)
    make_user(store, "new", Role.GRID_WORKER, NEW_GRID)
    load(WHOLE, valid_from=date(2026, 7, 1), retire_missing=True)
    found = find_user(store, "new")
    assert found is not None
    assert found.scope_path == current_atlas(store)[NEW_GRID].path


def test_statistics_draw_the_areas_of_today_not_of_the_days_to_come(
    store: Store, load: Loader, at: At
) -> None:
    load(THREE, valid_from=COMES)
    until_june = Period(date(2026, 5, 1), date(2026, 6, 30))
    for basis in ("then", "today"):
        regions = read_regions(store, "grid", "/", until_june, basis)
        assert NEW_GRID not in set(regions.frame["code"])
        assert regions.current
    at(THEN)
    assert NEW_GRID in set(read_regions(store, "grid", "/", until_june, "today").frame["code"])


def test_change_of_today_ends_where_one_of_a_later_day_begins(
    store: Store, load: Loader, at: At
) -> None:
    load(THREE, valid_from=COMES)
    wider = [(WEST_GRID, (127.0, 29.0, 127.06, 29.1)), (EAST_GRID, (127.06, 29.0, 127.1, 29.1))]
    load(wider)
    today = clock.today()
    assert rows_of(store, WEST_GRID) == [(None, today), (COMES, None), (today, COMES)]
    assert len(current_atlas(store)) == 8
    at(THEN)
    assert len(current_atlas(store)) == 9


def test_records_placed_at_once_by_an_earlier_version_go_back(
    store: Store, load: Loader, at: At
) -> None:
    """Areas of a later day once counted at once; the first turn assigns what lay in them."""
    home = home_in_the_middle(store)
    at(THEN)
    load(THREE, valid_from=COMES)
    assert area_of(store, home) == NEW_GRID
    at(IN_MAY)
    assert (turn(store), area_of(store, home)) == (1, WEST_GRID)
    assert (
        records.search(store, actor(Role.GRID_WORKER, WEST_GRID), "institutions", Selection()).total
        == 1
    )


def test_level_above_of_a_later_day_takes_in_the_one_below_on_that_day(
    store: Store, tmp_path: Path, at: At
) -> None:
    """The paths of today's villages stay; they go on with versions under the township."""
    with store.writing() as connection:
        connection.execute(areas.delete())
    for level, code, since in [("village", WEST_VILLAGE, None), ("township", WEST, COMES)]:
        frame = gpd.GeoDataFrame(
            {"code": [code], "name": [level]},
            geometry=[shapely.box(127, 29, 127.1, 29.1)],
            crs="EPSG:4326",
        )
        path = tmp_path / f"{level}.geojson"
        frame.to_file(path, driver="GeoJSON")
        file = AreaFile(path, level, Fields("code", "name"), "wgs84")
        assert load_areas(store, SYSTEM, [file], valid_from=since).errors == ()
    assert current_atlas(store)[WEST_VILLAGE].path == f"/{WEST_VILLAGE}/"
    at(THEN)
    assert current_atlas(store)[WEST_VILLAGE].path == f"/{WEST}/{WEST_VILLAGE}/"
    assert rows_of(store, WEST_VILLAGE) == [(None, COMES), (COMES, None)]
