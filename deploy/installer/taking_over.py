"""The database of a program that ran without this installer, from version 0.1.0 on.

It is copied file by file while nobody has it open, so the old folder stays as it is, down to the
last byte; the copy is checked and migrated by the new version.
"""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from deploy.installer import files, office
from deploy.installer.layout import Layout
from deploy.installer.manifest import Manifest, read_manifest
from deploy.installer.sqlite_files import copy_database, schema_of
from deploy.installer.stop import Stop
from deploy.installer.telling import say

_SCRATCH, _COPY = ".taking-over", "taken-over.sealed"
_PROCESSES = Path("/proc")


@dataclass(frozen=True)
class Old:
    """An older program's database and key file; the key file lies beside it, unless named."""

    database: Path
    named_key: Path | None = None

    @property
    def key(self) -> Path:
        return self.named_key or self.database.with_suffix(".key")


def require_usable(old: Old) -> None:
    """Raise `Stop` unless both files are there and no process has the database open."""
    if not old.database.is_file():
        raise Stop(f"没有找到旧程序的数据库“{old.database}”，请检查路径。没有做任何改动")
    if not old.key.is_file():
        raise Stop(
            f"没有找到旧程序的密钥文件“{old.key}”：没有它，姓名、电话读不出来。"
            "请用 --key 指明它的位置。没有做任何改动"
        )
    numbers = opened_by(old.database)
    if numbers:
        shown = "、".join(map(str, numbers))
        raise Stop(
            f"旧程序还在运行(进程 {shown} 打开着“{old.database}”)。请先停止它，再执行一次；"
            "不停止，这期间保存的会丢失。没有做任何改动"
        )


def require_known(database: Path, manifest: Manifest, named: Path | None = None) -> None:
    """Raise `Stop` if a newer program than that of the bundle has migrated the database.

    ``named`` is what it is a copy of.
    """
    found = schema_of(database)
    if found is not None and found > manifest.schema:
        raise Stop(
            f"“{named or database}”由更新版本的程序建立(数据库结构 {found}，"
            f"这个安装包只到 {manifest.schema})，不能用旧程序打开。请换用更新的安装包。数据没有改动"
        )


def opened_by(database: Path) -> list[int]:
    """The processes that have the database open, as far as this user may see them."""
    wanted = {str(database.resolve()) + suffix for suffix in ("", "-wal", "-shm")}
    found = set()
    for link in _PROCESSES.glob("[0-9]*/fd/*"):
        with suppress(OSError):
            if str(link.readlink()) in wanted:
                found.add(int(link.parts[-3]))
    return sorted(found)


def take_over(layout: Layout, version: Path, old: Old) -> None:
    """Bring the old content to the office's place, at the schema that it has.

    Raises
    ------
    Stop
        If it is in use, damaged, or cannot be read; nothing is left of it here then.
    """
    require_usable(old)
    scratch, sealed = layout.data / _SCRATCH, ["--secret", str(layout.secret)]
    copy = layout.backups / _COPY
    shutil.rmtree(scratch, ignore_errors=True)
    files.folder(scratch, 0o700, layout.owner)
    try:
        _copied(old, scratch, layout.owner)
        require_known(scratch / "whole" / "ledger.db", read_manifest(version), old.database)
        there = {
            "LEDGER_DATABASE_URL": f"sqlite:///{(scratch / 'whole' / 'ledger.db').as_posix()}",
            "LEDGER_KEY_FILE": str(scratch / "ledger.key"),
        }
        _forget_copy(layout)
        office.ledger(layout, version, ["backup", str(copy), *sealed], there)
        office.ledger(layout, version, ["restore", str(copy), *sealed])
    except (OSError, sqlite3.Error) as error:
        raise Stop(
            f"旧程序的数据库“{old.database}”读不出来：{error}。没有接收，原文件没有改动"
        ) from None
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    say(f"已从 {old.database} 接收数据；原来的文件夹没有改动，可以留着备查")


def give_back(layout: Layout, old: Old) -> None:
    """Remove what was taken over, before anybody could save in it."""
    beside = [layout.database.with_name(layout.database.name + end) for end in ("-wal", "-shm")]
    key = layout.data / "ledger.key"
    for file in (layout.database, *beside):
        file.unlink(missing_ok=True)
    if key.exists() and key.read_bytes() == old.key.read_bytes():
        key.unlink()
    _forget_copy(layout)


def _forget_copy(layout: Layout) -> None:
    copy = layout.backups / _COPY
    for file in (copy, copy.with_name(f"{copy.name}.sha256")):
        file.unlink(missing_ok=True)


def _copied(old: Old, scratch: Path, owner: files.Owner) -> None:
    """Database with its write-ahead log, folded into one file; the key file."""
    raw = scratch / "raw.db"
    shutil.copyfile(old.database, raw)
    log = old.database.with_name(old.database.name + "-wal")
    if log.is_file():
        shutil.copyfile(log, scratch / "raw.db-wal")
    copy_database(raw, scratch / "whole", owner, "ledger.db")
    files.write(scratch / "ledger.key", old.key.read_bytes(), 0o600, owner)
