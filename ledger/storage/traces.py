"""What deleted content leaves behind in the files of a database, and how it is cleared.

SQLite overwrites freed pages (``secure_delete``, set on every connection); what was written lately
also stands in the write-ahead log, until that is emptied. PostgreSQL gives the room of deleted
rows up when their table is vacuumed. Copies made earlier (backups) keep what they held.
"""

from __future__ import annotations

import logging

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from ledger.domain.ledgers import LEDGERS
from ledger.storage.engine import Store
from ledger.storage.held_files import require_in_place

# How long others may hold the log; whoever removes something waits for it.
_WAIT_MILLISECONDS = 2000
_PROTECTING = tuple(key for key, ledger in LEDGERS.items() if ledger.protected)
_TABLES = ("attachments", "drafts", "changes", *_PROTECTING)
_log = logging.getLogger(__name__)


def clear_traces(store: Store) -> bool:
    """Empty the log and give up freed room; False where others still read from it just now.

    What is then left goes with the next call, or when the last process closes the database.
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
