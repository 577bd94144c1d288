"""Where a map opens when areas are known by name alone."""

from __future__ import annotations

import math

import pytest
from sqlalchemy import update

from ledger.casework.map_extent import extent
from ledger.domain.access import SYSTEM, Role
from ledger.domain.errors import NotFound
from ledger.records import service as records
from ledger.records.places.areas import read_atlas
from ledger.storage import Store
from ledger.storage.tables import areas
from tests.ledger.conftest import COUNTY, WEST_VILLAGE, actor

NO_SHAPE = bytes.fromhex("010300000000000000")


def undrawn(store: Store, *but: str):
    with store.writing() as connection:
        connection.execute(update(areas).where(areas.c.code.not_in(but)).values(geometry=NO_SHAPE))
    with store.reading() as connection:
        return read_atlas(connection)


def test_a_boundary_is_what_there_is_to_see(store: Store) -> None:
    with store.reading() as connection:
        atlas = read_atlas(connection)
    assert extent(store, SYSTEM, atlas, WEST_VILLAGE) == atlas.bounds(WEST_VILLAGE)


def test_without_boundaries_the_positions_are(store: Store) -> None:
    for lon in (127.01, 127.05):
        values = {"name": f"松柏院{lon}", "area_code": WEST_VILLAGE, "lon": lon, "lat": 29.05}
        records.create(store, SYSTEM, "institutions", values)
    west, south, east, north = extent(store, SYSTEM, undrawn(store), WEST_VILLAGE)
    assert west < 127.01 < 127.05 < east
    assert south < 29.05 < north
    assert east - west < 0.1


def test_without_positions_the_nearest_area_above_is(store: Store) -> None:
    atlas = undrawn(store, COUNTY)
    assert extent(store, SYSTEM, atlas, WEST_VILLAGE) == atlas.bounds(COUNTY)


def test_with_nothing_at_all_nothing_is_said(store: Store) -> None:
    assert all(map(math.isnan, extent(store, SYSTEM, undrawn(store), WEST_VILLAGE)))


def test_an_area_elsewhere_is_none(store: Store) -> None:
    with store.reading() as connection:
        atlas = read_atlas(connection)
    with pytest.raises(NotFound):
        extent(store, actor(Role.LEADER, WEST_VILLAGE), atlas, COUNTY)
