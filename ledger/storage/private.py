"""Files that only the service's own account may read, whatever the umask of the process.

The database, its log, copies, keys and exports hold personal data. SQLite gives its log
(``-wal``, ``-shm``, ``-journal``) the mode of the database, so the database file is made first.
"""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

FILE, FOLDER = 0o600, 0o700
_OTHERS = 0o077
# To open a file that is made anew; Windows would write each end of a line as two signs otherwise.
NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
_BESIDE = ("", "-wal", "-shm", "-journal")


def private_process() -> None:
    """Set the umask to 077: only this account can use new files. Called at a program's start."""
    os.umask(_OTHERS)


def private_folder(path: Path) -> None:
    """Make a folder with mode 0700; one that exists keeps its mode."""
    path.parent.mkdir(mode=FOLDER, parents=True, exist_ok=True)
    with contextlib.suppress(FileExistsError):
        path.mkdir(mode=FOLDER)


def private_file(path: Path) -> None:
    """Make an empty file with mode 0600 if there is none; an existing file is not opened."""
    with contextlib.suppress(OSError):  # the next attempt to open it reports the fault
        os.close(os.open(path, NEW, FILE))


def keep_private(path: Path) -> None:
    """Remove all rights of group and others on a file; faults are ignored."""
    with contextlib.suppress(OSError):  # another owner's, or not there
        mode = path.stat().st_mode
        if mode & _OTHERS and path.is_file():
            path.chmod(mode & 0o700)


def keep_database_private(path: Path) -> None:
    """Make the database file if there is none, and keep it and SQLite's logs beside it private."""
    private_file(path)
    for ending in _BESIDE:
        keep_private(path.with_name(path.name + ending))
