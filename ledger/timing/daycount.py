"""Days between two date columns, in SQL: SQLite keeps dates as texts, PostgreSQL as dates."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Integer
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement


class _Days(FunctionElement[int]):
    """``end - start`` in whole calendar days; NULL if either is."""

    type = Integer()
    inherit_cache = True
    name = "days_between"


def days_between(start: ColumnElement[Any], end: ColumnElement[Any]) -> ColumnElement[int]:
    """Calendar days from one date column to another, negative if it lies before."""
    return _Days(start, end)


@compiles(_Days)
def _postgresql(element: _Days, compiler: SQLCompiler, **kw: Any) -> str:
    start, end = (compiler.process(clause, **kw) for clause in element.clauses)
    return f"({end} - {start})"


@compiles(_Days, "sqlite")
def _sqlite(element: _Days, compiler: SQLCompiler, **kw: Any) -> str:
    start, end = (compiler.process(clause, **kw) for clause in element.clauses)
    # Julian days of midnights are exact halves, so the difference is exact.
    return f"(julianday({end}) - julianday({start}))"
