"""Rows written by the driver are those that SQLAlchemy would have written."""

from __future__ import annotations

from datetime import UTC, date, datetime

from sqlalchemy import insert, select

from ledger.storage import Store
from ledger.storage.bulk import insert_rows
from ledger.storage.tables import areas

NOW = datetime(2026, 5, 20, 9, 30, tzinfo=UTC)
KEYS = (
    "code",
    "name",
    "level",
    "path",
    "population",
    "valid_from",
    "geometry",
    "version",
    "updated_at",
    "updated_by",
)
ROWS = [
    ("X1", "甲'\"%s?", "grid", "/X1/", None, date(2026, 1, 2), b"\x00\x01", 1, NOW, "测试"),
    ("X2", "乙", "grid", "/X2/", 5, None, b"", 1, NOW, "测试"),
]


def test_same_as_sqlalchemy(store: Store) -> None:
    columns = [areas.c[key] for key in KEYS]
    with store.writing() as connection:
        insert_rows(connection, areas, KEYS, ROWS)
        connection.execute(
            insert(areas), [dict(zip(KEYS, (f"S{r[0]}", *r[1:]), strict=True)) for r in ROWS]
        )
    with store.reading() as connection:
        query = select(*columns).order_by(areas.c.code)
        ours = connection.execute(query.where(areas.c.code.like("X%"))).all()
        theirs = connection.execute(query.where(areas.c.code.like("SX%"))).all()
    assert [tuple(row) for row in ours] == ROWS
    assert [row[1:] for row in ours] == [row[1:] for row in theirs]


def test_no_rows_is_no_statement(store: Store) -> None:
    with store.writing() as connection:
        insert_rows(connection, areas, KEYS, [])
