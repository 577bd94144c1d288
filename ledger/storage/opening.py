"""Opening the database that an address names."""

from __future__ import annotations

from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from ledger.domain.errors import StorageError
from ledger.domain.settings import settings
from ledger.storage import sqlite
from ledger.storage.engine import Store
from ledger.storage.key_check import require_nothing_sealed


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
        return Store(sqlite.sqlite_engine(address, parsed.database), require_nothing_sealed)
    if parsed.get_backend_name() == "postgresql":
        # Imported here: its driver takes a sixth of a second, and one office runs without it.
        from ledger.storage import postgres

        return Store(postgres.postgres_engine(parsed), require_nothing_sealed)
    raise StorageError(
        f"不支持“{parsed.get_backend_name()}”数据库。LEDGER_DATABASE_URL 应以 sqlite:/// 或 "
        "postgresql+psycopg:// 开头"
    )
