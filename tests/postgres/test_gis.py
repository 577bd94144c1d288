"""QGIS opens areas and institutions as layers, and sees nothing protected."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest
from sqlalchemy import create_engine, text, update
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.pool import NullPool

from ledger.domain.access import SYSTEM
from ledger.domain.ledgers import INSTITUTIONS
from ledger.records import service as records
from ledger.storage import Store, gis, migrate, open_store, schema_state
from ledger.storage.tables import areas
from tests.ledger.conftest import EAST_GRID, TREE, draw_county
from tests.ledger.storage import released
from tests.ledger.storage.released import Breaking, PulledPlug
from tests.postgres.cluster import Cluster

pytestmark = pytest.mark.postgres


def test_layers_stand_where_postgis_is(server: Cluster, empty_url: str) -> None:
    name = empty_url.partition("@/")[2].partition("?")[0]
    server.sql("CREATE EXTENSION postgis", name)
    store = open_store(empty_url)
    assert schema_state(store) == "empty"
    migrate(store)
    draw_county(store)
    records.create(store, SYSTEM, "institutions", {"name": "甲院", "lon": 127.02, "lat": 29.05})
    records.create(store, SYSTEM, "institutions", {"name": "没有坐标"})
    with store.reading() as connection:
        areas = connection.execute(
            text("SELECT code, GeometryType(geom), ST_SRID(geom) FROM gis.areas ORDER BY code")
        ).all()
        points = connection.execute(
            text(
                "SELECT i.name, a.code FROM gis.institutions i "
                "JOIN gis.areas a ON ST_Contains(a.geom, i.geom) WHERE a.level = 'grid'"
            )
        ).all()
        layers = connection.execute(
            text(
                "SELECT f_table_name, type, srid FROM geometry_columns "
                "WHERE f_table_schema = 'gis' ORDER BY 1"
            )
        ).all()
        columns = set(connection.execute(text("SELECT * FROM gis.institutions LIMIT 0")).keys())
    assert len(areas) == 8
    assert {tuple(row[1:]) for row in areas} == {("MULTIPOLYGON", 4326)}
    assert points == [("甲院", "990101001001001")]
    assert layers == [("areas", "MULTIPOLYGON", 4326), ("institutions", "POINT", 4326)]
    kept_back = {each.key for each in INSTITUTIONS.columns if each.sensitivity != "public"}
    assert "phone" in kept_back
    assert not columns & (kept_back | {"legal_representative", "address", "remarks"})
    assert migrate(store) == "current"
    store.dispose()


@pytest.fixture
def mapped(server: Cluster, url: str) -> Iterator[Store]:
    """The small county where PostGIS was added later, and two institutions."""
    server.sql("CREATE EXTENSION postgis", str(make_url(url).database))
    store = open_store(url)
    assert migrate(store) == "current"
    for name in ("甲院", "乙院"):
        records.create(store, SYSTEM, "institutions", {"name": name, "lon": 127.02, "lat": 29.05})
    yield store
    store.dispose()


def shown(store: Store, layer: str, column: str) -> list[str]:
    with store.reading() as connection:
        return list(
            connection.execute(text(f"SELECT {column} FROM gis.{layer} ORDER BY 1")).scalars()
        )


def test_layers_show_what_is_there_today(mapped: Store) -> None:
    assert shown(mapped, "institutions", "name") == ["乙院", "甲院"]
    records.delete(mapped, SYSTEM, "institutions", {2: 1}, reason="重复")
    assert shown(mapped, "institutions", "name") == ["甲院"]
    assert EAST_GRID in shown(mapped, "areas", "code")
    with mapped.writing() as connection:
        closing = update(areas).where(areas.c.code == EAST_GRID)
        connection.execute(closing.values(valid_to=date(2026, 1, 1)))
    assert shown(mapped, "areas", "code") == sorted({row[0] for row in TREE} - {EAST_GRID})


def test_who_may_see_layers_sees_nothing_else(server: Cluster, mapped: Store, url: str) -> None:
    database = str(make_url(url).database)
    for statement in (
        "CREATE ROLE qgis LOGIN",
        "GRANT USAGE ON SCHEMA gis TO qgis",
        "GRANT SELECT ON ALL TABLES IN SCHEMA gis TO qgis",
    ):
        server.sql(statement, database)
    guest = create_engine(make_url(url).set(username="qgis"), poolclass=NullPool)
    with guest.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM gis.institutions")).scalar() == 2
        for forbidden in ("SELECT phone FROM institutions", "DELETE FROM gis.institutions"):
            with pytest.raises(ProgrammingError, match="permission denied"):
                connection.execute(text(forbidden))
            connection.rollback()


def test_layers_come_through_an_upgrade(server: Cluster, empty_url: str) -> None:
    server.sql("CREATE EXTENSION postgis", str(make_url(empty_url).database))
    store = open_store(empty_url)
    released.upgrade(store, released.revisions()[0])
    released.fill(store, "layers")
    with store.writing() as connection:
        gis.make_views(connection)
    before = shown(store, "areas", "code"), shown(store, "institutions", "number")
    with Breaking(store, 20), pytest.raises(PulledPlug):
        migrate(store)
    assert (shown(store, "areas", "code"), shown(store, "institutions", "number")) == before
    migrate(store)
    assert (shown(store, "areas", "code"), shown(store, "institutions", "number")) == before
    store.dispose()
