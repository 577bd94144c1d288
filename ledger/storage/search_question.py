"""How the index of the search is asked: the records in which words stand, as a condition.

Callers build conditions before they know the database, so each question is made for both
databases, and the one that compiles the statement takes its own part.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    MetaData,
    Select,
    Table,
    Text,
    and_,
    bindparam,
    cast,
    func,
    or_,
    select,
)
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import UserDefinedType

from ledger.domain.columns import Ledger
from ledger.domain.searched_text import grams_asked
from ledger.storage.search_index import IN_TITLE, POSTGRES, SQLITE, grams_name
from ledger.storage.tables import SEARCHED_TABLES

# A word written alike, and a key of the records that hold it otherwise.
Word = tuple[str, str | None]


def found(
    ledger: Ledger,
    words: Sequence[Word],
    place: str | None = None,
    *,
    in_title: bool = False,
) -> Select[Any]:
    """The ids of the records in which every word is found, in no order.

    Parameters
    ----------
    words : sequence of Word
        Words written alike and not empty, each with a key (`ledger.domain.searched_text`) of the
        records that hold it otherwise.
    place : str, optional
        The key of an area in which they lie: fewer are looked through. It is no check of a scope.
    in_title : bool
        Whether the words must stand in the number or the title.
    """
    index = grams_table(ledger.key)
    return select(index.c.rowid).where(matched(ledger, words, place, in_title=in_title))


def matched(
    ledger: Ledger,
    words: Sequence[Word],
    place: str | None = None,
    *,
    in_title: bool = False,
) -> Any:
    """The condition of `found` on the rows of the `grams_table`."""
    index, kept = grams_table(ledger.key), SEARCHED_TABLES[ledger.key]
    lexemes = cast(bindparam(None, _tsquery(words, place, in_title)), _Question())
    checks = []
    for word, key in words:
        # Grams that all are there need not stand in a row.
        places = [func.strpos(kept.c.title, word) > 0]
        if not in_title:
            places.append(func.strpos(kept.c.rest, word) > 0)
        if key:
            places.append(index.c.lexemes.bool_op("@@")(cast(bindparam(None, key), _Question())))
        checks.append(or_(*places))
    there = select(kept.c.id).where(kept.c.id == index.c.rowid, *checks)
    return _Matched(
        index.c[grams_name(ledger.key)],
        bindparam(None, fts5_question(words, place, in_title)),
        and_(index.c.lexemes.bool_op("@@")(lexemes), there.correlate(index).exists()),
    )


@cache
def grams_table(ledger_key: str) -> Table:
    """The table of grams of a ledger as statements name it. In SQLite a hidden column that is
    named like the table takes the question, in PostgreSQL the column ``lexemes``."""
    return Table(
        grams_name(ledger_key),
        MetaData(),
        Column("rowid", BigInteger, primary_key=True),
        Column(grams_name(ledger_key), Text),
        Column("lexemes"),
    )


class _Question(UserDefinedType[str]):
    """``tsquery``; the module of PostgreSQL's own types would be loaded by every command."""

    cache_ok = True

    def get_col_spec(self, **_given: Any) -> str:
        return "TSQUERY"


class _Matched(FunctionElement[bool]):
    """A question to the index: of its three parts each database takes its own."""

    name = "matched"
    inherit_cache = True


@compiles(_Matched, SQLITE)
def _in_sqlite(element: Any, compiler: Any, **given: Any) -> str:
    column, question, _ = element.clauses
    return f"{compiler.process(column, **given)} MATCH {compiler.process(question, **given)}"


@compiles(_Matched, POSTGRES)
def _in_postgres(element: Any, compiler: Any, **given: Any) -> str:
    *_, condition = element.clauses
    return f"({compiler.process(condition, **given)})"


def fts5_question(words: Sequence[Word], place: str | None, in_title: bool) -> str:
    """The question in the language of FTS5; grams hold nothing that means anything in it."""
    asked = []
    for word, key in words:
        row, begins = grams_asked(word)
        phrase = f'"{" ".join(row)}"' + (" *" if begins else "")
        if in_title:
            phrase = f"title : {phrase}"
        asked.append(f'({phrase} OR keys : "{key}")' if key else phrase)
    if place:
        asked.append(f'keys : "{place}"')
    return " AND ".join(asked)


def _tsquery(words: Sequence[Word], place: str | None, in_title: bool) -> str:
    """The question as a ``tsquery``: that all grams are there."""
    asked = []
    for word, key in words:
        row, begins = grams_asked(word)
        before, behind = IN_TITLE if in_title else "", ":*" if begins else ""
        all_there = " & ".join(f"'{before}{gram}'" for gram in row) + behind
        asked.append(f"(({all_there}) | '{key}')" if key else f"({all_there})")
    if place:
        asked.append(f"'{place}'")
    return " & ".join(asked)
