"""Databases with very many institutions, each with a history, made in a few seconds by SQLite."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import shapely
from sqlalchemy import insert

from ledger.domain.timing import clock
from ledger.storage import Store, migrate, open_store, options
from ledger.storage.tables import areas

COUNTY = "990101"
TOWNSHIPS, VILLAGES, GRIDS = 6, 15, 5  # per level above: 450 grids

# Every column that people see holds something; the newest change is spread over the whole ledger.
_FILL = """
WITH RECURSIVE seq(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM seq WHERE i < :n),
drawn AS (
    SELECT i, (i * 7919) % 450 AS place, (i * 104729) % 100 AS die, (i * 15485863) % :n AS age
    FROM seq
)
INSERT INTO institutions (
    id, number, name, tier, kind, operator, filing, address, lon, lat, area_code, placement, beds,
    residents, marketing, charging, prepaid_service_fee, prepaid_deposit, prepaid_months,
    monthly_bed_fee, prepaid_use, assets_cover_debts, stable_operation, phone, remarks,
    tier_computed, tier_reason, area_path, extra, version, created_at, created_by, updated_at,
    updated_by, deleted
)
SELECT i, printf('CL-%07d', i), '测量养老院' || i,
    CASE WHEN die < 50 THEN '1' WHEN die < 70 THEN '2' WHEN die < 82 THEN '3'
         WHEN die < 88 THEN '4' END,
    '养老院', '测量运营公司' || i, 'filed', '示例县演示路' || i || '号',
    127 + i % 97 / 500.0, 29 + i % 89 / 900.0, paths.code,
    CASE WHEN die < 98 THEN 'position' ELSE 'outside' END, 120, 90, '社区宣传栏、公众号推送',
    '按年预收', 120000, 60000, 12, 1800, 'operation', 1, 1, '000-12345678',
    '测量用记录,内容虚构', '1', '测量', paths.path, '{}', 1, '2026-01-01 00:00:00.000000', '测量',
    strftime('%Y-%m-%d %H:%M:%S', '2026-06-30', '-' || age || ' seconds') || '.000000', '测量', 0
FROM drawn JOIN paths ON paths.grid = drawn.place
"""
_HISTORY = """
INSERT INTO changes (id, at, actor, action, ledger, record_id, number, version, batch, before,
    after, previous_hash, hash)
SELECT id, '2026-01-01T00:00:00+00:00', '测量', 'create', 'institutions', id, number, 1,
    printf('%032x', id), NULL, json_object('name', name, 'tier', tier, 'address', address),
    printf('%064x', id - 1), printf('%064x', id)
FROM institutions ORDER BY id
"""


def build(folder: Path, count: int) -> Store:
    """A database of ``count`` institutions in 450 grids. Its hashes are made up, the rest holds."""
    path = folder / f"institutions_{count}.db"
    store = open_store(f"sqlite:///{path.as_posix()}")
    migrate(store)
    _draw_areas(store)
    store.dispose()
    connection = sqlite3.connect(path, isolation_level=None)
    try:
        connection.execute("PRAGMA synchronous=OFF")
        connection.execute("PRAGMA cache_size=-400000")
        connection.execute("BEGIN")
        connection.execute("CREATE TEMP TABLE paths (grid INTEGER PRIMARY KEY, code, path)")
        grids = [(code, path) for code, path, level in _tree() if level == "grid"]
        rows = [(at, *grid) for at, grid in enumerate(grids)]
        connection.executemany("INSERT INTO paths VALUES (?, ?, ?)", rows)
        connection.execute(_FILL, {"n": count})
        connection.execute(_HISTORY)
        head = (1, count, f"{count:064x}")
        connection.execute("DELETE FROM chain_head")
        connection.execute("INSERT INTO chain_head (id, last_id, hash) VALUES (?, ?, ?)", head)
        connection.execute("DELETE FROM counters WHERE key = 'institutions'")
        connection.execute("INSERT INTO counters VALUES ('institutions', ?)", (count,))
        connection.execute("COMMIT")
    finally:
        connection.close()
    return store


def township(at: int) -> str:
    return f"{COUNTY}{at + 1:03d}"


def _tree() -> list[tuple[str, str, str]]:
    """(code, path, level) of the county and everything in it."""
    rows = [(COUNTY, f"/{COUNTY}/", "county")]
    for t in range(TOWNSHIPS):
        town = township(t)
        rows.append((town, f"/{COUNTY}/{town}/", "township"))
        for v in range(VILLAGES):
            village = f"{town}{v + 1:03d}"
            rows.append((village, f"/{COUNTY}/{town}/{village}/", "village"))
            for g in range(GRIDS):
                grid = f"{village}{g + 1:03d}"
                rows.append((grid, f"/{COUNTY}/{town}/{village}/{grid}/", "grid"))
    return rows


def _draw_areas(store: Store) -> None:
    square = shapely.to_wkb(shapely.box(127.0, 29.0, 127.2, 29.1))
    rows = [
        {
            "code": code,
            "name": f"测量{code}",
            "level": level,
            "parent_code": path.split("/")[-3] or None,
            "path": path,
            "geometry": square,
            "version": 1,
            "updated_at": clock.now(),
            "updated_by": "测量",
        }
        for code, path, level in _tree()
    ]
    with store.writing() as connection:
        connection.execute(insert(areas), rows)
        options.bump(connection, "areas_revision")
