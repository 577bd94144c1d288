"""Files that only the service's own account may read, whatever the umask of the process.

The database, its log, copies, keys and exports hold what people told an office. SQLite gives its
log (``-wal``, ``-shm``, ``-journal``) the mode of the database, so the database is made first.
"""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

FILE, FOLDER = 0o600, 0o700
_OTHERS = 0o077
_BESIDE = ("", "-wal", "-shm", "-journal")


def private_process() -> None:
    """Whatever this process makes is its own; called once when a program starts."""
    os.umask(_OTHERS)


def private_folder(path: Path) -> None:
    """A folder that is made now is closed to others; one that is there stays as it is."""
    path.parent.mkdir(mode=FOLDER, parents=True, exist_ok=True)
    with contextlib.suppress(FileExistsError):
        path.mkdir(mode=FOLDER)


def private_file(path: Path) -> None:
    """Make an empty file of this mode if there is none; nothing that is there is opened."""
    with contextlib.suppress(OSError):  # whoever opens it next says what is wrong
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, FILE))


def keep_private(path: Path) -> None:
    """Take what others may do with a file away from them."""
    with contextlib.suppress(OSError):  # another owner's, or not there
        mode = path.stat().st_mode
        if mode & _OTHERS and path.is_file():
            path.chmod(mode & 0o700)


def keep_database_private(path: Path) -> None:
    """The database and what SQLite writes beside it; made if it is not there."""
    private_file(path)
    for ending in _BESIDE:
        keep_private(path.with_name(path.name + ending))
