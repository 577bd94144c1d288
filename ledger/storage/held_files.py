"""Check that the files which this process has open are still the files at their paths.

SQLite goes on writing into a file that was removed or replaced, and into a write-ahead log that
another process deleted: every save succeeds and is lost when the process ends. So device and inode
of the database, its log (``-wal``) and the log's index (``-shm``) are remembered when they are
opened, and compared before a transaction reads or writes and again after a commit.

While any connection of this process is open, SQLite itself does not replace these three files:
each connection holds a shared lock on the database, and a process deletes the log only with an
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
    """A connection with the `HeldFiles` that it has open; None for a database in memory."""

    held: HeldFiles | None = None

    def close(self) -> None:
        super().close()
        if self.held is not None:
            self.held.connections.discard(self)


_held: dict[str, HeldFiles] = {}
_lock = Lock()


def hold(connection: HeldConnection) -> None:
    """Remember the files of a connection that was just opened and has its log (WAL mode).

    Raises
    ------
    StorageError
        If this process has other files open under the same path: SQLite would confuse the two.
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
    """Refuse to continue if the files of a connection are no longer at their paths.

    ``committed`` says that a transaction was just committed and may be lost: the message says so.

    Raises
    ------
    StorageError
        If they were removed or replaced. The check passes again when the same files are back.
    """
    held = getattr(connection, "held", None)
    if held is None or held.in_place():
        return
    _keep_open(connection, held)
    raise StorageError(UNSURE if committed else REPLACED)


def _keep_open(connection: HeldConnection, held: HeldFiles) -> None:
    """Keep one connection open until the process ends; the interpreter cannot close it either.

    The last connection that closes copies its log into the database. If that log was deleted,
    its pages are old and would overwrite what another process may have saved since.
    """
    with _lock:
        if not held.kept_open:
            ctypes.pythonapi.Py_IncRef(ctypes.py_object(connection))
            held.kept_open = True


def _identities(file: str) -> dict[str, Identity]:
    """Device and inode of the database, its log and the log's index, of those that exist."""
    found = {path: _identity(path) for path in (file, f"{file}-wal", f"{file}-shm")}
    return {path: known for path, known in found.items() if known is not None}


def _identity(path: str) -> Identity | None:
    try:
        found = os.stat(path)
    except OSError:
        return None
    return found.st_dev, found.st_ino
