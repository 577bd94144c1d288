"""A program that ran without the installer: copied while nobody has it open, or left alone."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Iterable
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from deploy.installer import installing, layout, office, taking_over
from deploy.installer.layout import Layout
from deploy.installer.stop import Stop
from deploy.installer.taking_over import Old
from tests.deploy.installer.packed import MANIFEST, bundle


@pytest.fixture
def there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Layout:
    """An office's folders before its first database, and a program that is played."""
    found = layout.in_folder(tmp_path / "office")
    found.backups.mkdir(parents=True)
    found.config.mkdir()

    def played(
        at: Layout, _version: Path, words: Iterable[str], settings: dict[str, str] | None = None
    ) -> dict[str, Any]:
        word, *rest = words
        source = (settings or {}).get("LEDGER_DATABASE_URL", "").removeprefix("sqlite:///")
        if word == "backup":
            shutil.copyfile(source or at.database, rest[0])
        if word == "restore":
            shutil.copyfile(rest[0], at.database)
            (at.data / "ledger.key").write_text("key", encoding="ascii")
        return {"database": "", "setup_code": None}

    monkeypatch.setattr(office, "ledger", played)
    return found


@pytest.fixture
def old(tmp_path: Path) -> Old:
    """What a killed program left: one row stands in the write-ahead log alone."""
    running, folder = tmp_path / "running", tmp_path / "old"
    for each in (running, folder):
        each.mkdir()
    with closing(sqlite3.connect(running / "ledger.db")) as opened:
        opened.execute("PRAGMA journal_mode=WAL")
        opened.execute("CREATE TABLE kept (words)")
        opened.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        opened.execute("INSERT INTO kept VALUES ('in the log')")
        opened.commit()
        for file in running.iterdir():
            shutil.copyfile(file, folder / file.name)
    (folder / "ledger.key").write_text("key", encoding="ascii")
    return Old(folder / "ledger.db")


@pytest.fixture
def version(tmp_path: Path) -> Path:
    """What the installer laid: of it the manifest counts here, whose schema is 0027."""
    return bundle(tmp_path / "0.3.0-1a2b3c4")


def test_what_stands_in_the_log_alone_comes_along(there: Layout, old: Old, version: Path) -> None:
    before = {file.name: file.read_bytes() for file in old.database.parent.iterdir()}
    taking_over.take_over(there, version, old)
    with closing(sqlite3.connect(there.database)) as opened:
        assert opened.execute("SELECT words FROM kept").fetchall() == [("in the log",)]
    assert {file.name: file.read_bytes() for file in old.database.parent.iterdir()} == before
    assert not list(there.data.glob(".*"))


def test_a_program_that_still_runs_is_refused(there: Layout, old: Old) -> None:
    with closing(sqlite3.connect(old.database)) as opened:
        opened.execute("SELECT * FROM kept").fetchall()
        with pytest.raises(Stop, match=f"还在运行\\(进程 {os.getpid()} "):
            taking_over.require_usable(old)
    taking_over.require_usable(old)


def test_a_key_file_that_is_missing_or_elsewhere(old: Old, tmp_path: Path) -> None:
    moved = old.key.rename(tmp_path / "other.key")
    with pytest.raises(Stop, match="--key"):
        taking_over.require_usable(old)
    taking_over.require_usable(Old(old.database, moved))
    with pytest.raises(Stop, match="没有找到旧程序的数据库"):
        taking_over.require_usable(Old(tmp_path / "none.db"))


def test_a_file_that_is_no_database(there: Layout, old: Old, version: Path) -> None:
    old.database.write_bytes(b"no database at all" * 100)
    with pytest.raises(Stop, match="没有接收，原文件没有改动"):
        taking_over.take_over(there, version, old)
    assert not there.database.exists()
    assert not list(there.data.glob(".*"))


def test_what_the_program_refuses_is_given_back(
    there: Layout, old: Old, version: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A demo, for instance: with it in place each further installation would be refused."""
    played = office.ledger

    def refuses(at: Layout, used: Path, words: Any, *more: Any) -> dict[str, Any]:
        if words == ["init"]:
            raise Stop("这是演示库")
        return played(at, used, words, *more)

    monkeypatch.setattr(office, "ledger", refuses)
    with pytest.raises(Stop, match="没有接收旧程序的数据，原来的文件夹没有改动。这是演示库"):
        installing._database(there, version, old)
    left = [file for file in there.data.rglob("*") if file.is_file()]
    assert left == []


def newer(database: Path, schema: str = "0028") -> None:
    """As a program with one more migration left it, in the write-ahead log or folded in."""
    with closing(sqlite3.connect(database)) as opened:
        opened.execute("CREATE TABLE alembic_version (version_num)")
        opened.execute("INSERT INTO alembic_version VALUES (?)", (schema,))
        opened.commit()


def test_a_database_newer_than_the_program_is_refused_before_anything_is_laid(old: Old) -> None:
    newer(old.database)
    before = {file.name: file.read_bytes() for file in old.database.parent.iterdir()}
    with pytest.raises(Stop, match="数据库结构 0028，这个安装包只到 0027"):
        taking_over.require_known(old.database, MANIFEST)
    taking_over.require_known(old.database, replace(MANIFEST, schema="0028"))
    assert {file.name: file.read_bytes() for file in old.database.parent.iterdir()} == before


def test_a_newer_one_whose_schema_stands_in_the_log_alone(
    there: Layout, old: Old, version: Path
) -> None:
    beside = old.database.with_name("other.db")
    with closing(sqlite3.connect(old.database)) as opened:
        opened.execute("SELECT * FROM kept").fetchall()  # whoever closes last folds the log in
        newer(old.database)
        for end in ("", "-wal"):
            shutil.copyfile(f"{old.database}{end}", f"{beside}{end}")
    moved = Old(beside, old.key)
    taking_over.require_known(beside, MANIFEST)
    with pytest.raises(Stop, match=r"other\.db”由更新版本的程序建立"):
        taking_over.take_over(there, version, moved)
    assert [file for file in there.data.rglob("*") if file.is_file()] == []


def test_a_key_of_another_database_is_never_removed(there: Layout, old: Old) -> None:
    (there.data / "ledger.key").write_text("another", encoding="ascii")
    taking_over.give_back(there, old)
    assert (there.data / "ledger.key").read_text(encoding="ascii") == "another"


def test_kept_data_is_backed_up_before_another_version_migrates_it(there: Layout) -> None:
    there.database.write_bytes(b"kept")
    installing._database(there, Path("0.3.0-1a2b3c4"), None)
    (copy,) = there.backups.glob("before-0.3.0-1a2b3c4-*.sealed")
    assert copy.read_bytes() == b"kept"
