"""Are the files that this process has open still those that lie at their paths?

SQLite goes on writing into a file that was removed or replaced, and into a write-ahead log that
another process deleted: every save succeeds and is gone with the process. So device and inode of
the database, its log (``-wal``) and the log's index (``-shm``) are remembered when they are opened
and compared before a transaction reads or writes, and once more after it was committed.

While any connection of this process is open, these three files never change by themselves: each
connection holds a shared lock on the database, and the log is deleted only by whoever gets an
exclusive one.
"""

from __future__ import annotations

import ctypes
import os
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass, field
from threading import Lock
from typing import Any
from weakref import WeakSet

from ledger.domain.errors import StorageError

Identity = tuple[int, int]

REPLACED = (
    "数据库文件在使用中被移走或替换，本程序已停止读写，以免保存的内容丢失。"
    "请管理员把数据库文件和它旁边的 -wal、-shm 文件放回原处，或确认要用现在的文件，然后重新启动服务"
)
UNSURE = (
    "保存的同时数据库文件被移走或替换，这一次可能没有保存，请在重新启动服务后核对。"
    "请管理员检查数据库文件，然后重新启动服务"
)


@dataclass
class HeldFiles:
    """The files of one database as this process opened them, and its connections to it."""

    identities: Mapping[str, Identity]
    connections: WeakSet[HeldConnection] = field(default_factory=WeakSet)
    kept_open: bool = False

    def in_place(self) -> bool:
        """Whether every file that was opened still lies at its path."""
        return all(_identity(path) == known for path, known in self.identities.items())


class HeldConnection(sqlite3.Connection):
    """A connection that knows which files it has open."""

    held: HeldFiles | None = None

    def close(self) -> None:
        super().close()
        if self.held is not None:
            self.held.connections.discard(self)


_held: dict[str, HeldFiles] = {}
_lock = Lock()


def hold(connection: HeldConnection) -> None:
    """Remember the files of a connection that has just been opened and has begun its log.

    Raises
    ------
    StorageError
        If this process has other files open under the same path: SQLite would mix the two.
    """
    file = str(connection.execute("PRAGMA database_list").fetchone()[2])
    if not file:
        return  # in memory
    with _lock:
        held = _held.get(file)
        if held is None or not held.connections:
            held = _held[file] = HeldFiles(_identities(file))
        if not held.in_place():
            raise StorageError(REPLACED)
        connection.held = held
        held.connections.add(connection)


def is_held(file: str) -> bool:
    """Whether this process has the database at this absolute path open."""
    with _lock:
        held = _held.get(file)
        return held is not None and bool(held.connections)


def require_in_place(connection: Any, *, committed: bool = False) -> None:
    """Refuse to go on when the files of a connection no longer lie at their paths.

    ``committed`` says that something was just committed, which may be lost.

    Raises
    ------
    StorageError
        If they were removed or replaced. It passes once the same files are back.
    """
    held = getattr(connection, "held", None)
    if held is None or held.in_place():
        return
    _keep_open(connection, held)
    raise StorageError(UNSURE if committed else REPLACED)


def _keep_open(connection: HeldConnection, held: HeldFiles) -> None:
    """One connection stays open until the process ends, not closed by the interpreter either.

    The last one that closes copies its log into the database. Of a log that was deleted these
    are old pages, written over what another process may have saved since.
    """
    with _lock:
        if not held.kept_open:
            ctypes.pythonapi.Py_IncRef(ctypes.py_object(connection))
            held.kept_open = True


def _identities(file: str) -> dict[str, Identity]:
    """Device and inode of those files that are there."""
    found = {path: _identity(path) for path in (file, f"{file}-wal", f"{file}-shm")}
    return {path: known for path, known in found.items() if known is not None}


def _identity(path: str) -> Identity | None:
    try:
        found = os.stat(path)
    except OSError:
        return None
    return found.st_dev, found.st_ino
