"""PostgreSQL, for a city: several processes on one database, with the same guarantees as SQLite.

One writer at a time: a write takes the database's writer lock with its first statement and waits
for it as SQLite waits for its file. Every write must extend the one audit chain, so writers would
wait for each other at the end anyway; because they wait at the beginning, no save overwrites
another and two saves cannot deadlock.
Readers never wait. A read is one snapshot (REPEATABLE READ) and cannot write. A write is READ
COMMITTED whatever the server's default: a stricter level would show it the state from before it
waited for the lock, and roll it back for every save made meanwhile. Deadlocks remain possible with
statements from outside the program (an administrator's own); those are tried again
(`storage.again`).

Texts are ordered by their code points, as in SQLite, so the database must have the collation C.
"""

from __future__ import annotations

from typing import Any

import psycopg
from psycopg.adapt import Buffer, Loader
from sqlalchemy import URL, Connection, Engine, ExceptionContext, create_engine, event

from ledger.storage.modes import WRITES

BUSY_SECONDS = 30
CONNECT_SECONDS = 10
# Connections that a process keeps, and further ones for peaks; a server allows 100 by default.
POOL, MORE = 10, 10
# An arbitrary number that identifies the writer lock among the database's advisory locks.
_WRITER = 0x6C65646765


class _PlainNumber(Loader):
    """Return NUMERIC as int or float, as SQLite does: only sums have this type, no column."""

    def load(self, data: Buffer) -> int | float:
        digits = bytes(data).decode("ascii")
        return int(digits) if digits.lstrip("-").isdigit() else float(digits)


def postgres_engine(url: URL) -> Engine:
    """The engine of a PostgreSQL database; it connects when a connection is first needed."""
    engine = create_engine(
        url.set(drivername="postgresql+psycopg"),
        isolation_level="READ COMMITTED",
        hide_parameters=True,
        pool_pre_ping=True,
        pool_size=POOL,
        max_overflow=MORE,
        pool_timeout=BUSY_SECONDS,
        connect_args={"connect_timeout": CONNECT_SECONDS, "application_name": "ledger"},
    )

    event.listen(engine, "handle_error", _first_sentence)

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, _record: Any) -> None:
        connection.adapters.register_loader("numeric", _PlainNumber)
        connection.execute(f"SET lock_timeout = '{BUSY_SECONDS}s'")
        connection.execute("SET TIME ZONE 'UTC'")
        # A confirmed save is on the disk, whatever the server's default. A stricter setting
        # (``remote_apply``: a standby has applied it) is kept.
        connection.execute(
            "SELECT set_config('synchronous_commit', 'on', false) "
            "WHERE current_setting('synchronous_commit') IN ('off', 'local', 'remote_write')"
        )
        connection.commit()

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        if connection.get_execution_options().get(WRITES):
            connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_WRITER})")

    return engine


def _first_sentence(context: ExceptionContext) -> None:
    """Reduce an error of PostgreSQL to its first sentence, which holds no values of the row.

    The error's detail contains the refused row ("Failing row contains …") and would put names and
    phones into logs and error pages. SQLite's errors name columns only.
    """
    error, wrapped = context.original_exception, context.sqlalchemy_exception
    if not isinstance(error, psycopg.Error) or error.diag.message_primary is None:
        return
    long, short = str(error), error.diag.message_primary
    error.args = (short,)
    if wrapped is not None:
        wrapped.args = tuple(str(part).replace(long, short) for part in wrapped.args)
