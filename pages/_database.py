"""The database of this process: one `Store`, shared by routes and pages."""

from __future__ import annotations

from functools import lru_cache

from ledger.settings import settings
from ledger.storage import Store, open_store


def store() -> Store:
    """The store of the configured database; opened once a process and address."""
    return _opened(settings().database_url)


@lru_cache(maxsize=2)
def _opened(url: str) -> Store:
    return open_store(url)
