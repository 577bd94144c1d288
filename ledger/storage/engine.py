"""The database connection: one `Store` a process, one transaction a service call."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DatabaseError

from ledger.errors import StorageError
from ledger.protection.secrets import Sealer, key_path, sealer_at
from ledger.settings import settings

_WRITES = "ledger_writes"


class Store:
    """A database and the two ways to use it: `reading` and `writing`.

    A write holds the database's single writer from its first statement (``BEGIN IMMEDIATE`` on
    SQLite), so a transaction never fails half way because somebody else began to write.
    """

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    @property
    def url(self) -> str:
        """The database's address without its password."""
        return self.engine.url.render_as_string(hide_password=True)

    @property
    def is_sqlite(self) -> bool:
        return self.engine.dialect.name == "sqlite"

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection on one consistent snapshot; nothing is written."""
        with _clear_errors(), self.engine.connect() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction that is kept whole or not at all."""
        writer = self.engine.execution_options(**{_WRITES: True})
        with _clear_errors(), writer.begin() as connection:
            yield connection

    @property
    def sealer(self) -> Sealer:
        """What protected texts of this database are sealed with."""
        return sealer_at(key_path(self.engine.url.render_as_string(hide_password=False)))

    def dispose(self) -> None:
        self.engine.dispose()


def open_store(url: str | None = None) -> Store:
    """Open the database of ``url``, default ``LEDGER_DATABASE_URL``.

    Raises
    ------
    StorageError
        If the address is no database address.
    """
    address = url or settings().database_url
    try:
        parsed = make_url(address)
    except ArgumentError:
        raise StorageError(
            "数据库地址无法识别。请检查 LEDGER_DATABASE_URL，例如 sqlite:///data/var/ledger.db"
        ) from None
    if parsed.get_backend_name() == "sqlite":
        return Store(_sqlite_engine(address, parsed.database))
    return Store(create_engine(parsed, pool_pre_ping=True))


def _sqlite_engine(address: str, database: str | None) -> Engine:
    if database and database != ":memory:":
        try:
            Path(database).parent.mkdir(parents=True, exist_ok=True)
        except OSError:
            raise StorageError(
                f"无法建立数据库目录“{Path(database).parent}”，请检查该目录是否可写"
            ) from None
    engine = create_engine(address, connect_args={"timeout": 30, "check_same_thread": False})

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, _record: Any) -> None:
        # We say BEGIN ourselves; sqlite3 would otherwise start transactions late and deferred.
        connection.isolation_level = None
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("PRAGMA foreign_keys=ON")
        connection.execute("PRAGMA busy_timeout=30000")
        connection.execute("PRAGMA cache_size=-65536")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get(_WRITES)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


@contextmanager
def _clear_errors() -> Iterator[None]:
    """Turn what drivers say of the database as a whole into one clear Chinese message."""
    try:
        yield
    except DatabaseError as error:
        text = str(error.orig).lower()
        for sign, message in _SIGNS.items():
            if sign in text:
                raise StorageError(message) from error
        raise


_SIGNS = {
    "database is locked": "数据库正被占用，请稍后重试；若持续出现，请联系管理员",
    "readonly": "数据库为只读，无法保存。请管理员检查数据目录的写权限",
    "disk is full": "磁盘空间已满，无法保存。请管理员清理磁盘后重试",
    "malformed": "数据库文件已损坏。请管理员停止服务，从备份恢复",
    "not a database": "数据库文件已损坏或不是数据库。请管理员从备份恢复",
    "unable to open": "无法打开数据库文件。请管理员检查路径和权限",
    "no such table": "数据库尚未建立，请先运行:python -m ledger init",
    "does not exist": "数据库尚未建立，请先运行:python -m ledger init",
}
