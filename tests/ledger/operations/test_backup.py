"""Copies of the database: taken in use, checked, put back into an empty place only."""

from __future__ import annotations

import hashlib
import sqlite3
from pathlib import Path

import pytest
from sqlalchemy import text

from ledger.domain.access import SYSTEM
from ledger.domain.errors import Invalid, StorageError
from ledger.operations import backup, database_check
from ledger.operations.backup_folder import rotate
from ledger.records import service as records
from ledger.records.query import Selection
from ledger.storage import Store, open_store, schema_state
from tests.ledger.operations.sealing import seal_as_before
from tests.ledger.sheets import fingerprint

SECRET = "十二个字符以上的口令啊对".encode()


@pytest.fixture
def filled(store: Store) -> Store:
    """A database with a record in it."""
    records.create(store, SYSTEM, "institutions", {"name": "甲院"})
    return store


def other(folder: Path) -> Store:
    """A database that is not there yet."""
    return open_store(f"sqlite:///{(folder / 'other.db').as_posix()}")


def test_a_copy_holds_everything_and_comes_back(filled: Store, tmp_path: Path) -> None:
    copy = backup.backup(filled, tmp_path / "copy.db")
    listed = (tmp_path / "copy.db.sha256").read_text().split()
    digest = hashlib.sha256((tmp_path / "copy.db").read_bytes()).hexdigest()
    assert listed == [digest, "copy.db"]
    assert copy.sha256 == digest
    restored = other(tmp_path)
    assert backup.restore(restored, tmp_path / "copy.db").entries == copy.entries == 1
    assert fingerprint(restored) == fingerprint(filled)
    assert database_check.verify(restored).sound
    restored.dispose()


def test_a_copy_is_taken_while_somebody_writes(filled: Store, tmp_path: Path) -> None:
    with filled.writing() as connection:
        connection.execute(text("UPDATE institutions SET name = '未提交'"))
        backup.backup(filled, tmp_path / "copy.db")
    with sqlite3.connect(tmp_path / "copy.db") as copy:
        assert copy.execute("SELECT name FROM institutions").fetchone() == ("甲院",)


def test_nothing_is_written_over(filled: Store, tmp_path: Path) -> None:
    target = tmp_path / "copy.db"
    backup.backup(filled, target)
    before = target.read_bytes()
    with pytest.raises(Invalid, match="不会覆盖"):
        backup.backup(filled, target)
    assert target.read_bytes() == before
    with pytest.raises(Invalid, match="已有数据"):
        backup.restore(filled, target)
    assert records.search(filled, SYSTEM, "institutions", Selection()).total == 1


