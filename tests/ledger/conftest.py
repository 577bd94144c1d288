"""A small county drawn by hand: every test of the ledger stands on this ground.

    lon 127.0      127.1      127.2
lat 29.1 ┌──────────┬──────────┐
         │ township │ township │     990101001: village 990101001001 (grids …001 west, …002 east)
         │ 990101001│ 990101002│     990101002: villages 990101002001 (south), …201 (north)
lat 29.0 └──────────┴──────────┘
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import shapely
from sqlalchemy import insert
from sqlalchemy.engine import make_url

from ledger.domain.access import SYSTEM, Actor, Role
from ledger.domain.timing import clock
from ledger.storage import Store, migrate, open_store, options
from ledger.storage.tables import areas

COUNTY, WEST, EAST = "990101", "990101001", "990101002"
WEST_VILLAGE, EAST_SOUTH, EAST_NORTH = "990101001001", "990101002001", "990101002201"
WEST_GRID, EAST_GRID = "990101001001001", "990101001001002"

TREE = [
    (COUNTY, "示例县", "county", None, (127.0, 29.0, 127.2, 29.1)),
    (WEST, "甲云镇", "township", COUNTY, (127.0, 29.0, 127.1, 29.1)),
    (EAST, "乙岚镇", "township", COUNTY, (127.1, 29.0, 127.2, 29.1)),
    (WEST_VILLAGE, "演示一村", "village", WEST, (127.0, 29.0, 127.1, 29.1)),
    (EAST_SOUTH, "演示二村", "village", EAST, (127.1, 29.0, 127.2, 29.05)),
    (EAST_NORTH, "演示三村", "village", EAST, (127.1, 29.05, 127.2, 29.1)),
    (WEST_GRID, "一村第一网格", "grid", WEST_VILLAGE, (127.0, 29.0, 127.05, 29.1)),
    (EAST_GRID, "一村第二网格", "grid", WEST_VILLAGE, (127.05, 29.0, 127.1, 29.1)),
]


def path_of(code: str) -> str:
    """The path of an area of the small county."""
    parents = {row[0]: row[3] for row in TREE}
    steps = [code]
    while (above := parents[steps[0]]) is not None:
        steps.insert(0, above)
    return "/" + "/".join(steps) + "/"


def draw_county(store: Store) -> None:
    """Put the small county into the database."""
    rows = [
        {
            "code": code,
            "name": name,
            "level": level,
            "parent_code": parent,
            "path": path_of(code),
            "population": 1000,
            "elderly": 200,
            "geometry": shapely.to_wkb(shapely.box(*bounds)),
            "version": 1,
            "updated_at": clock.now(),
            "updated_by": "测试",
        }
        for code, name, level, parent, bounds in TREE
    ]
    with store.writing() as connection:
        connection.execute(insert(areas), rows)
        options.bump(connection, "areas_revision")


def actor(role: Role, code: str) -> Actor:
    """Somebody with a role and an area of the small county."""
    path = "/" if code == "*" else path_of(code)
    return Actor(f"测试{role}", role, code, path, user_id=1)


@pytest.fixture
def bare(database_url: str) -> Iterator[Store]:
    """A migrated database without areas."""
    store = open_store(database_url)
    migrate(store)
    yield store
    store.dispose()


@pytest.fixture
def store(database_url: str, drawn_county: Path) -> Iterator[Store]:
    """A fresh database with the small county and no records."""
    shutil.copyfile(drawn_county, str(make_url(database_url).database))
    store = open_store(database_url)
    yield store
    store.dispose()


@pytest.fixture
def office() -> Actor:
    """The staff of the western township's office."""
    return actor(Role.OFFICE_STAFF, WEST)


@pytest.fixture
def leader() -> Actor:
    """The leader of the whole county."""
    return actor(Role.LEADER, COUNTY)


@pytest.fixture
def system() -> Actor:
    """The command line without ``--as``."""
    return SYSTEM
