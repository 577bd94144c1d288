"""The file of an SQLite database that nobody has open: copied whole, and put back."""

from __future__ import annotations

import os
import shutil
import sqlite3
from pathlib import Path

from deploy.installer import files


def copy_database(
    database: Path, folder: Path, owner: files.Owner, name: str | None = None
) -> None:
    """One whole file of a stopped database, its write-ahead log folded in; there or not at all.

    It gets the database's own name, or the one given.
    """
    shutil.rmtree(folder, ignore_errors=True)
    files.folder(folder, 0o700, owner)
    part = folder / "part"
    source, target = sqlite3.connect(database), sqlite3.connect(part)
    try:
        source.backup(target)
    finally:
        source.close()
        target.close()
    _own(part, owner)
    part.replace(folder / (name or database.name))
    files.settle(folder)


def schema_of(database: Path) -> str | None:
    """The number of its newest migration; None if it has none or cannot be read.

    Nothing is written beside it, whoever owns it. A write-ahead log is not looked at.
    """
    try:
        opened = sqlite3.connect(f"{database.resolve().as_uri()}?immutable=1", uri=True)
        try:
            found = opened.execute("SELECT version_num FROM alembic_version").fetchone()
        finally:
            opened.close()
    except sqlite3.Error:
        return None
    return None if found is None else str(found[0])


def put_back(copy: Path, database: Path, owner: files.Owner) -> None:
    """The copy where the database was; may be repeated. Nobody has the database open."""
    part = database.with_name(f".{database.name}.part")
    shutil.copyfile(copy, part)
    _own(part, owner)
    for leftover in ("-wal", "-shm"):
        database.with_name(database.name + leftover).unlink(missing_ok=True)
    part.replace(database)
    files.settle(database.parent)


def _own(file: Path, owner: files.Owner) -> None:
    file.chmod(0o600)
    if owner is not None:
        os.chown(file, *owner)
    with file.open("rb") as opened:
        os.fsync(opened.fileno())
