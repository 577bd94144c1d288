"""The database of this process: one `Store`, shared by routes and pages."""

from __future__ import annotations

from functools import lru_cache

from ledger.errors import StorageError
from ledger.settings import settings
from ledger.storage import Store, open_store
from ledger.storage.sqlite import check_file


def store() -> Store:
    """The store of the configured database; opened and looked through once a process and address.

    Raises
    ------
    StorageError
        If the database is damaged or cannot be opened; the next call tries again.
    """
    return _opened(settings().database_url)


@lru_cache(maxsize=2)
def _opened(url: str) -> Store:
    opened = open_store(url)
    try:
        check_file(opened.engine)
    except StorageError:
        opened.dispose()
        raise
    return opened
