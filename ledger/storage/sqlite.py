"""SQLite, for one office: a write-ahead log, and every confirmed save on the disk."""

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
    """The engine of a database file; its folder is made when it is not there.

    An address of SQLite's own form (``file:…?mode=ro``) is left to SQLite, folder and all.

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
    # What was saved or looked for stays out of error messages, and so out of logs.
    engine = create_engine(address, connect_args=connecting, hide_parameters=True)

    if own:

        @event.listens_for(engine, "do_connect")
        def _close_to_others(*_given: Any) -> None:
            keep_database_private(Path(own))

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, _record: Any) -> None:
        # We say BEGIN ourselves; sqlite3 would otherwise start transactions late and deferred.
        connection.isolation_level = None
        connection.execute(f"PRAGMA busy_timeout={BUSY_SECONDS * 1000}")
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("PRAGMA foreign_keys=ON")
        # Freed pages are overwritten: what was deleted is not to be found in the file.
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
    """Look through the whole file for damage, once when a process starts; other kinds pass.

    The file is looked at through a connection that cannot write, so that one that is damaged, or
    lies beside the log (``-wal``) of another database, stays as it is, byte by byte: an ordinary
    connection would mark the file and copy the log into it.

    Raises
    ------
    StorageError
        If any page is damaged, or the log belongs elsewhere. Nothing is written: what can be
        saved is still there.
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
        # A file that this process has open was looked through when it was opened; and closing a
        # handle that takes no locks of its own drops those of the others (POSIX).
        if is_held(str(Path(file).resolve())) or not log.exists() or not log.stat().st_size:
            return
        if not _goes_on(connection, Path(file)):
            raise StorageError(_STRANGE_LOG)


@contextmanager
def _looking(file: Path, **more: str) -> Iterator[Connection]:
    """A connection that cannot write; one that is ``immutable`` does not even see the log."""
    query = urlencode({"mode": "ro", **more, "uri": "true"})
    address = f"sqlite:///file:{quote(file.resolve().as_posix())}?{query}"
    engine = create_engine(address, poolclass=NullPool, hide_parameters=True)
    with engine.connect() as connection:
        connection.exec_driver_sql(f"PRAGMA busy_timeout={BUSY_SECONDS * 1000}")
        yield connection


def _goes_on(with_log: Connection, file: Path) -> bool:
    """Whether the newest change in the file alone is known to the file with its log.

    Every save adds to the chain of changes, so a log of this database holds a later end of the
    same chain. Where the file alone cannot be read (a checkpoint may be under way), or holds no
    changes yet, there is nothing to compare.
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
