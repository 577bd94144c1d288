"""Who reads which part of the log, and what an administrator sets for the office."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import event

from ledger.domain.access import SYSTEM, Actor, Role
from ledger.domain.errors import Invalid, Refused
from ledger.domain.timing import clock
from ledger.people import office
from ledger.people.users import as_actor
from ledger.records import service as records
from ledger.records.history import audit, logbook
from ledger.records.history.logbook import LogFilter
from ledger.storage import Store
from tests.ledger.conftest import EAST, WEST, WEST_VILLAGE, actor
from tests.people import make_user, quick_hashing  # noqa: F401

HOME = {"name": "松年养老院", "area_code": WEST_VILLAGE}


def subjects(store: Store, reader: Actor, wanted: LogFilter | None = None) -> list[tuple]:
    page = logbook.read_log(store, reader, wanted)
    return [(entry.action, entry.ledger) for entry in page.entries]


@pytest.fixture
def happened(store: Store) -> Store:
    make_user(store, "west-user", Role.OFFICE_STAFF, WEST)
    make_user(store, "east-user", Role.OFFICE_STAFF, EAST)
    records.create(store, actor(Role.OFFICE_STAFF, WEST), "institutions", HOME)
    office.save_office(store, SYSTEM, "示例街道办事处")
    return store


def test_the_whole_log_newest_first(happened: Store) -> None:
    assert subjects(happened, actor(Role.AUDITOR, "*")) == [
        ("option", None),
        ("create", "institutions"),
        ("user", "users"),
        ("user", "users"),
    ]


def test_an_auditor_of_a_township_reads_what_lies_there(happened: Store) -> None:
    assert subjects(happened, actor(Role.AUDITOR, WEST)) == [
        ("create", "institutions"),
        ("user", "users"),
    ]
    assert subjects(happened, actor(Role.AUDITOR, EAST)) == [("user", "users")]


def test_administrators_see_that_but_not_what_was_written(happened: Store) -> None:
    created = LogFilter(action="create")
    for role, shown in [(Role.AUDITOR, True), (Role.ADMIN, False)]:
        entry = logbook.read_log(happened, actor(role, "*"), created).entries[0]
        assert ("松年养老院" in str(entry.after)) is shown


@pytest.mark.parametrize("role", [Role.LEADER, Role.OFFICE_STAFF, Role.GRID_WORKER])
def test_others_do_not_read_the_log(happened: Store, role: Role) -> None:
    for service in (logbook.read_log, logbook.people_in_log, logbook.verify_log):
        with pytest.raises(Refused):
            service(happened, actor(role, "*"))


def test_the_log_is_filtered_by_person_kind_and_day(happened: Store) -> None:
    reader, today = actor(Role.AUDITOR, "*"), clock.today()
    assert subjects(happened, reader, LogFilter(person="系统", action="option")) == [
        ("option", None)
    ]
    assert len(subjects(happened, reader, LogFilter(first_day=today, last_day=today))) == 4
    assert subjects(happened, reader, LogFilter(last_day=today - timedelta(days=1))) == []
    assert subjects(happened, reader, LogFilter(first_day=today + timedelta(days=1))) == []


def test_the_log_goes_on_page_by_page(happened: Store) -> None:
    reader, seen, before = actor(Role.AUDITOR, "*"), [], None
    while True:
        page = logbook.read_log(happened, reader, before_id=before, limit=2)
        seen += [entry.id for entry in page.entries]
        if page.next_before is None:
            break
        before = page.next_before
    assert seen == [4, 3, 2, 1]


def test_a_basemap_is_checked_and_its_key_stays_out_of_the_log(store: Store) -> None:
    setting = {
        "kind": "xyz",
        "url": "https://tiles.example/{z}/{x}/{y}?k={key}",
        "key": "geheim-123",
        "datum": "gcj02",
    }
    admin = as_actor(make_user(store, "admin1", Role.ADMIN))
    office.save_basemap(store, admin, setting)
    assert office.read_basemap_setting(store, admin)["key"] == "geheim-123"
    office.save_basemap(store, admin, {"kind": "none"})
    log = str(logbook.read_log(store, admin).entries)
    assert "tiles.example" in log
    assert "geheim" not in log


def test_a_basemap_file_says_itself_how_deep_it_is(store: Store, tmp_path: Path) -> None:
    """Beyond that level the browser enlarges its pictures instead of asking for none."""
    path = tmp_path / "base.mbtiles"
    with closing(sqlite3.connect(path)) as opened:
        opened.execute("CREATE TABLE tiles (zoom_level, tile_column, tile_row, tile_data)")
        opened.commit()
        setting = {"kind": "mbtiles", "path": str(path), "datum": "gcj02", "deepest": 18}
        with pytest.raises(Invalid, match="一张瓦片也没有"):
            office.save_basemap(store, SYSTEM, setting)
        opened.execute("INSERT INTO tiles VALUES (14, 0, 0, x'00'), (9, 0, 0, x'00')")
        opened.commit()
    office.save_basemap(store, SYSTEM, setting)
    assert office.read_basemap_setting(store, SYSTEM)["deepest"] == 14


@pytest.mark.parametrize(
    "setting",
    [
        {"kind": "moon"},
        {"kind": "xyz", "url": "https://tiles.example/{z}/{x}", "datum": "wgs84"},
        {"kind": "xyz", "url": "javascript:{z}{x}{y}", "datum": "wgs84"},
        {"kind": "xyz", "url": "https://a.example/{z}/{x}/{y}?{key}", "datum": "wgs84"},
        {"kind": "xyz", "url": "https://a.example/{z}/{x}/{y}", "datum": "mars"},
        {"kind": "mbtiles", "path": "/nowhere.mbtiles", "datum": "wgs84"},
        {"kind": "mbtiles", "path": __file__, "datum": "wgs84"},
    ],
)
def test_basemaps_that_are_not_taken(store: Store, setting: dict) -> None:
    with pytest.raises(Invalid):
        office.save_basemap(store, SYSTEM, setting)
    assert office.read_basemap_setting(store, SYSTEM) == {"kind": "none"}


def test_only_admins_change_settings(store: Store) -> None:
    with pytest.raises(Refused):
        office.save_office(store, actor(Role.LEADER, "*"), "别名")
    with pytest.raises(Refused):
        office.read_basemap_setting(store, actor(Role.OFFICE_STAFF, "*"))


def test_the_names_are_of_those_who_acted_on_what_the_reader_may_see(happened: Store) -> None:
    clerk = actor(Role.OFFICE_STAFF, WEST)
    assert logbook.people_in_log(happened, actor(Role.AUDITOR, "*")) == sorted(
        {clerk.name, SYSTEM.name}
    )
    with happened.writing() as connection:
        audit.append(connection, actor(Role.LEADER, EAST), [audit.Change("sign_in")])
    assert actor(Role.LEADER, EAST).name not in logbook.people_in_log(
        happened, actor(Role.AUDITOR, WEST)
    )


def test_a_log_without_entries_has_no_names(store: Store) -> None:
    assert logbook.people_in_log(store, actor(Role.AUDITOR, "*")) == []


@pytest.mark.sqlite_only
def test_the_newest_entries_are_found_without_sorting_the_whole_log(happened: Store) -> None:
    asked: list[tuple[str, object]] = []

    def note(_connection, _cursor, statement, parameters, *_rest) -> None:
        asked.append((statement, parameters))

    event.listen(happened.engine, "before_cursor_execute", note)
    logbook.read_log(happened, actor(Role.AUDITOR, WEST))
    event.remove(happened.engine, "before_cursor_execute", note)
    (statement, parameters), *_ = [one for one in asked if "ORDER BY" in one[0]]
    with happened.reading() as connection:
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters).all()
    assert "SCAN changes" in str(plan)
    assert "TEMP B-TREE" not in str(plan)


@pytest.mark.parametrize("written", [str.upper, str.lower])
def test_the_log_of_one_record_by_its_number(
    happened: Store, written: Callable[[str], str]
) -> None:
    reader = actor(Role.AUDITOR, "*")
    number = str(logbook.read_log(happened, reader).entries[1].number)
    assert subjects(happened, reader, LogFilter(number=written(number))) == [
        ("create", "institutions")
    ]
    assert subjects(happened, reader, LogFilter(number="WEST-USER")) == [("user", "users")]
    assert subjects(happened, reader, LogFilter(number=number[:-1])) == []
