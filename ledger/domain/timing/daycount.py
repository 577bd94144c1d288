"""Days between two date columns, in SQL: SQLite keeps dates as texts, PostgreSQL as dates."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Date, Integer
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from ledger.domain.timing.clock import OFFICE


class _Days(FunctionElement[int]):
    """``end - start`` in whole calendar days; NULL if either is."""

    type = Integer()
    inherit_cache = True
    name = "days_between"


def days_between(start: ColumnElement[Any], end: ColumnElement[Any]) -> ColumnElement[int]:
    """Calendar days from one date column to another, negative if it lies before."""
    return _Days(start, end)


class _OfficeDay(FunctionElement[date]):
    """The office's calendar day of a moment."""

    type = Date()
    inherit_cache = True
    name = "office_date"


def office_date(moment: ColumnElement[Any]) -> ColumnElement[date]:
    """The day, in the office's time zone, on which the moment of a column lies."""
    return _OfficeDay(moment)


@compiles(_OfficeDay)
def _postgresql_day(element: _OfficeDay, compiler: SQLCompiler, **kw: Any) -> str:
    return f"(timezone('{OFFICE.key}', {compiler.process(element.clauses, **kw)}))::date"


@compiles(_OfficeDay, "sqlite")
def _sqlite_day(element: _OfficeDay, compiler: SQLCompiler, **kw: Any) -> str:
    # Kept in UTC; China has had no daylight saving time since 1991.
    return f"date({compiler.process(element.clauses, **kw)}, '+8 hours')"


@compiles(_Days)
def _postgresql(element: _Days, compiler: SQLCompiler, **kw: Any) -> str:
    start, end = (compiler.process(clause, **kw) for clause in element.clauses)
    return f"({end} - {start})"


@compiles(_Days, "sqlite")
def _sqlite(element: _Days, compiler: SQLCompiler, **kw: Any) -> str:
    start, end = (compiler.process(clause, **kw) for clause in element.clauses)
    # Julian days of midnights are exact halves, so the difference is exact.
    return f"(julianday({end}) - julianday({start}))"
