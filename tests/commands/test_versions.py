"""Databases of other versions: a newer one is refused by every command, an older one backed up."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from sqlalchemy import text

from ledger.domain.settings import settings
from ledger.storage import open_store, schema_state
from tests.commands.conftest import Run
from tests.ledger.storage import released

NEWER = "由更新版本的程序建立"


@pytest.fixture
def newer(run: Run, database_url: str) -> str:
    """A database that a later program has migrated."""
    assert run("init").code == 0
    store = open_store(database_url)
    with store.writing() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    store.dispose()
    return database_url


def test_a_newer_database_is_refused_by_every_command(run: Run, newer: str, tmp_path: Path) -> None:
    store = open_store(newer)
    before = released.schema_of(store), released.snapshot(store)
    for words in (
        ("init",),
        ("init", "--demo"),
        ("verify",),
        ("backup", tmp_path / "copy.db"),
        ("drill",),
        ("migrate-to", f"sqlite:///{(tmp_path / 'other.db').as_posix()}"),
        ("assess",),
        ("export", "institutions", tmp_path / "out.xlsx"),
        ("user", "add", "zhang", "--role", "leader", "--scope", "*"),
        ("keys", "rotate"),
        ("keys", "check"),
        ("retention",),
    ):
        told = run(*words, typed="a long enough password\n")
        assert told.code == 1, words
        assert NEWER in told.err, words
    assert (released.schema_of(store), released.snapshot(store)) == before
    assert not [file for file in tmp_path.iterdir() if not file.name.startswith("ledger.")]
    store.dispose()


def test_a_newer_backup_is_refused(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run("init").code == 0
    assert run("backup", tmp_path / "copy.db").code == 0
    with sqlite3.connect(tmp_path / "copy.db") as copy:
        copy.execute("UPDATE alembic_version SET version_num = '9999'")
    copy.close()
    (tmp_path / "copy.db.sha256").unlink()
    fresh = f"sqlite:///{(tmp_path / 'fresh.db').as_posix()}"
    monkeypatch.setenv("LEDGER_DATABASE_URL", fresh)
    settings.cache_clear()
    told = run("restore", tmp_path / "copy.db")
    assert told.code == 1
    assert f"{NEWER}，不能使用。请先升级程序" in told.err
    store = open_store(fresh)
    assert schema_state(store) == "empty"
    store.dispose()


@pytest.mark.sqlite_only  # a server's is dumped by the server's own program
def test_an_older_database_is_backed_up_then_migrated(
    run: Run, database_url: str, tmp_path: Path
) -> None:
    store = open_store(database_url)
    released.upgrade(store, released.revisions()[2])
    released.fill(store, "older")
    # Drawn files have no line in the log, which is what `verify` looks for.
    with store.writing() as connection:
        connection.execute(text("DELETE FROM attachments"))
    before = released.snapshot(store)
    store.dispose()
    refused = run("verify")
    assert refused.code == 1
    assert "请先备份，再运行" in refused.err
    assert run("backup", tmp_path / "copy.db").code == 0
    assert run("init").code == 0
    assert run("verify").code == 0
    copy = open_store(f"sqlite:///{(tmp_path / 'copy.db').as_posix()}")
    assert schema_state(copy) == "older"
    assert released.snapshot(copy) == before
    copy.dispose()
