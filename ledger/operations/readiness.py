"""Readiness of the service: database reachable and of this version, free space on the disk."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import text

from ledger.domain.errors import LedgerError
from ledger.domain.settings import PROJECT, settings
from ledger.storage import Store, schema_state
from ledger.storage.migrate import NOT_CURRENT

MEGABYTE = 1024 * 1024


@dataclass(frozen=True)
class Check:
    """One check: its key, whether it passed, and the result in Chinese."""

    key: str
    label: str
    well: bool
    words: str


def readiness(store: Store) -> list[Check]:
    """Database, migrations and disk, each with its answer; raises nothing."""
    return [_database(store), _migrations(store), _disk(store)]


def data_folder(store: Store) -> Path:
    """Where the database of an office lies; for a server's database, where our own files lie."""
    name = store.engine.url.database
    if store.is_sqlite and name and name != ":memory:":
        return Path(name).resolve().parent
    return PROJECT / "data" / "var"


def free_bytes(store: Store) -> int | None:
    """Free bytes on the disk of the data folder; None if they cannot be read."""
    folder = data_folder(store)
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    try:
        return shutil.disk_usage(folder).free
    except OSError:
        return None


def _database(store: Store) -> Check:
    try:
        with store.reading() as connection:
            connection.execute(text("SELECT 1")).scalar_one()
    except LedgerError as error:
        return Check("database", "数据库", False, str(error))
    except Exception:
        # Whatever a driver may raise: the question is answered with no, not with a crash.
        return Check("database", "数据库", False, "数据库连接失败，请管理员检查数据库服务和地址")
    return Check("database", "数据库", True, "可以读取")


def _migrations(store: Store) -> Check:
    try:
        state = schema_state(store)
    except Exception:
        return Check("migrations", "数据库结构", False, "无法读取，请先恢复数据库")
    words = NOT_CURRENT.get(state, "与程序版本一致")
    return Check("migrations", "数据库结构", state == "current", words)


def _disk(store: Store) -> Check:
    free, wanted = free_bytes(store), settings().minimum_free_megabytes
    if free is None:
        return Check("disk", "磁盘", False, "无法读取磁盘空间，请检查数据目录")
    left = free // MEGABYTE
    if left < wanted:
        words = f"仅剩 {left} MB，少于 {wanted} MB，请清理磁盘，否则将无法保存"
        return Check("disk", "磁盘", False, words)
    return Check("disk", "磁盘", True, f"剩余 {left} MB")
