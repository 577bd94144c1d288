"""QGIS opens areas and institutions as layers, and sees nothing protected."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from ledger import records
from ledger.access import SYSTEM
from ledger.storage import migrate, open_store, schema_state
from tests.ledger.conftest import draw_county
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
    assert not columns & {"phone", "legal_representative", "address", "remarks"}
    assert migrate(store) == "current"
    store.dispose()
