"""Shapes and files of the hotspot page: in scope only, on the record, no small counts in files."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from ledger.domain.access import SYSTEM, Role
from ledger.domain.timing import clock
from ledger.records.bulk import create_many
from ledger.storage import migrate, open_store
from ledger.storage.tables import changes
from pages._ui.map import regions_url
from pages._web import downloads, regions
from tests.ledger.reporting.statistics.cases import TOWN, C, D, F, draw, draw_row
from tests.pages.builders import (
    COUNTY,
    EAST,
    EAST_NORTH,
    EAST_SOUTH,
    WEST,
    WEST_GRID,
    WEST_VILLAGE,
    Office,
    build_office,
)
from tests.web.calling import Answer, get

ROLES = (Role.OFFICE_STAFF, Role.LEADER, Role.GRID_WORKER, Role.AUDITOR, Role.ADMIN)
Ask = Callable[..., Answer]


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    path = tmp_path_factory.mktemp("office") / "ledger.db"
    built = build_office(f"sqlite:///{path.as_posix()}", roles=ROLES)
    day = clock.today() - timedelta(days=3)
    counts = {WEST_VILLAGE: 7, EAST_SOUTH: 5, EAST_NORTH: 1}
    rows = [
        {"registered_on": day, "matter": "退费", "area_code": code}
        for code, number in counts.items()
        for _ in range(number)
    ]
    create_many(built.store, SYSTEM, "petitions", rows)
    yield built
    built.close()


@pytest.fixture
def ask(office: Office, monkeypatch: pytest.MonkeyPatch) -> Ask:
    monkeypatch.setattr(downloads, "store", lambda: office.store)
    monkeypatch.setattr(regions, "open_store", lambda: office.store)
    monkeypatch.setattr(regions, "_shelf", regions.Shelf())
    routes = [*downloads.ROUTES, *regions.ROUTES]
    return lambda path, role=Role.LEADER: get(routes, path, office.actor(role))


def codes(answer: Answer) -> list[str]:
    return [feature["properties"]["code"] for feature in answer.json["features"]]


@pytest.mark.parametrize(
    ("role", "level", "under", "shown"),
    [
        (Role.LEADER, "village", None, [WEST_VILLAGE, EAST_SOUTH, EAST_NORTH]),
        (Role.LEADER, "township", COUNTY, [WEST, EAST]),
        (Role.LEADER, "village", EAST, [EAST_SOUTH, EAST_NORTH]),
        (Role.OFFICE_STAFF, "village", None, [WEST_VILLAGE]),
        (Role.GRID_WORKER, "grid", None, [WEST_GRID]),
    ],
)
def test_areas_of_a_level_below_an_area(
    ask: Ask, role: Role, level: str, under: str | None, shown: list[str]
) -> None:
    answer = ask(regions_url(level, under, 1, "wgs84", None), role)
    assert (answer.status, codes(answer)) == (200, shown)
    assert set(answer.json["features"][0]["properties"]) == {"code", "name"}


@pytest.mark.parametrize(
    ("role", "path", "status"),
    [
        (Role.OFFICE_STAFF, f"/regions/village.geojson?under={EAST}", 404),
        (Role.OFFICE_STAFF, "/regions/village.geojson?under=999", 404),
        (Role.ADMIN, "/regions/village.geojson", 403),
        (Role.LEADER, "/regions/street.geojson", 403),
        (Role.LEADER, "/regions/village.geojson?period=May", 403),
    ],
)
def test_what_is_not_theirs_is_not_there(ask: Ask, role: Role, path: str, status: int) -> None:
    assert ask(path, role).status == status


def test_a_past_period_has_the_areas_that_counted_then(
    ask: Ask, office: Office, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    store = open_store(f"sqlite:///{(tmp_path / 'row.db').as_posix()}")
    migrate(store)
    draw_row(store, tmp_path)
    draw(store, tmp_path, "village", {C: (2, 2.5), F: (2.5, 3)}, valid_from=date(2026, 5, 10))
    monkeypatch.setattr(regions, "open_store", lambda: store)
    then = get(regions.ROUTES, "/regions/village.geojson?period=2026-05-01_2026-05-31", SYSTEM)
    now = get(regions.ROUTES, "/regions/village.geojson", SYSTEM)
    assert (F in codes(then), F in codes(now)) == (False, True)
    west, east = (
        min(p[0] for p in ring(then, C)),
        max(p[0] for p in ring(then, C)),
    )
    assert (west, east) == pytest.approx((127.2, 127.3))
    assert D in codes(then)
    assert TOWN not in codes(then)
    store.dispose()


def ring(answer: Answer, code: str) -> list[list[float]]:
    for feature in answer.json["features"]:
        if feature["properties"]["code"] == code:
            return feature["geometry"]["coordinates"][0]  # type: ignore[no-any-return]
    raise AssertionError(code)


def rows_of(answer: Answer) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(answer.body.decode("utf-8-sig"))))


def test_a_file_holds_what_the_page_shows_and_is_on_the_record(ask: Ask, office: Office) -> None:
    answer = ask("/download/hotspots/table.csv", Role.OFFICE_STAFF)
    assert (answer.status, answer.headers["x-rows"]) == (200, "1")
    assert [(row["区域名称"], row["件数"]) for row in rows_of(answer)] == [("演示一村", "7")]
    with office.store.reading() as connection:
        newest = connection.execute(select(changes).order_by(changes.c.id.desc()).limit(1)).one()
    assert (newest.action, newest.ledger, newest.actor) == ("export", "petitions", "jingban")


def test_the_file_hides_small_counts(ask: Ask) -> None:
    rows = rows_of(ask("/download/hotspots/table.csv", Role.LEADER))
    assert [row["件数"] for row in rows] == ["7", "不显示", "<3"]
    assert rows[-1]["每千人件数"] == ""
    assert {row["Gi*统计量"] for row in rows} == {""}
    assert ask("/download/hotspots/table.xlsx", Role.LEADER).body[:2] == b"PK"


@pytest.mark.parametrize(
    ("path", "role", "status"),
    [
        ("/download/hotspots/table.csv", Role.AUDITOR, 403),
        ("/download/hotspots/table.csv", Role.GRID_WORKER, 403),
        ("/download/hotspots/table.pdf", Role.LEADER, 400),
        (f"/download/hotspots/table.csv?under={EAST}", Role.OFFICE_STAFF, 400),
        ("/download/hotspots/table.csv?field.in=nothing", Role.LEADER, 400),
        ("/download/hotspots/table.csv?period=2190-01-01_2190-01-31", Role.LEADER, 400),
        ("/download/hotspots/table.csv?ledger=areas", Role.LEADER, 400),
        ("/download/hotspots/table.csv?level=village&layer=rate", Role.LEADER, 200),
    ],
)
def test_files_are_refused_where_the_page_would_show_something_else(
    ask: Ask, path: str, role: Role, status: int
) -> None:
    assert ask(path, role).status == status