def test_damaged_or_foreign_copies_are_refused(filled: Store, tmp_path: Path) -> None:
    target = tmp_path / "copy.db"
    backup.backup(filled, target)
    content = target.read_bytes()
    changed = tmp_path / "changed.db"
    changed.write_bytes(content[:-1] + b"x")
    (tmp_path / "changed.db.sha256").write_text(f"{hashlib.sha256(content).hexdigest()}  x\n")
    short = tmp_path / "short.db"
    short.write_bytes(content[: len(content) // 2])
    foreign = tmp_path / "foreign.db"
    with sqlite3.connect(foreign) as connection:
        connection.execute("CREATE TABLE a (b)")
    words = tmp_path / "words.db"
    words.write_text("no database")
    place = other(tmp_path)
    for file in (changed, short, foreign, words, tmp_path / "none.db"):
        with pytest.raises(Invalid):
            backup.restore(place, file)
    place.dispose()
    assert not [item for item in tmp_path.iterdir() if item.name.startswith(".restore")]


def test_a_copy_whose_log_was_tampered_with_is_refused(filled: Store, tmp_path: Path) -> None:
    target = tmp_path / "copy.db"
    backup.backup(filled, target)
    (tmp_path / "copy.db.sha256").unlink()
    with sqlite3.connect(target) as connection:
        connection.execute("UPDATE changes SET actor = '别人'")
    connection.close()
    place = other(tmp_path)
    with pytest.raises(Invalid, match="内容被改动"):
        backup.restore(place, target)
    place.dispose()


def test_verify_names_what_was_changed_behind_its_back(filled: Store) -> None:
    assert database_check.verify(filled).sound
    with filled.writing() as connection:
        connection.execute(text("DELETE FROM changes"))
    found = database_check.verify(filled)
    assert not found.sound
    assert "日志" in found.faults[0]


def test_there_must_be_something_and_somewhere(tmp_path: Path, filled: Store) -> None:
    place = other(tmp_path)
    with pytest.raises(StorageError, match="init"):
        backup.backup(place, tmp_path / "copy.db")
    place.dispose()
    with pytest.raises(Invalid, match="文件夹"):
        backup.backup(filled, tmp_path / "none" / "copy.db")
    assert not (tmp_path / "copy.db").exists()


def test_an_encrypted_copy_brings_the_key_file_along(filled: Store, tmp_path: Path) -> None:
    key = tmp_path / "ledger.key"
    records.create(filled, SYSTEM, "institutions", {"name": "乙院", "phone": "13800001111"})
    kept = key.read_bytes()
    backup.backup(filled, tmp_path / "copy.sealed", SECRET)
    content = (tmp_path / "copy.sealed").read_bytes()
    assert b"SQLite format" not in content
    assert kept not in content
    place = other(tmp_path)
    with pytest.raises(Invalid, match="--secret"):
        backup.restore(place, tmp_path / "copy.sealed")
    with pytest.raises(Invalid, match="口令不对"):
        backup.restore(place, tmp_path / "copy.sealed", SECRET + b"x")
    assert schema_state(place) == "empty"
    backup.restore(place, tmp_path / "copy.sealed", SECRET)
    assert (tmp_path / "other.key").read_bytes() == kept
    assert fingerprint(place) == fingerprint(filled)
    place.dispose()


def test_a_copy_encrypted_before_the_age_format_is_restored(filled: Store, tmp_path: Path) -> None:
    """With its key file, as a copy of today."""
    records.create(filled, SYSTEM, "institutions", {"name": "乙院", "phone": "13800001111"})
    backup.backup(filled, tmp_path / "copy.db")
    kept = (tmp_path / "ledger.key").read_bytes()
    seal_as_before(tmp_path / "copy.db", kept, tmp_path / "copy.sealed", SECRET)
    place = other(tmp_path)
    with pytest.raises(Invalid, match="--secret"):
        backup.restore(place, tmp_path / "copy.sealed")
    backup.restore(place, tmp_path / "copy.sealed", SECRET)
    assert (tmp_path / "other.key").read_bytes() == kept
    assert fingerprint(place) == fingerprint(filled)
    place.dispose()


def test_another_key_file_is_never_replaced(filled: Store, tmp_path: Path) -> None:
    records.create(filled, SYSTEM, "institutions", {"name": "乙院", "phone": "13800001111"})
    backup.backup(filled, tmp_path / "copy.sealed", SECRET)
    (tmp_path / "other.key").write_text("the only one of its kind")
    place = other(tmp_path)
    with pytest.raises(Invalid, match="不会覆盖"):
        backup.restore(place, tmp_path / "copy.sealed", SECRET)
    assert (tmp_path / "other.key").read_text() == "the only one of its kind"
    assert schema_state(place) == "empty"
    place.dispose()


def test_the_oldest_backups_of_a_folder_go(tmp_path: Path) -> None:
    names = [f"ledger-2026010{day}-120000.db" for day in range(1, 5)]
    for name in (*names, "ledger-20260105-120000.sealed", "ledger.db", "mine.db"):
        (tmp_path / name).touch()
        (tmp_path / f"{name}.sha256").touch()
    assert [file.name for file in rotate(tmp_path, 2)] == names[2::-1]
    left = {file.name for file in tmp_path.iterdir() if file.suffix != ".sha256"}
    assert left == {names[3], "ledger-20260105-120000.sealed", "ledger.db", "mine.db"}
    assert not (tmp_path / f"{names[0]}.sha256").exists()
