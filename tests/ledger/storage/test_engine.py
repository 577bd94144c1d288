"""One transaction a service call, and clear words when the database cannot be used."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from sqlalchemy import text

from ledger.domain.errors import StorageError
from ledger.storage import Store, open_store, options


@pytest.mark.sqlite_only  # settings of its files; those of a server: tests/postgres/test_engine.py
def test_confirmed_saves_are_synced_and_readers_do_not_wait(store: Store) -> None:
    with store.reading() as connection:
        pragma = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys")
        }
    assert pragma == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}


def test_error_inside_a_write_undoes_all_of_it(store: Store) -> None:
    def fail() -> None:
        with store.writing() as connection:
            options.write(connection, "a", 1)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    with store.reading() as connection:
        assert options.read(connection, "a") is None


def test_two_writers_queue_instead_of_failing(store: Store) -> None:
    def count() -> None:
        for _ in range(20):
            with store.writing() as connection:
                options.bump(connection, "counter")

    threads = [threading.Thread(target=count) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with store.reading() as connection:
        assert options.read(connection, "counter") == 80


def test_file_that_is_no_database(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    path.write_bytes(b"this is no database, only text" * 100)
    broken = open_store(f"sqlite:///{path}")
    with pytest.raises(StorageError, match="损坏"), broken.reading() as connection:
        connection.execute(text("SELECT 1"))
    assert path.read_bytes().startswith(b"this is no database")


def test_address_that_is_none() -> None:
    with pytest.raises(StorageError, match="LEDGER_DATABASE_URL"):
        open_store("这不是地址")
