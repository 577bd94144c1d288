"""Shapes and points: in scope only, in the basemap's datum, packed once and asked for cheaply."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import shapely
from sqlalchemy import delete, insert

from geo.crs import GCJ02, from_wgs84
from ledger.domain.access import Role
from ledger.records import service as records
from ledger.storage import Store, options
from ledger.storage.own_tables import backdrop
from ledger.storage.tables import areas
from pages._ui.map import areas_url, backdrop_url, points_url
from pages._web import geometry
from tests.ledger.conftest import (  # noqa: F401 - fixtures among them
    COUNTY,
    EAST,
    EAST_GRID,
    WEST,
    WEST_GRID,
    WEST_VILLAGE,
    actor,
    store,
)
from tests.web.calling import Answer, get

GZIP = {"Accept-Encoding": "gzip, br"}


@pytest.fixture(autouse=True)
def served(store: Store, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:  # noqa: F811
    monkeypatch.setattr(geometry, "open_store", lambda: store)
    monkeypatch.setattr(geometry, "_shelf", geometry.Shelf())
    return store


def ask(url: str, role: Role = Role.LEADER, scope: str = COUNTY, **headers: str) -> Answer:
    return get(geometry.ROUTES, url, actor(role, scope), headers or GZIP)


def codes(answer: Answer) -> list[str]:
    return [feature["properties"]["code"] for feature in answer.json["features"]]


@pytest.mark.parametrize(
    ("scope", "url", "shown"),
    [
        # the whole tree begins at its roots
        ("*", "/areas/_.geojson", [COUNTY]),
        # everybody else below their own area
        (COUNTY, "/areas/_.geojson", [WEST, EAST]),
        (WEST, "/areas/_.geojson", [WEST_VILLAGE]),
        (WEST, f"/areas/{WEST_VILLAGE}.geojson", [WEST_GRID, EAST_GRID]),
        # a grid has nothing below it: itself
        (WEST_GRID, "/areas/_.geojson", [WEST_GRID]),
    ],
)
def test_areas_below_one(scope: str, url: str, shown: list[str]) -> None:
    answer = ask(url, scope=scope)
    assert (answer.status, codes(answer)) == (200, shown)
    assert answer.headers["content-type"] == "application/geo+json"


def test_areas_outside_the_scope_and_missing_ones_get_the_same_answer() -> None:
    foreign = ask(f"/areas/{EAST}.geojson", scope=WEST)
    above = ask(f"/areas/{COUNTY}.geojson", scope=WEST)
    missing = ask("/areas/990199.geojson", scope=WEST)
    assert foreign.status == above.status == missing.status == 404
    assert foreign.body == above.body == missing.body


def test_shapes_are_those_of_the_atlas() -> None:
    answer = ask(f"/areas/{COUNTY}.geojson")
    shape = shapely.from_geojson(str(answer.json["features"][0]["geometry"]).replace("'", '"'))
    assert shape.equals(shapely.box(127.0, 29.0, 127.1, 29.1))


def test_unchanged_shapes_are_not_sent_again() -> None:
    first = ask(f"/areas/{COUNTY}.geojson")
    etag = first.headers["etag"]
    assert first.headers["cache-control"] == "private, no-cache"
    again = ask(f"/areas/{COUNTY}.geojson", **GZIP, **{"If-None-Match": f'"old", W/{etag}'})
    assert (again.status, again.body) == (304, b"")
    other = ask(f"/areas/{COUNTY}.geojson", **GZIP, **{"If-None-Match": '"old"'})
    assert other.status == 200


def test_an_etag_opens_nothing_out_of_scope() -> None:
    etag = ask(f"/areas/{EAST}.geojson").headers["etag"]
    answer = ask(f"/areas/{EAST}.geojson", scope=WEST, **{"If-None-Match": etag})
    assert answer.status == 404


def test_packed_and_plain_bodies_differ_in_their_etag() -> None:
    packed = ask(f"/areas/{COUNTY}.geojson")
    plain = ask(f"/areas/{COUNTY}.geojson", **{"Accept-Encoding": "identity"})
    assert packed.headers["content-encoding"] == "gzip"
    assert "content-encoding" not in plain.headers
    assert packed.json == plain.json
    assert packed.headers["etag"] != plain.headers["etag"]


def test_newly_loaded_areas_are_shown_at_once(served: Store) -> None:
    before = ask(f"/areas/{COUNTY}.geojson")
    with served.writing() as connection:
        connection.execute(delete(areas).where(areas.c.code.startswith(EAST)))
        options.bump(connection, "areas_revision")
    after = ask(f"/areas/{COUNTY}.geojson", **GZIP, **{"If-None-Match": before.headers["etag"]})
    assert (after.status, codes(after)) == (200, [WEST])


def test_shapes_points_and_backdrop_move_to_the_datum_of_the_tiles(served: Store) -> None:
    """The vector of eviltransform, from DOMAIN §5."""
    lon, lat = 121.5272106, 31.1774276
    records.create(
        served,
        actor(Role.OFFICE_STAFF, "*"),
        "institutions",
        {"name": "院", "lon": lon, "lat": lat},
    )
    line = shapely.LineString([(lon, lat), (lon, lat + 0.01)])
    with served.writing() as connection:
        connection.execute(
            insert(backdrop),
            [{"kind": "road", "name": None, "class_": None, "geometry": shapely.to_wkb(line)}],
        )
        options.write(
            connection,
            "basemap",
            {"kind": "xyz", "url": "/x/{z}/{x}/{y}", "datum": "gcj02"},
        )
    point = ask("/institutions/points.json", scope="*").json["points"][0]
    assert point[1:3] == pytest.approx([121.53154186, 31.17530398], abs=1e-5)
    road = ask("/areas/backdrop.geojson").json["features"][0]["geometry"]["coordinates"][0]
    assert road == pytest.approx([121.53154186, 31.17530398], abs=2e-5)
    ring = ask(f"/areas/{COUNTY}.geojson").json["features"][0]["geometry"]["coordinates"][0]
    corner = [float(x) for x in from_wgs84(127.0, 29.0, GCJ02)]
    assert any(vertex == pytest.approx(corner, abs=2e-5) for vertex in ring)


@pytest.fixture
def homes(served: Store) -> dict[str, int]:
    clerk = actor(Role.OFFICE_STAFF, "*")
    found = {}
    for name, values in {
        "西": {"lon": 127.02, "lat": 29.05, "suspected_crime": "是"},
        "东": {"lon": 127.15, "lat": 29.02},
        "外": {"lon": 127.9, "lat": 29.5},
        "无": {"area_code": WEST_VILLAGE},
    }.items():
        found[name] = records.create(served, clerk, "institutions", {"name": name, **values})
    return found


def names(answer: Answer) -> list[str]:
    return [row[4] for row in answer.json["points"]]


def test_points_in_scope_with_tier_and_name(homes: dict[str, int]) -> None:
    answer = ask("/institutions/points.json", scope=WEST)
    assert answer.json == {"points": [[homes["西"], 127.02, 29.05, "4", "西"]]}


@pytest.mark.parametrize(
    ("query", "shown"),
    [("", ["西", "东", "外"]), ("?tier=4", ["西"]), ("?tier=none", ["东", "外"]), ("?tier=2", [])],
)
def test_points_by_tier(homes: dict[str, int], query: str, shown: list[str]) -> None:
    assert names(ask(f"/institutions/points.json{query}", scope="*")) == shown


def test_points_under_an_area_of_somebody_else_are_not_found(homes: dict[str, int]) -> None:
    assert names(ask(f"/institutions/points.json?under={EAST}")) == ["东"]
    assert ask(f"/institutions/points.json?under={EAST}", scope=WEST).status == 404


def test_points_are_for_readers_of_the_ledger() -> None:
    assert ask("/institutions/points.json", Role.ADMIN, "*").status == 403


def test_a_new_record_is_among_the_points_at_once(served: Store, homes: dict[str, int]) -> None:
    before = ask("/institutions/points.json")
    records.delete(served, actor(Role.OFFICE_STAFF, "*"), "institutions", {homes["东"]: 1})
    after = ask("/institutions/points.json", **GZIP, **{"If-None-Match": before.headers["etag"]})
    assert (after.status, names(after)) == (200, ["西"])


def test_the_widget_asks_for_addresses_that_there_are(homes: dict[str, int]) -> None:
    addresses = [
        areas_url(None, 1, "wgs84"),
        areas_url(WEST, 1, "wgs84"),
        points_url(WEST, ("4", "none"), 3, "wgs84"),
        backdrop_url(1, "wgs84"),
    ]
    assert [ask(address).status for address in addresses] == [200] * 4
    assert ask(areas_url("../x y/?#", 1, "wgs84")).status == 404
