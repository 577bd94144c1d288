"""A database with very many petitions over three years, made in a few seconds by SQLite."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from ledger.storage import Store
from tests.bench.many_institutions import build as build_institutions

YEARS = 3

# Three in ten are transferred only, four in a hundred wait for their answer; dates follow from
# each other, outcomes of clocks are written as a save would leave them.
_FILL = """
WITH RECURSIVE seq(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM seq WHERE i < :n),
drawn AS (
    SELECT i, (i * 7919) % 450 AS place, (i * 104729) % 100 AS die, (i * 611953) % 97 AS more,
        date(:last, '-' || (:days - i * :days / :n) || ' days') AS came
    FROM seq
),
dated AS (
    SELECT *, date(came, '+' || (2 + more % 9) || ' days') AS moved,
        date(came, '+' || (5 + more % 13) || ' days') AS taken,
        date(came, '+' || (12 + more % 60) || ' days') AS done
    FROM drawn
)
INSERT INTO petitions (
    id, number, state, registered_on, matter, kind, channel, repeat, people, field, area_code,
    lead_official, responsible_unit, transferred_on, received_on, accepted_on, acceptance_told_on,
    finished_on, answer, rating, acceptance_due_on, accepted_in_time, reply_due_on,
    replied_in_time, returned_on, remarks, area_path, extra, version, created_at, created_by,
    updated_at, updated_by, deleted
)
SELECT i, printf('XF-%07d', i), CASE WHEN die < 4 THEN 'accepted' ELSE 'closed' END, came,
    '反映测量用的事项，内容虚构，与任何人无关',
    CASE WHEN die < 70 THEN 'request' WHEN die < 85 THEN 'suggestion' ELSE 'report' END,
    CASE more % 5 WHEN 0 THEN 'letter' WHEN 1 THEN 'visit' WHEN 2 THEN 'phone' ELSE 'online' END,
    die % 9 = 0, 1 + more % 6,
    CASE more % 6 WHEN 0 THEN 'construction' WHEN 1 THEN 'labour' WHEN 2 THEN 'agriculture'
        WHEN 3 THEN 'finance' WHEN 4 THEN 'justice' ELSE 'other' END,
    paths.code, CASE WHEN more % 4 = 0 THEN '测量领导' || (die % 20) END, '测量单位', moved, moved,
    taken, taken, CASE WHEN die >= 4 THEN done END, '测量答复',
    CASE WHEN die < 4 THEN NULL WHEN more % 3 = 0 THEN 'satisfied' WHEN more % 3 = 1 THEN 'basic'
        WHEN die % 4 = 0 THEN 'dissatisfied' END,
    date(moved, '+15 days'), taken <= date(moved, '+15 days'),
    CASE WHEN die < 70 THEN date(taken, '+60 days') END,
    CASE WHEN die BETWEEN 4 AND 69 THEN done <= date(taken, '+60 days') END,
    CASE WHEN die % 13 = 0 THEN date(done, '+40 days') END, '测量用记录，内容虚构',
    paths.path, '{}', 1, came || ' 00:00:00.000000', '测量', came || ' 00:00:00.000000', '测量', 0
FROM dated JOIN paths ON paths.grid = dated.place
"""


def build(folder: Path, count: int, last: str) -> Store:
    """A database of ``count`` petitions in 450 grids, the newest registered on ``last``."""
    store = build_institutions(folder, 1_000)
    path = folder / "institutions_1000.db"
    store.dispose()
    connection = sqlite3.connect(path, isolation_level=None)
    try:
        connection.execute("PRAGMA synchronous=OFF")
        connection.execute("PRAGMA cache_size=-400000")
        connection.execute("BEGIN")
        connection.execute("CREATE TEMP TABLE paths (grid INTEGER PRIMARY KEY, code, path)")
        connection.execute(
            "INSERT INTO paths SELECT row_number() OVER (ORDER BY code) - 1, code, path "
            "FROM areas WHERE level = 'grid'"
        )
        # Indexes are made once all rows are there: sorted, rather than row by row.
        indexes = connection.execute(
            "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND tbl_name = 'petitions' "
            "AND sql IS NOT NULL"
        ).fetchall()
        for name, _ in indexes:
            connection.execute(f"DROP INDEX {name}")
        connection.execute(_FILL, {"n": count, "last": last, "days": 365 * YEARS})
        for _, made in indexes:
            connection.execute(made)
        connection.execute("COMMIT")
    finally:
        connection.close()
    return store
