"""A process whose database was removed or replaced stops: nothing is saved into a lost file."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from ledger.domain.access import SYSTEM, Actor, Role
from ledger.domain.errors import Invalid, StorageError
from ledger.exchange.writing.exports import require_writable
from ledger.operations import backup, database_check
from ledger.operations.readiness import readiness
from ledger.people import office
from ledger.records import service as records
from ledger.records.query import Selection
from ledger.storage import Store, open_store
from ledger.storage.sqlite import check_file
from tests.ledger.conftest import WEST_VILLAGE

# A server keeps its own files.
pytestmark = pytest.mark.sqlite_only
ADMIN = Actor("管理员", Role.ADMIN, "*", "/", user_id=1)


@pytest.fixture
def file(store: Store) -> Path:
    """The database's file; one record is saved, and its log is not folded away."""
    save(store, "甲院")
    return backup.database_file(store)


def save(store: Store, name: str) -> int:
    return records.create(store, SYSTEM, "institutions", {"name": name, "area_code": WEST_VILLAGE})


def names(url: str) -> set[str]:
    """What another process that opens the database finds in it."""
    opened = open_store(url)
    try:
        found = records.search(opened, SYSTEM, "institutions", Selection())
        return {str(row["name"]) for row in found.rows}
    finally:
        opened.dispose()


def elsewhere(file: Path, statement: str = "SELECT count(*) FROM institutions") -> None:
    """Another process opens the database and closes it: the last one deletes the log."""
    program = (
        "import sqlite3, sys\n"
        "opened = sqlite3.connect(sys.argv[1], isolation_level=None)\n"
        "opened.execute(sys.argv[2]).fetchall()\n"
        "opened.close()\n"
    )
    command = [sys.executable, "-c", program, str(file), statement]
    subprocess.run(command, check=True, timeout=60)


def removed(file: Path) -> None:
    file.unlink()


def replaced_by_a_copy(file: Path) -> None:
    shutil.copyfile(file, file.with_name("copy.db"))
    os.replace(file.with_name("copy.db"), file)


def log_removed(file: Path) -> None:
    file.with_name(f"{file.name}-wal").unlink()


def index_removed(file: Path) -> None:
    file.with_name(f"{file.name}-shm").unlink()


def log_deleted_by_another(file: Path) -> None:
    """A second handle was opened and closed here, so another process may delete the log."""
    with file.open("rb"):
        pass
    elsewhere(file)
    assert not file.with_name(f"{file.name}-wal").exists()


TRIGGERS = [removed, replaced_by_a_copy, log_removed, index_removed, log_deleted_by_another]


@pytest.mark.parametrize("trigger", TRIGGERS)
def test_nothing_is_saved_into_a_file_that_is_not_at_its_path(
    trigger: Callable[[Path], None],
    store: Store,
    file: Path,
) -> None:
    trigger(file)
    for name in ("乙院", "丙院"):
        with pytest.raises(StorageError, match="重新启动服务"):
            save(store, name)
    assert [check.well for check in readiness(store)][:2] == [False, False]
    with pytest.raises(StorageError, match="移走或替换"):
        records.get(store, SYSTEM, "institutions", 1)


@pytest.mark.parametrize("trigger", TRIGGERS)
def test_a_second_engine_does_not_mix_lost_and_new_files(
    trigger: Callable[[Path], None],
    store: Store,
    file: Path,
) -> None:
    trigger(file)
    opened = open_store(store.engine.url.render_as_string())
    with pytest.raises(StorageError, match="移走或替换"):
        save(opened, "乙院")
    opened.dispose()


def test_it_goes_on_once_the_same_files_are_back(store: Store, file: Path) -> None:
    file.rename(file.with_name("away.db"))
    with pytest.raises(StorageError, match="移走或替换"):
        save(store, "乙院")
    file.with_name("away.db").rename(file)
    save(store, "丙院")
    assert readiness(store)[0].well


def test_a_file_that_goes_while_it_is_saved_is_told(store: Store, file: Path) -> None:
    with pytest.raises(StorageError, match="可能没有保存"), store.writing():
        file.unlink()


def test_what_was_saved_before_is_there_after_a_restart(
    store: Store,
    file: Path,
) -> None:
    log_deleted_by_another(file)
    with pytest.raises(StorageError):
        save(store, "乙院")
    # Another process goes on; the old log must not be copied over what it saved.
    elsewhere(file, "UPDATE institutions SET name = '改名院'")
    store.dispose()
    assert names(store.engine.url.render_as_string()) == {"改名院"}


def test_an_engine_that_was_closed_may_open_another_file(
    store: Store,
    file: Path,
) -> None:
    store.dispose()
    replaced_by_a_copy(file)
    save(store, "乙院")
    assert names(store.engine.url.render_as_string()) == {"甲院", "乙院"}


@pytest.mark.parametrize(
    "reading",
    [
        lambda store, file: check_file(store.engine),
        lambda store, file: backup.backup(store, file.with_name("copy-of.db")),
        lambda store, file: database_check.verify(store),
        lambda store, file: names(store.engine.url.render_as_string()),
    ],
    ids=["check_file", "backup", "verify", "another engine"],
)
def test_no_reader_of_ours_drops_the_locks(
    reading: Callable[[Store, Path], object],
    store: Store,
    file: Path,
) -> None:
    """Where they were dropped, the next process that closes the file deletes our log."""
    reading(store, file)
    elsewhere(file)
    save(store, "乙院")
    assert file.with_name(f"{file.name}-wal").exists()


@pytest.mark.parametrize("ending", ["", "-wal", "-shm"])
def test_our_own_files_are_no_basemap(store: Store, file: Path, ending: str) -> None:
    setting = {"kind": "mbtiles", "datum": "wgs84", "path": f"{file}{ending}"}
    with pytest.raises(Invalid, match="本系统自己的"):
        office.save_basemap(store, ADMIN, setting)
    elsewhere(file)
    save(store, "乙院")


@pytest.mark.parametrize("ending", ["", "-wal"])
def test_no_output_replaces_our_own_files(
    store: Store,
    file: Path,
    ending: str,
) -> None:
    with pytest.raises(Invalid, match="本系统自己的"):
        require_writable(Path(f"{file}{ending}"))
