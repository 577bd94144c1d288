"""SQLite, for one office: a write-ahead log, and every confirmed save is on the disk."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

from sqlalchemy import Connection, Engine, NullPool, create_engine, event
from sqlalchemy.exc import DatabaseError

from ledger.domain.errors import StorageError
from ledger.storage.faults import CORRUPT, clear_errors
from ledger.storage.held_files import HeldConnection, hold, is_held, require_in_place
from ledger.storage.modes import WRITES
from ledger.storage.private import keep_database_private, private_folder

BUSY_SECONDS = 30
_STRANGE_LOG = (
    "数据库旁边的日志文件(-wal)不是这个数据库的。请管理员停止服务，把它移走或换回原来的；"
    "没有原来的，从备份恢复"
)


def sqlite_engine(address: str, database: str | None) -> Engine:
    """The engine of a database file; its folder is made if it does not exist.

    For an address of SQLite's own form (``file:…?mode=ro``) no folder and no file is made here.

    Raises
    ------
    StorageError
        If the folder cannot be made.
    """
    own = database if database != ":memory:" and not (database or "").startswith("file:") else None
    if own:
        try:
            private_folder(Path(own).parent)
        except OSError:
            raise StorageError(
                f"无法建立数据库目录“{Path(own).parent}”，请检查该目录是否可写"
            ) from None
    connecting = {
        "timeout": BUSY_SECONDS,
        "check_same_thread": False,
        "factory": HeldConnection,
    }
    # ``hide_parameters`` keeps saved and searched values out of error messages and logs.
    engine = create_engine(address, connect_args=connecting, hide_parameters=True)

    if own:

        @event.listens_for(engine, "do_connect")
        def _close_to_others(*_given: Any) -> None:
            keep_database_private(Path(own))

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, _record: Any) -> None:
        # The program sends BEGIN itself; sqlite3 would start transactions late and deferred.
        connection.isolation_level = None
        connection.execute(f"PRAGMA busy_timeout={BUSY_SECONDS * 1000}")
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("PRAGMA foreign_keys=ON")
        # Freed pages are overwritten: deleted content cannot be found in the file.
        connection.execute("PRAGMA secure_delete=ON")
        connection.execute("PRAGMA cache_size=-65536")
        hold(connection)

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get(WRITES)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
        require_in_place(connection.connection.driver_connection)

    return engine


def check_file(engine: Engine) -> None:
    """Check the whole database file for damage; called once when a process starts.

    PostgreSQL, a database in memory and a file that does not exist pass. The file is read through
    a connection that cannot write, so a file that is damaged, or has the log (``-wal``) of another
    database beside it, is not changed: an ordinary connection would copy the log into it.

    Raises
    ------
    StorageError
        If any page is damaged, or the log belongs to another database. Nothing is written.
    """
    file = engine.url.database
    if engine.dialect.name != "sqlite" or not file or not Path(file).is_file():
        return
    log = Path(f"{file}-wal")
    if Path(file).stat().st_size == 0 and not log.exists():
        return
    with clear_errors(), _looking(Path(file)) as connection:
        found = connection.exec_driver_sql("PRAGMA quick_check(1)").scalar()
        if found != "ok":
            raise StorageError(CORRUPT)
        # A file that this process has open was checked when it was opened. A second handle must
        # not be opened on it: closing it would drop the locks of the others (POSIX).
        if is_held(str(Path(file).resolve())) or not log.exists() or not log.stat().st_size:
            return
        if not _goes_on(connection, Path(file)):
            raise StorageError(_STRANGE_LOG)


@contextmanager
def _looking(file: Path, **more: str) -> Iterator[Connection]:
    """A connection that cannot write; with ``immutable="1"`` SQLite also ignores the log."""
    query = urlencode({"mode": "ro", **more, "uri": "true"})
    address = f"sqlite:///file:{quote(file.resolve().as_posix())}?{query}"
    engine = create_engine(address, poolclass=NullPool, hide_parameters=True)
    with engine.connect() as connection:
        connection.exec_driver_sql(f"PRAGMA busy_timeout={BUSY_SECONDS * 1000}")
        yield connection


def _goes_on(with_log: Connection, file: Path) -> bool:
    """Whether the newest change in the file alone is also in the file read with its log.

    Every save adds to the chain of changes, so the file with a log of its own holds the same chain
    and possibly later changes. True also if the file alone cannot be read (a checkpoint may be
    running) or holds no changes: there is nothing to compare.
    """
    try:
        with _looking(file, immutable="1") as alone:
            newest = alone.exec_driver_sql("SELECT last_id, hash FROM chain_head").first()
    except DatabaseError:
        return True
    if newest is None:
        return True
    there = "SELECT count(*) FROM sqlite_master WHERE name = 'changes'"
    if not with_log.exec_driver_sql(there).scalar():
        return False
    query = "SELECT hash FROM changes WHERE id = ?"
    return bool(with_log.exec_driver_sql(query, (newest.last_id,)).scalar() == newest.hash)
