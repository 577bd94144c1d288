"""SQLite, for one office: a write-ahead log, and every confirmed save on the disk."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event

from ledger.errors import StorageError
from ledger.storage.faults import CORRUPT, clear_errors
from ledger.storage.modes import WRITES

BUSY_SECONDS = 30


def sqlite_engine(address: str, database: str | None) -> Engine:
    """The engine of a database file; its folder is made when it is not there.

    Raises
    ------
    StorageError
        If the folder cannot be made.
    """
    if database and database != ":memory:":
        try:
            Path(database).parent.mkdir(parents=True, exist_ok=True)
        except OSError:
            raise StorageError(
                f"无法建立数据库目录“{Path(database).parent}”，请检查该目录是否可写"
            ) from None
    connecting = {"timeout": BUSY_SECONDS, "check_same_thread": False}
    # What was saved or looked for stays out of error messages, and so out of logs.
    engine = create_engine(address, connect_args=connecting, hide_parameters=True)

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, _record: Any) -> None:
        # We say BEGIN ourselves; sqlite3 would otherwise start transactions late and deferred.
        connection.isolation_level = None
        connection.execute(f"PRAGMA busy_timeout={BUSY_SECONDS * 1000}")
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("PRAGMA foreign_keys=ON")
        connection.execute("PRAGMA cache_size=-65536")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get(WRITES)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


def check_file(engine: Engine) -> None:
    """Look through the whole file for damage, once when a process starts; other kinds pass.

    Raises
    ------
    StorageError
        If any page is damaged. Nothing is written: what can be saved is still there.
    """
    if engine.dialect.name != "sqlite":
        return
    with clear_errors(), engine.connect() as connection:
        found = connection.exec_driver_sql("PRAGMA quick_check(1)").scalar()
    if found != "ok":
        raise StorageError(CORRUPT)
