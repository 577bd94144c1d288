"""Run several service calls as one transaction: all that they write is kept, or nothing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection

from ledger.domain.errors import StorageError
from ledger.storage.engine import Store


class _Joined(Store):
    """A store whose services all use one connection and its open transaction."""

    def __init__(self, store: Store, connection: Connection) -> None:
        super().__init__(store.engine, store.may_make_key)
        self._connection = connection
        self.failed = False

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """The connection itself: reads see what the open transaction has written."""
        yield self._connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """The connection itself. A savepoint a service call would cost two statements each, so an
        error in one of them ends the whole, even if the caller catches it."""
        try:
            yield self._connection
        except BaseException:
            self.failed = True
            raise


@contextmanager
def joined(store: Store) -> Iterator[Store]:
    """A store for a script that calls many services: all that they write is kept, or nothing.

    The database's single writer lock is held until the block ends, so this is for loading,
    maintenance and the settings of a whole office, never for everyday work.

    Raises
    ------
    StorageError
        If a service failed and the block went on: what it wrote before it failed is undone with
        the whole.
    """
    with store.writing() as connection:
        whole = _Joined(store, connection)
        yield whole
        if whole.failed:
            raise StorageError("其中一步没有成功，全部没有写入。请查明原因后重新运行")
