"""The local basemap: one file, pictures only, nothing else of the disk."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from ledger.domain.access import Role
from ledger.storage import Store, options
from pages._basemap import Basemap, parse_basemap
from pages._web import tiles
from tests.ledger.conftest import (  # noqa: F401 - fixtures
    COUNTY,
    actor,
    store,
)
from tests.web.calling import Answer, get

PNG = b"\x89PNG\r\n\x1a\nnorth"
JPEG = b"\xff\xd8\xffsouth"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """At zoom 1: a PNG in the north west, a JPEG in the south west, HTML in the north east."""
    path = tmp_path / "base map.mbtiles"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE tiles (zoom_level, tile_column, tile_row, tile_data)")
        rows = [(1, 0, 1, PNG), (1, 0, 0, JPEG), (1, 1, 1, b"<script>alert(1)</script>")]
        connection.executemany("INSERT INTO tiles VALUES (?, ?, ?, ?)", rows)
        connection.commit()
    return path


@pytest.fixture(autouse=True)
def served(store: Store, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:  # noqa: F811
    monkeypatch.setattr(tiles, "store", lambda: store)
    return store


def choose(store: Store, path: Path) -> None:  # noqa: F811
    with store.writing() as connection:
        options.write(connection, "basemap", {"kind": "mbtiles", "path": str(path)})


def ask(place: str) -> Answer:
    return get(tiles.ROUTES, f"/tiles/{place}", actor(Role.LEADER, COUNTY))


def test_rows_are_counted_from_the_north(served: Store, file: Path) -> None:
    choose(served, file)
    north, south = ask("1/0/0"), ask("1/0/1")
    assert (north.body, north.headers["content-type"]) == (PNG, "image/png")
    assert (south.body, south.headers["content-type"]) == (JPEG, "image/jpeg")


@pytest.mark.parametrize("place", ["1/1/1", "5/0/0", "1/9/0", "99/0/0"])
def test_where_there_is_no_tile_there_is_nothing(served: Store, file: Path, place: str) -> None:
    choose(served, file)
    assert (ask(place).status, ask(place).body) == (204, b"")


def test_what_is_no_picture_is_not_handed_out(served: Store, file: Path) -> None:
    choose(served, file)
    assert ask("1/1/0").status == 204


@pytest.mark.parametrize(
    "place", ["1/0/..%2F..", "a/b/c", "-1/0/0", "1/0/0.png", "1/0/" + "9" * 5000, "1/0/²"]
)
def test_only_numbers_are_places(served: Store, file: Path, place: str) -> None:
    choose(served, file)
    assert ask(place).status == 404


def test_without_a_local_basemap_there_are_no_tiles(served: Store, tmp_path: Path) -> None:
    assert ask("1/0/0").status == 404
    choose(served, tmp_path / "gone.mbtiles")
    assert ask("1/0/0").status == 404
    assert not (tmp_path / "gone.mbtiles").exists()


def test_a_file_that_is_no_mbtiles_leaves_the_map_white(served: Store, tmp_path: Path) -> None:
    other = tmp_path / "other.txt"
    other.write_text("secret")
    choose(served, other)
    assert ask("0/0/0").status == 204
    assert other.read_text() == "secret"


@pytest.mark.parametrize(
    ("option", "kind"),
    [
        (None, "none"),
        ("xyz", "none"),
        ({"kind": "none"}, "none"),
        ({"kind": "mbtiles"}, "none"),  # without a file
        ({"kind": "xyz", "url": "https://tiles.example.org/{z}/{x}.png"}, "none"),  # no {y}
        ({"kind": "xyz", "url": "javascript:{z}{x}{y}"}, "none"),
        ({"kind": "xyz", "url": "/t/{z}/{x}/{y}", "datum": "EPSG:4547"}, "none"),
        ({"kind": "xyz", "url": "/t/{z}/{x}/{y}", "datum": "mars"}, "none"),
        ({"kind": "xyz", "url": "/t/{z}/{x}/{y}", "datum": "GCJ-02"}, "xyz"),
        ({"kind": "wmts", "url": "/t/{z}/{x}/{y}?tk={key}", "key": "k"}, "wmts"),
        ({"kind": "mbtiles", "path": "/srv/map.mbtiles", "unknown": 1}, "mbtiles"),
    ],
)
def test_a_basemap_is_complete_or_none(option: object, kind: str) -> None:
    assert parse_basemap(option).kind == kind


def test_the_key_is_put_into_the_address() -> None:
    chosen = Basemap(kind="wmts", url="/t/{z}/{x}/{y}?tk={key}", key="k1")
    found = chosen.tiles()
    assert found is not None
    assert found.template == "/t/{z}/{x}/{y}?tk=k1"


def test_positions_go_to_the_tiles_and_back() -> None:
    chosen = Basemap(kind="xyz", url="/t/{z}/{x}/{y}", datum="gcj02")
    there = chosen.shifted(121.5272106, 31.1774276)
    assert there == pytest.approx((121.53154186, 31.17530398), abs=1e-5)
    assert chosen.unshifted(*there) == pytest.approx((121.5272106, 31.1774276), abs=1e-8)
    box = chosen.bounds((121.5272106, 31.1774276, 121.6, 31.2))
    assert box[:2] == pytest.approx(there)
