"""A full disk, a read-only, locked or damaged database: one clear message, nothing damaged."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from ledger.domain.access import SYSTEM
from ledger.domain.errors import StorageError
from ledger.operations import database_check
from ledger.records import attachments
from ledger.records import service as records
from ledger.storage import Store, open_store, sqlite
from tests.ledger.sheets import fingerprint

# Files, their locks and rights; what a server says instead stands in tests/postgres.
pytestmark = pytest.mark.sqlite_only
PNG = b"\x89PNG\r\n\x1a\n" + bytes(200_000)


@pytest.fixture
def office_file(store: Store, tmp_path: Path) -> Path:
    """The file of a database with a record in it, closed."""
    records.create(store, SYSTEM, "institutions", {"name": "甲院"})
    store.dispose()
    return tmp_path / "ledger.db"


def test_full_disk_keeps_what_was_saved(store: Store, office_file: Path) -> None:
    before = fingerprint(store)
    with store.engine.connect() as connection:  # the pool hands the same connection out again
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
        connection.exec_driver_sql(f"PRAGMA max_page_count={pages}")
    with pytest.raises(StorageError, match="磁盘空间已满"):
        attachments.attach(store, SYSTEM, "institutions", 1, "照片.png", PNG)
    assert fingerprint(store) == before
    assert database_check.verify(store).sound


def test_read_only_can_be_read(office_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(office_file.parent)
    reading = open_store(f"sqlite:///file:{office_file.as_posix()}?mode=ro&uri=true")
    assert records.get(reading, SYSTEM, "institutions", 1)["name"] == "甲院"
    with pytest.raises(StorageError, match="只读"), reading.writing() as connection:
        connection.exec_driver_sql("DELETE FROM institutions")
    reading.dispose()
    assert not Path("file:").exists(), "the address is no folder"


def test_locked_says_so_after_a_while(office_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite, "BUSY_SECONDS", 0)
    other = sqlite3.connect(office_file, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    waiting = open_store(f"sqlite:///{office_file.as_posix()}")
    with pytest.raises(StorageError, match="正被占用"):
        records.create(waiting, SYSTEM, "institutions", {"name": "乙院"})
    other.execute("ROLLBACK")
    assert records.create(waiting, SYSTEM, "institutions", {"name": "乙院"}) == 2
    waiting.dispose()
    other.close()


def test_damage_is_found_at_the_start_and_left_as_it_is(office_file: Path) -> None:
    with sqlite3.connect(office_file) as connection:
        connection.execute("PRAGMA journal_mode=DELETE")
        size = connection.execute("PRAGMA page_size").fetchone()[0]
        root = connection.execute(
            "SELECT rootpage FROM sqlite_master WHERE name = 'institutions'"
        ).fetchone()[0]
    connection.close()
    sound = open_store(f"sqlite:///{office_file.as_posix()}")
    sqlite.check_file(sound.engine)
    sound.dispose()
    with office_file.open("r+b") as file:
        file.seek((root - 1) * size)
        file.write(b"\xa5" * size)
    damaged = office_file.read_bytes()
    opened = open_store(f"sqlite:///{office_file.as_posix()}")
    with pytest.raises(StorageError, match="从备份恢复"):
        sqlite.check_file(opened.engine)
    opened.dispose()
    assert office_file.read_bytes()[size:] == damaged[size:]
