"""Run several service calls as one transaction: all that they write is kept, or nothing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection

from ledger.storage.engine import Store


class _Joined(Store):
    """A store whose services all use one connection and its open transaction."""

    def __init__(self, store: Store, connection: Connection) -> None:
        super().__init__(store.engine, store.may_make_key)
        self._connection = connection

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """The connection itself: reads see what the open transaction has written."""
        yield self._connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A savepoint: an error in the block rolls back what the block wrote, and only that."""
        with self._connection.begin_nested():
            yield self._connection


@contextmanager
def joined(store: Store) -> Iterator[Store]:
    """A store for a script that calls many services: all that they write is kept, or nothing.

    The database's single writer lock is held until the block ends, so this is for loading and
    maintenance, never for a page.
    """
    with store.writing() as connection:
        yield _Joined(store, connection)
