"""A path that a user names is never the database, its log, the key file or a backup."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from geo.validation import Fields
from ledger.domain.access import SYSTEM
from ledger.domain.errors import Invalid
from ledger.domain.ledgers import INSTITUTIONS
from ledger.domain.settings import settings
from ledger.exchange.importing.first_look import look_at
from ledger.exchange.importing.imports import check, import_file
from ledger.operations import moving
from ledger.operations.backup import restore
from ledger.people.office import save_basemap
from ledger.records.area_layers import AreaFile
from ledger.records.area_loading import load_areas
from ledger.storage import Store
from ledger.storage.own_files import refuse_own_files, what_of_ours

FIELDS = Fields("code", "name")
pytestmark = pytest.mark.sqlite_only


@pytest.fixture
def own(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Path]:
    """Every file of this installation, by what it is; all of them exist."""
    folder = tmp_path / "copies"
    folder.mkdir()
    monkeypatch.setenv("LEDGER_BACKUP_FOLDER", str(folder))
    settings.cache_clear()
    store.sealer.seal("张三")
    database = Path(str(store.engine.url.database))
    backup = folder / "ledger-20260101-000000.db"
    backup.write_bytes(b"SQLite format 3\x00")
    files = {
        "数据库": database,
        "数据库的日志": database.with_name(f"{database.name}-wal"),
        "密钥文件": database.with_suffix(".key"),
        "备份": backup,
    }
    with store.writing() as connection:
        connection.exec_driver_sql("CREATE TABLE kept (n)")
    assert all(path.exists() for path in files.values())
    return files


def other_names(path: Path, folder: Path) -> list[Path]:
    """The same file by other names: relative, through a link, through a hard link."""
    soft, hard = folder / f"soft-{path.name}", folder / f"hard-{path.name}"
    soft.symlink_to(path)
    os.link(path, hard)
    relative = Path(os.path.relpath(path))
    return [path, relative, path.parent / ".." / path.parent.name / path.name, soft, hard]


def test_our_own_files_are_known_by_any_name(
    store: Store, own: dict[str, Path], tmp_path: Path
) -> None:
    for called, path in own.items():
        for name in other_names(path, tmp_path):
            assert what_of_ours(store, name) == called, name


def test_a_log_that_does_not_exist_yet_is_ours_too(store: Store) -> None:
    database = Path(str(store.engine.url.database))
    assert what_of_ours(store, database.with_name(f"{database.name}-journal")) == "数据库的日志"


def test_other_files_are_not_ours(store: Store, own: dict[str, Path], tmp_path: Path) -> None:
    other = tmp_path / "map.mbtiles"
    other.write_bytes(b"SQLite format 3\x00")
    assert what_of_ours(store, other) is None
    assert what_of_ours(store, tmp_path / "missing") is None
    assert what_of_ours(store, Path("nul\x00in")) is None
    assert what_of_ours(store, own["备份"], backups=False) is None
    refuse_own_files(store, other)


def basemap(path: Path) -> dict[str, object]:
    return {"kind": "mbtiles", "path": str(path), "datum": "wgs84"}


def test_every_door_that_takes_a_path_refuses_our_own_files(
    store: Store, own: dict[str, Path], tmp_path: Path
) -> None:
    doors: dict[str, Callable[[Path], object]] = {
        "areas load": lambda path: load_areas(
            store, SYSTEM, [AreaFile(path, "grid", FIELDS, "wgs84")]
        ),
        "import": lambda path: import_file(store, SYSTEM, "institutions", path),
        "look": lambda path: look_at(store, SYSTEM, INSTITUTIONS, path),
        "check": lambda path: check(store, SYSTEM, "institutions", path),
        "restore": lambda path: restore(store, path),
        "drill": lambda path: moving.drill(store, path),
        "basemap": lambda path: save_basemap(store, SYSTEM, basemap(path)),
    }
    for door, call in doors.items():
        for called, path in own.items():
            if called == "备份" and door in ("restore", "drill"):
                continue
            with pytest.raises(Invalid, match=f"本系统自己的{called}"):
                call(path)
