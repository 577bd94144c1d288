"""PostgreSQL keeps the promises of the store, and says clearly when it cannot be used."""

from __future__ import annotations

import threading

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import func, select, text

from ledger.domain.access import SYSTEM
from ledger.domain.errors import StorageError
from ledger.records import service as records
from ledger.records.query import Condition, Selection
from ledger.storage import Store, migrate, open_store, options, postgres, schema_state
from ledger.storage.faults import GaveWay, clear_errors
from ledger.storage.new_migration import is_declared
from ledger.storage.schema import metadata
from ledger.storage.tables import institutions
from tests.postgres.cluster import Cluster

pytestmark = pytest.mark.postgres


def test_migrations_make_the_declared_tables(city: Store) -> None:
    assert migrate(city) == "current"
    with city.reading() as connection:
        opts = {"compare_type": True, "include_name": is_declared}
        context = MigrationContext.configure(connection, opts=opts)
        different = compare_metadata(context, metadata)
    assert [each for each in different if "geom" not in repr(each)] == []


def test_a_newer_database_is_refused_and_untouched(city: Store) -> None:
    with city.writing() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(StorageError, match="先升级程序"):
        migrate(city)
    assert schema_state(city) == "newer"


def test_writers_queue_instead_of_failing(city: Store) -> None:
    def count() -> None:
        for _ in range(20):
            with city.writing() as connection:
                options.bump(connection, "counter")

    threads = [threading.Thread(target=count) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with city.reading() as connection:
        assert options.read(connection, "counter") == 80


def test_a_read_is_one_snapshot_and_cannot_write(city: Store) -> None:
    counting = select(func.count()).select_from(institutions)
    with city.reading() as connection:
        before = connection.execute(counting).scalar()
        records.create(city, SYSTEM, "institutions", {"name": "甲院"})
        assert connection.execute(counting).scalar() == before == 0
    with pytest.raises(StorageError, match="只读"), city.reading() as connection:
        options.write(connection, "a", 1)


def test_who_waits_too_long_is_told_so(
    city: Store, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgres, "BUSY_SECONDS", 1)
    other = open_store(url)
    with city.writing(), pytest.raises(StorageError, match="正被占用"), other.writing():
        pass
    other.dispose()


def test_deadlock_with_somebody_outside_gives_way(city: Store) -> None:
    with city.writing() as connection:
        for number in ("甲", "乙"):
            options.write(connection, number, 0)
    lock = "UPDATE options SET value = '1' WHERE key = '{}'"
    both_hold_one = threading.Barrier(2)
    gave_way: list[str] = []

    def take(first: str, second: str) -> None:
        try:
            with clear_errors(), city.engine.begin() as connection:
                connection.execute(text(lock.format(first)))
                both_hold_one.wait(timeout=10)
                connection.execute(text(lock.format(second)))
        except GaveWay as error:
            gave_way.append(str(error))

    threads = [threading.Thread(target=take, args=pair) for pair in ("甲乙", "乙甲")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(gave_way) == 1
    assert "再按一次保存" in gave_way[0]


def test_texts_are_ordered_and_found_as_in_sqlite(city: Store) -> None:
    for name in ("乙", "甲", "b%院", "B_院", "a", "Ä"):
        records.create(city, SYSTEM, "institutions", {"name": name})
    page = records.search(city, SYSTEM, "institutions", Selection(sort=(("name", False),)))
    assert [row["name"] for row in page.rows] == sorted(("乙", "甲", "b%院", "B_院", "a", "Ä"))
    found = records.search(city, SYSTEM, "institutions", Selection(text="b_"))
    assert [row["name"] for row in found.rows] == ["B_院"]
    blank = Selection(conditions=(Condition("beds", "blank"),), sort=(("beds", False),))
    assert records.search(city, SYSTEM, "institutions", blank).total == 6


def test_a_database_ordered_by_a_language_is_refused(server: Cluster) -> None:
    server.sql(
        "CREATE DATABASE other ENCODING 'LATIN1' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0"
    )
    store = open_store(server.url("other"))
    with pytest.raises(StorageError, match="CREATE DATABASE"):
        migrate(store)
    store.dispose()
    server.drop("other")


def cut_off(store: Store, server: Cluster) -> None:
    """A write whose connection ends in the middle."""
    with store.writing() as connection:
        mine = connection.execute(text("SELECT pg_backend_pid()")).scalar()
        server.sql(f"SELECT pg_terminate_backend({mine})")
        options.write(connection, "a", 1)


def test_missing_database_wrong_place_and_lost_server(server: Cluster, url: str) -> None:
    for address, said in (
        (server.url("nowhere"), "没有这个数据库"),
        (server.url("t1").replace(str(server.folder), "/tmp/no-server"), "没有应答"),
    ):
        store = open_store(address)
        with pytest.raises(StorageError, match=said):
            schema_state(store)
        store.dispose()
    store = open_store(url)
    with pytest.raises(StorageError, match="没有应答"):
        cut_off(store, server)
    # The pool notices that its connection is dead and makes another one.
    assert schema_state(store) == "current"
    store.dispose()


def test_confirmed_saves_are_synced_even_if_the_server_is_set_otherwise(city: Store) -> None:
    with city.reading() as connection:
        assert connection.execute(text("SHOW synchronous_commit")).scalar() == "on"
