"""The database of this process: one `Store`, shared by routes and pages."""

from __future__ import annotations

from functools import lru_cache
from threading import Lock

from ledger.domain.errors import StorageError
from ledger.domain.settings import settings
from ledger.operations import metrics, slow
from ledger.storage import Store, open_store, require_current
from ledger.storage.key_check import require_keys
from ledger.storage.sqlite import check_file

_opening = Lock()


def store() -> Store:
    """The store of the configured database; opened and looked through once a process and address.

    Raises
    ------
    StorageError
        If the database is damaged, of another version, cannot be opened, or its key file is not
        there; the next call tries again.
    """
    # Two requests at a cold start must not look through the file while the other has it open.
    with _opening:
        return _opened(settings().database_url)


@lru_cache(maxsize=2)
def _opened(url: str) -> Store:
    opened = open_store(url)
    slow.watch(opened.engine, metrics.count_statement)
    try:
        check_file(opened.engine)
        require_current(opened, besides="empty")
        require_keys(opened)
    except StorageError:
        opened.dispose()
        raise
    return opened
