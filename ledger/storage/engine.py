"""The database connection: one `Store` a process, one transaction a service call."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

from sqlalchemy import Connection, Engine

from ledger.storage.faults import clear_errors
from ledger.storage.held_files import require_in_place
from ledger.storage.keys.secrets import Sealer, key_path, sealer_at
from ledger.storage.modes import READS, WRITES

# Refuses, with `StorageError`, to make a new key file at the path for a database that has secrets.
KeyCheck = Callable[["Store", Path], None]


class Store:
    """A database and the two ways to use it: `reading` and `writing`.

    A write holds the database's single writer lock from its first statement (``BEGIN IMMEDIATE``
    on SQLite, an advisory lock on PostgreSQL), so a transaction does not fail half way because
    another one began to write. Several threads may use one store.
    """

    def __init__(self, engine: Engine, may_make_key: KeyCheck) -> None:
        self.engine = engine
        self.may_make_key = may_make_key
        # Another number after each write of this process: what was read before may have changed.
        self.writes = 0
        self._numbers = count(1)
        self._writer = engine.execution_options(**{WRITES: True})
        self._reader = engine if self.is_sqlite else engine.execution_options(**READS)

    @property
    def url(self) -> str:
        """The database's address without its password."""
        return self.engine.url.render_as_string(hide_password=True)

    @property
    def is_sqlite(self) -> bool:
        return self.engine.dialect.name == "sqlite"

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection that sees one consistent snapshot and commits nothing.

        Raises
        ------
        StorageError
            For faults of the database as a whole (`ledger.storage.faults`).
        """
        with clear_errors(), self._reader.connect() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A connection in a transaction: the end of the block commits, an error rolls back.

        Raises
        ------
        StorageError
            For faults of the database as a whole (`ledger.storage.faults`), or if the database
            file was removed or replaced during the commit.
        """
        with clear_errors(), self._writer.connect() as connection:
            try:
                with connection.begin():
                    yield connection
            finally:
                self.writes = next(self._numbers)
            if self.is_sqlite:
                require_in_place(connection.connection.driver_connection, committed=True)

    @property
    def sealer(self) -> Sealer:
        """The sealer of this database's protected texts; makes the key file of a new database.

        Raises
        ------
        StorageError
            If the key file is missing although texts are sealed: no new one is made.
        """
        path = key_path(self.engine.url.render_as_string(hide_password=False))
        if not path.exists():
            self.may_make_key(self, path)
        return sealer_at(path)

    def dispose(self) -> None:
        self.engine.dispose()
