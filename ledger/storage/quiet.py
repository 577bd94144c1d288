"""Errors of a PostgreSQL server without the row that it quotes below them.

A refused row stands word for word in the error's detail ("Failing row contains …"), and would go
into logs and error pages with it, names and phones included. SQLite names columns only.
"""

from __future__ import annotations

import psycopg
from sqlalchemy import Engine, ExceptionContext, event


def keep_rows_out(engine: Engine) -> None:
    """From now on errors of this engine say what went wrong, and not with which values."""
    event.listen(engine, "handle_error", _first_sentence)


def _first_sentence(context: ExceptionContext) -> None:
    error, wrapped = context.original_exception, context.sqlalchemy_exception
    if not isinstance(error, psycopg.Error) or error.diag.message_primary is None:
        return
    long, short = str(error), error.diag.message_primary
    error.args = (short,)
    if wrapped is not None:
        wrapped.args = tuple(str(part).replace(long, short) for part in wrapped.args)
