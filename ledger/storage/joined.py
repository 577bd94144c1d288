"""Several service calls as one transaction: all of what they wrote is kept, or nothing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection

from ledger.storage.engine import Store


class _Joined(Store):
    """A store whose services work on one connection, in the transaction that is open there."""

    def __init__(self, store: Store, connection: Connection) -> None:
        super().__init__(store.engine, store.may_make_key)
        self._connection = connection

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """The transaction as it stands: what was written in it is seen."""
        yield self._connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A part of the transaction: a service that refuses takes back its own part only."""
        with self._connection.begin_nested():
            yield self._connection


@contextmanager
def joined(store: Store) -> Iterator[Store]:
    """A store for a script that calls many services: what they write is kept whole or not at all.

    The database's single writer is held until the block ends, so this is for loading and for
    maintenance, never for a page.
    """
    with store.writing() as connection:
        yield _Joined(store, connection)
