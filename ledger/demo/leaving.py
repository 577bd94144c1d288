"""Leaving the demo: its database is moved aside under another name, and an office's own made.

Nothing is deleted and nothing goes over: the demo's accounts have a public password.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.engine import make_url

from ledger.domain.errors import Invalid, StorageError
from ledger.domain.timing import clock
from ledger.storage import Store, migrate
from ledger.storage.keys.secrets import key_path
from ledger.storage.purpose import is_demo

_ON_A_SERVER = (
    "演示库在 PostgreSQL 里，请另建一个空数据库，把 LEDGER_DATABASE_URL 指向它，再运行:"
    "python -m ledger init。演示库原样保留"
)


@dataclass(frozen=True)
class Left:
    """Where the demo lies now: its database, and its key file if it had one."""

    database: Path
    key_file: Path | None


def leave_demo(store: Store) -> Left:
    """Move the demo aside and make an empty database of real use in its place.

    Raises
    ------
    Invalid
        If the database is none of a demo, or lies on a PostgreSQL server.
    StorageError
        If a server or another program has it open.
    """
    if not is_demo(store):
        raise Invalid("这不是演示库，不需要离开演示。启动正式库：make serve")
    if not store.is_sqlite:
        raise Invalid(_ON_A_SERVER)
    url = store.engine.url.render_as_string(hide_password=False)
    database, keys = Path(str(make_url(url).database)), key_path(url)
    store.dispose()
    _require_alone(database)
    stamp = f"{clock.now().astimezone(clock.OFFICE):%Y%m%d-%H%M%S}"
    aside = _moved(database, stamp)
    left = Left(aside, _moved(keys, stamp) if keys.exists() else None)
    migrate(store)
    return left


def _moved(file: Path, stamp: str) -> Path:
    target = file.with_name(f"{file.stem}-demo-{stamp}{file.suffix}")
    if target.exists():
        raise Invalid(f"“{target}”已存在，不会覆盖。请稍后再试")
    return file.rename(target)


def _require_alone(database: Path) -> None:
    """Fold the log into the file, which SQLite does only while nobody else has it open."""
    connection = sqlite3.connect(database, timeout=0, isolation_level=None)
    try:
        mode = connection.execute("PRAGMA journal_mode=DELETE").fetchone()[0]
    except sqlite3.OperationalError:
        mode = "wal"
    finally:
        connection.close()
    if mode != "delete":
        raise StorageError("数据库正在使用中。请先停止服务，再运行:python -m ledger leave-demo")
