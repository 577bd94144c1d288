"""The state of the installation, for the administrator's page and for metrics."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path

from sqlalchemy import Connection, func, select, text

from ledger.domain.access import Action, Actor
from ledger.domain.settings import PROJECT, settings
from ledger.domain.timing import clock
from ledger.operations.readiness import Check, free_bytes, readiness
from ledger.people.sessions import count_open
from ledger.records.history import audit
from ledger.records.places.areas import require_reach
from ledger.storage import Store
from ledger.storage.own_tables import users
from ledger.storage.revisions import revision_of


@dataclass(frozen=True)
class BackupFile:
    """A copy of the database in the backup folder; ``size`` in bytes."""

    name: str
    size: int
    made_at: datetime


@dataclass(frozen=True)
class Status:
    """What an administrator has to know of the installation; sizes in bytes."""

    version: str
    schema: str
    database_kind: str
    database_bytes: int | None
    free_bytes: int | None
    log_entries: int
    users: int
    open_sessions: int
    checks: tuple[Check, ...]
    backups: tuple[BackupFile, ...]


def status(store: Store, actor: Actor) -> Status:
    """The state of the installation. Raises `Refused` if the actor may not run it."""
    require_reach(store, actor, Action.OPERATE)
    with store.reading() as connection:
        revision = revision_of(connection)
        entries = audit.revision(connection)
        accounts = connection.execute(select(func.count()).select_from(users)).scalar_one()
        size = database_bytes(store, connection)
    return Status(
        version=program_version(),
        schema=revision or "",
        database_kind="SQLite" if store.is_sqlite else "PostgreSQL",
        database_bytes=size,
        free_bytes=free_bytes(store),
        log_entries=entries,
        users=accounts,
        open_sessions=count_open(store),
        checks=tuple(readiness(store)),
        backups=tuple(backups()),
    )


def database_bytes(store: Store, connection: Connection) -> int | None:
    """The size of the database, its write-ahead log included; None where it cannot be told."""
    if not store.is_sqlite:
        asked = connection.execute(text("SELECT pg_database_size(current_database())"))
        return int(asked.scalar_one())
    name = store.engine.url.database
    if not name or name == ":memory:":
        return None
    files = [Path(name), Path(f"{name}-wal")]
    return sum(file.stat().st_size for file in files if file.exists())


def backups(folder: Path | None = None) -> list[BackupFile]:
    """The copies in the backup folder that have their checksum beside them, newest first."""
    place = folder or settings().backup_folder
    found = []
    try:
        for checksum in place.glob("*.sha256"):
            copy = checksum.with_suffix("")
            if copy.is_file():
                made = datetime.fromtimestamp(copy.stat().st_mtime, UTC)
                found.append(BackupFile(copy.name, copy.stat().st_size, made))
    except OSError:
        return []
    return sorted(found, key=lambda one: one.made_at, reverse=True)


def backup_age_seconds(found: list[BackupFile] | tuple[BackupFile, ...]) -> float | None:
    """Seconds since the newest backup; None without any."""
    if not found:
        return None
    return max(0.0, (clock.now() - found[0].made_at).total_seconds())


@lru_cache(maxsize=1)
def program_version() -> str:
    """The version of the program, as pyproject.toml has it."""
    with (PROJECT / "pyproject.toml").open("rb") as file:
        return str(tomllib.load(file)["project"]["version"])
