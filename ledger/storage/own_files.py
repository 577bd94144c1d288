"""The files of this installation: the database, its logs, the key file, the folder of backups.

A path that a user names (a basemap, a boundary file, a table to import, a copy to restore) must
never be one of them. Files are compared by device and inode, so another name, a link or a relative
path changes nothing. Nothing is opened: opening and closing a second handle on SQLite's file would
drop the locks that this process holds on it (POSIX).
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote, urlsplit

from ledger.domain.errors import InvalidFile
from ledger.domain.settings import settings
from ledger.storage.engine import Store
from ledger.storage.keys.secrets import key_path

_BESIDE = {
    "-wal": "数据库的日志",
    "-shm": "数据库的日志",
    "-journal": "数据库的日志",
}
_BACKUP = "备份"


def own_files(store: Store) -> Iterator[tuple[Path, str]]:
    """Each file of this installation that may exist, with what it is called in Chinese.

    The folder of backups is not listed: `what_of_ours` looks into it by its path.
    """
    database = _database_of(store)
    if database is not None:
        yield database, "数据库"
        for ending, called in _BESIDE.items():
            yield database.with_name(database.name + ending), called
    yield key_path(store.engine.url.render_as_string(hide_password=False)), "密钥文件"


def what_of_ours(store: Store, path: Path, *, backups: bool = True) -> str | None:
    """Which file of this installation ``path`` is ("数据库", "密钥文件" …); None for other files.

    Without ``backups``, a file in the folder of backups counts as another file: ``restore`` reads
    its copies there.
    """
    for own, called in own_files(store):
        if _same(path, own):
            return called
    return _BACKUP if backups and _is_backup(path) else None


def refuse_own_files(store: Store, path: Path, *, backups: bool = True) -> None:
    """Refuse to read a file of this installation as one that a user supplied.

    Raises
    ------
    InvalidFile
        If ``path`` is the database, its log, the key file or (with ``backups``) a backup.
    """
    called = what_of_ours(store, path, backups=backups)
    if called is not None:
        message = f"这是本系统自己的{called}，不能当作别的文件使用，请另选一个文件"
        raise InvalidFile(message, path.name)


def _database_of(store: Store) -> Path | None:
    """The path of the SQLite database; None for a database in memory or on a server."""
    name = store.engine.url.database
    if not store.is_sqlite or not name or name == ":memory:":
        return None
    if name.startswith("file:"):
        return Path(unquote(urlsplit(name).path))
    return Path(name)


def _same(one: Path, other: Path) -> bool:
    """Whether two paths name one file; a file need not exist yet."""
    try:
        return os.path.samefile(one, other)
    except (OSError, ValueError):
        return _resolved(one) is not None and _resolved(one) == _resolved(other)


def _is_backup(path: Path) -> bool:
    """Whether a file is in the folder of backups, or is a hard link to a file in it."""
    folder, there = _resolved(settings().backup_folder), _resolved(path)
    if folder is None or there is None:
        return False
    if there.is_relative_to(folder):
        return True
    try:
        known = there.stat()
    except OSError:
        return False
    return known.st_nlink > 1 and any(_same(there, file) for file in _inside(folder))


def _inside(folder: Path) -> Iterator[Path]:
    try:
        yield from (file for file in folder.rglob("*") if file.is_file())
    except OSError:
        return


def _resolved(path: Path) -> Path | None:
    try:
        return path.resolve()
    except (OSError, ValueError, RuntimeError):
        return None
