"""What every test's own database would work out anew is worked out once a process.

Hundreds of tests open a database of their own. SQLAlchemy keeps the text of a statement for one
engine, so each put the same statements together again (a twelfth of the whole suite), and each
read the same small county into a tree of areas.
"""

from __future__ import annotations

import importlib
from functools import lru_cache
from typing import Any

from sqlalchemy import Engine, create_engine
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.util import LRUCache

_STATEMENTS = 5_000
_TREES = 16


def use_quick_stores() -> None:
    """From now on engines of one kind share their statements, and like rows give one tree."""
    for module, dialect in (("sqlite", SQLiteDialect_pysqlite), ("postgres", PGDialect_psycopg)):
        _share_statements(importlib.import_module(f"ledger.storage.{module}"), dialect)
    areas = importlib.import_module("ledger.records.places.areas")
    areas._tree = lru_cache(_TREES)(areas._tree)  # type: ignore[attr-defined]


def _share_statements(module: Any, dialect: type[Any]) -> None:
    """Statements are kept by dialect: those of one kind count as one, in one place."""
    kept: LRUCache[Any, Any] = LRUCache(_STATEMENTS)
    dialect.__eq__ = lambda self, other: type(self) is type(other)
    dialect.__hash__ = lambda self: hash(type(self))

    def shared(*given: Any, **named: Any) -> Engine:
        engine = create_engine(*given, **named)
        engine._compiled_cache = kept
        return engine

    module.create_engine = shared
