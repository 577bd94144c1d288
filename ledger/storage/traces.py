"""Clear what deleted content leaves in the files of a database.

SQLite overwrites freed pages (``secure_delete``, set on every connection), but recently written
pages are also in the write-ahead log until that is emptied. PostgreSQL frees the space of deleted
rows when their table is vacuumed. Backups made earlier keep their content.
"""

from __future__ import annotations

import logging

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from ledger.domain.ledgers import LEDGERS
from ledger.storage.engine import Store
from ledger.storage.held_files import require_in_place

# How long to wait for other connections that still read from the log.
_WAIT_MILLISECONDS = 2000
_PROTECTING = tuple(key for key, ledger in LEDGERS.items() if ledger.protected)
_TABLES = ("attachments", "drafts", "changes", *_PROTECTING)
_log = logging.getLogger(__name__)


def clear_traces(store: Store) -> bool:
    """Empty SQLite's log, or vacuum PostgreSQL's tables that can hold protected texts.

    Returns False if the log is still being read after two seconds, or the database refuses; the
    next call tries again, and SQLite empties the log when the last process closes the database.
    """
    try:
        return _emptied(store) if store.is_sqlite else _vacuumed(store)
    except DBAPIError:
        _log.warning("traces of deleted content not cleared")
        return False


def _emptied(store: Store) -> bool:
    pooled = store.engine.raw_connection()
    try:
        require_in_place(pooled.driver_connection)
        cursor = pooled.cursor()
        (before,) = cursor.execute("PRAGMA busy_timeout").fetchone()
        cursor.execute(f"PRAGMA busy_timeout={_WAIT_MILLISECONDS}")
        busy, *_ = cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        cursor.execute(f"PRAGMA busy_timeout={before}")
        return not busy
    finally:
        pooled.close()


def _vacuumed(store: Store) -> bool:
    alone = store.engine.execution_options(isolation_level="AUTOCOMMIT")
    with alone.connect() as connection:
        for table in _TABLES:
            connection.execute(text(f"VACUUM {table}"))
    return True
