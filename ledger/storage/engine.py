"""The database connection: one `Store` a process, one transaction a service call."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, Engine

from ledger.storage import postgres
from ledger.storage.faults import clear_errors
from ledger.storage.held_files import require_in_place
from ledger.storage.keys.secrets import Sealer, key_path, sealer_at
from ledger.storage.modes import WRITES

# Refuses, with `StorageError`, to make a new key file at the path for a database that has secrets.
KeyCheck = Callable[["Store", Path], None]


class Store:
    """A database and the two ways to use it: `reading` and `writing`.

    A write holds the database's single writer from its first statement (``BEGIN IMMEDIATE`` on
    SQLite, a lock on PostgreSQL), so a transaction never fails half way because somebody else
    began to write. Several threads may use one store.
    """

    def __init__(self, engine: Engine, may_make_key: KeyCheck) -> None:
        self.engine = engine
        self.may_make_key = may_make_key
        self._writer = engine.execution_options(**{WRITES: True})
        self._reader = engine if self.is_sqlite else engine.execution_options(**postgres.READS)

    @property
    def url(self) -> str:
        """The database's address without its password."""
        return self.engine.url.render_as_string(hide_password=True)

    @property
    def is_sqlite(self) -> bool:
        return self.engine.dialect.name == "sqlite"

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection on one consistent snapshot; nothing is written."""
        with clear_errors(), self._reader.connect() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction that is kept whole or not at all."""
        with clear_errors(), self._writer.connect() as connection:
            with connection.begin():
                yield connection
            if self.is_sqlite:
                require_in_place(connection.connection.driver_connection, committed=True)

    @property
    def sealer(self) -> Sealer:
        """What protected texts of this database are sealed with.

        Raises
        ------
        StorageError
            If the key file is gone although something is sealed: no new one is made then.
        """
        path = key_path(self.engine.url.render_as_string(hide_password=False))
        if not path.exists():
            self.may_make_key(self, path)
        return sealer_at(path)

    def dispose(self) -> None:
        self.engine.dispose()
