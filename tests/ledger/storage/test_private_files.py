"""Whatever is written at rest is closed to other accounts of the machine, whatever the umask."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from ledger.domain.access import SYSTEM
from ledger.domain.settings import settings
from ledger.exchange.writing.exports import export_to
from ledger.operations import backup, moving, rotation
from ledger.records import service as records
from ledger.storage import Store, migrate, open_store
from ledger.storage.private import private_process

pytestmark = [
    pytest.mark.sqlite_only,
    pytest.mark.skipif(os.name != "posix", reason="modes are of POSIX"),
]
SECRET = b"a-long-passphrase-1"


@pytest.fixture
def everybody() -> Iterator[None]:
    """The most careless umask there is."""
    before = os.umask(0)
    yield
    os.umask(before)


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, everybody: None) -> Iterator[Store]:
    """A database in a folder that is made with it, with something sealed in it."""
    url = f"sqlite:///{(tmp_path / 'var' / 'ledger.db').as_posix()}"
    monkeypatch.setenv("LEDGER_DATABASE_URL", url)
    settings.cache_clear()
    store = open_store(url)
    migrate(store)
    records.create(store, SYSTEM, "institutions", {"name": "甲院"})
    assert store.sealer.seal("张三")  # makes the key file
    yield store
    store.dispose()
    settings.cache_clear()


def open_to_others(folder: Path) -> list[str]:
    """Files and folders below a folder that somebody else may read, write or enter."""
    return [
        f"{path.relative_to(folder)} {stat.filemode(path.stat().st_mode)}"
        for path in sorted(folder.rglob("*"))
        if path.exists() and path.stat().st_mode & 0o077
    ]


def test_every_file_of_an_office_is_its_own(office: Store, tmp_path: Path) -> None:
    var = tmp_path / "var"
    names = {path.name for path in var.iterdir()}
    assert {"ledger.db", "ledger.db-wal", "ledger.db-shm", "ledger.key"} <= names
    backup.backup(office, var / "plain.db")
    backup.backup(office, var / "sealed.sealed", SECRET)
    rotation.rotate(office, SYSTEM)
    for suffix in ("xlsx", "csv"):
        export_to(office, SYSTEM, "institutions", var / f"out.{suffix}")
    for copy, secret in (("plain.db", None), ("sealed.sealed", SECRET)):
        back = open_store(f"sqlite:///{(var / 'back' / copy).with_suffix('.db').as_posix()}")
        backup.restore(back, var / copy, secret)
        with back.writing():
            assert open_to_others(tmp_path) == []
        back.dispose()
    moving.drill(office)
    assert len(list(var.rglob("*"))) > 12
    assert open_to_others(tmp_path) == []


def test_a_database_that_was_open_is_closed_when_it_is_used(office: Store, tmp_path: Path) -> None:
    var = tmp_path / "var"
    office.dispose()
    for path in var.iterdir():
        path.chmod(0o666)
    store = open_store(f"sqlite:///{(var / 'ledger.db').as_posix()}")
    with store.writing():
        assert [name for name in open_to_others(tmp_path) if "ledger.db" in name] == []
    store.dispose()


def test_a_folder_that_was_there_stays_as_it_is(tmp_path: Path, everybody: None) -> None:
    tmp_path.chmod(0o755)
    store = open_store(f"sqlite:///{(tmp_path / 'ledger.db').as_posix()}")
    migrate(store)
    assert stat.S_IMODE(tmp_path.stat().st_mode) == 0o755
    assert stat.S_IMODE((tmp_path / "ledger.db").stat().st_mode) == 0o600
    store.dispose()


def test_a_program_of_ours_makes_nothing_for_others(everybody: None, tmp_path: Path) -> None:
    private_process()
    (tmp_path / "any").write_text("x", encoding="utf-8")
    assert open_to_others(tmp_path) == []
