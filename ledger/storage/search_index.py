"""The index by which records are searched: what it holds, and how it is kept.

Each ledger but the areas has two tables beside its own. ``<ledger>_searched`` holds what is
searched of each record, written alike (`ledger.domain.searched_text`); ``<ledger>_grams`` the grams
of that: a table of FTS5 without content of its own in SQLite, a ``tsvector`` with a GIN index in
PostgreSQL. Both are written in the transaction that changes the record
(`ledger.records.saving.write` calls `add` and `keep`), so a search never sees another state than a
list. `ledger.storage.search_question` asks it.

Measured at a million texts of 85 signs (seconds of the processor and megabytes to make it; count of
a word of two signs found 761 times, of a number, in milliseconds; LIKE over the texts took 3,041):

=========================================  =====  ======  =========  ======
way                                        made   size    two signs  number
=========================================  =====  ======  =========  ======
FTS5, pairs of signs, asked as a phrase     85 s  286 MB       0.13     186
FTS5, pairs without their places            88 s  132 MB       0.07     234
FTS5's own trigrams                        111 s  364 MB      never       4
=========================================  =====  ======  =========  ======

Pairs without places also find what is not there (23,526 for one number). So it is pairs, and grams
of four for signs of ASCII. PostgreSQL's pg_trgm finds no trigrams in Chinese under the collation C,
which this program requires.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import (
    Connection,
    RowMapping,
    Select,
    bindparam,
    delete,
    select,
    text,
)

from ledger.domain.columns import Ledger
from ledger.domain.ledgers import LEDGERS
from ledger.domain.searched_text import (
    READING,
    SearchedText,
    columns_searched,
    grams,
    searched_text,
)
from ledger.storage import options
from ledger.storage.bulk import insert_rows
from ledger.storage.tables import LEDGER_TABLES, SEARCHED_TABLES

SQLITE, POSTGRES = "sqlite", "postgresql"
# What the stored index was made with, by ledger; where it differs, `catch_up` makes it again.
BASIS = "search_basis"
INDEXED: Mapping[str, Ledger] = {key: LEDGERS[key] for key in SEARCHED_TABLES}
_AT_ONCE = 500
# How many pieces of an index of FTS5 are merged at once, and how many there may be.
_MERGING = {"automerge": 16, "crisismerge": 64}
_FILLING = 5_000
# Before lexemes of PostgreSQL that say that a gram stands in the title.
IN_TITLE = "t"


def making_statements(ledger_key: str, dialect: str) -> tuple[str, ...]:
    """Statements that make the table of grams of a ledger, for ``sqlite`` or ``postgresql``."""
    name = grams_name(ledger_key)
    if dialect == POSTGRES:
        return (
            f"CREATE TABLE {name} (rowid BIGINT PRIMARY KEY, lexemes TSVECTOR NOT NULL)",
            f"CREATE INDEX ix_{name}_lexemes ON {name} USING gin (lexemes)",
        )
    return (
        f"CREATE VIRTUAL TABLE {name} USING fts5(title, rest, keys, "
        "content='', columnsize=0, tokenize='ascii')",
    )


def dropping_statements(ledger_key: str) -> tuple[str, ...]:
    """Statements, the same for both databases, that drop the table of grams of a ledger."""
    return (f"DROP TABLE IF EXISTS {grams_name(ledger_key)}",)


def keep(connection: Connection, ledger: Ledger, ids: Sequence[int]) -> None:
    """Bring the index of these records up to what they hold now, in the caller's transaction."""
    if ledger.key not in INDEXED:
        return
    for start in range(0, len(ids), _AT_ONCE):
        some = list(ids[start : start + _AT_ONCE])
        now = {row["id"]: searched_text(ledger, row) for row in _records(connection, ledger, some)}
        before = searched(connection, ledger, some)
        differing = [one for one in some if now.get(one) != before.get(one)]
        _take_out(connection, ledger, [(one, before[one]) for one in differing if one in before])
        _put_in(connection, ledger, [(one, now[one]) for one in differing if one in now])


def add(connection: Connection, ledger: Ledger, records: Sequence[Mapping[str, Any]]) -> None:
    """Put new records into the index, in the caller's transaction; they are given whole."""
    if ledger.key not in INDEXED:
        return
    blank = dict.fromkeys(columns_searched(ledger))
    _put_in(
        connection,
        ledger,
        [(row["id"], searched_text(ledger, {**blank, **row})) for row in records],
    )


def searched(connection: Connection, ledger: Ledger, ids: Sequence[int]) -> dict[int, SearchedText]:
    """What the index holds of these records, by id."""
    rows = connection.execute(_kept(ledger.key), {"ids": list(ids)})
    return {row.id: SearchedText(row.title, row.rest, row.keys) for row in rows}


def fill(connection: Connection, ledger: Ledger) -> None:
    """Make the index of a ledger again from its records."""
    connection.execute(delete(SEARCHED_TABLES[ledger.key]))
    _empty(connection, ledger)
    records, last = LEDGER_TABLES[ledger.key], 0
    columns = [records.c[key] for key in columns_searched(ledger)]
    query = select(records.c.id, *columns).where(records.c.id > bindparam("last"))
    query = query.order_by(records.c.id).limit(_FILLING)
    while rows := connection.execute(query, {"last": last}).mappings().all():
        _put_in(connection, ledger, [(row["id"], searched_text(ledger, row)) for row in rows])
        last = rows[-1]["id"]


def fill_grams(connection: Connection, ledger: Ledger) -> None:
    """Make the grams of a ledger again from what is kept as searched: after both were copied."""
    _empty(connection, ledger)
    table, last = SEARCHED_TABLES[ledger.key], 0
    query = select(table).where(table.c.id > bindparam("last")).order_by(table.c.id)
    while rows := connection.execute(query.limit(_FILLING), {"last": last}).all():
        kept = [(row.id, SearchedText(row.title, row.rest, row.keys)) for row in rows]
        _put_grams(connection, ledger, kept)
        last = rows[-1].id


def basis() -> dict[str, str]:
    """What the index of each ledger is made with: the columns searched, and how they are read."""
    found = {}
    for key, ledger in INDEXED.items():
        said = "\x1f".join((str(READING), ledger.title, *columns_searched(ledger)))
        found[key] = hashlib.sha256(said.encode()).hexdigest()[:16]
    return found


def catch_up(connection: Connection) -> list[str]:
    """Make the indexes again that were made with anything else than the present `basis`; returns
    the keys of their ledgers."""
    now, before = basis(), options.read(connection, BASIS, {})
    if now == before:
        return []
    stale = [key for key in now if now[key] != before.get(key)]
    for key in stale:
        fill(connection, INDEXED[key])
    options.write(connection, BASIS, now)
    return stale


def is_current(connection: Connection) -> bool:
    """Whether `catch_up` has nothing to do."""
    return bool(options.read(connection, BASIS) == basis())


def grams_name(ledger_key: str) -> str:
    """The name of the table of grams of a ledger."""
    return f"{ledger_key}_grams"


@cache
def _kept(ledger_key: str) -> Select[Any]:
    table = SEARCHED_TABLES[ledger_key]
    return select(table).where(table.c.id.in_(bindparam("ids", expanding=True)))


def _records(connection: Connection, ledger: Ledger, ids: Sequence[int]) -> Iterable[RowMapping]:
    return connection.execute(_by_ids(ledger.key), {"ids": list(ids)}).mappings()


@cache
def _by_ids(ledger_key: str) -> Select[Any]:
    records = LEDGER_TABLES[ledger_key]
    columns = [records.c[key] for key in columns_searched(LEDGERS[ledger_key])]
    return select(records.c.id, *columns).where(records.c.id.in_(bindparam("ids", expanding=True)))


def _put_in(
    connection: Connection, ledger: Ledger, rows: Sequence[tuple[int, SearchedText]]
) -> None:
    if not rows:
        return
    insert_rows(
        connection,
        SEARCHED_TABLES[ledger.key],
        ("id", "title", "rest", "keys"),
        ((one, kept.title, kept.rest, kept.keys) for one, kept in rows),
    )
    _put_grams(connection, ledger, rows)


def _put_grams(
    connection: Connection, ledger: Ledger, rows: Sequence[tuple[int, SearchedText]]
) -> None:
    name = grams_name(ledger.key)
    if connection.dialect.name == SQLITE:
        columns = "rowid, title, rest, keys"
        statement = f"INSERT INTO {name} ({columns}) VALUES (?, ?, ?, ?)"  # noqa: S608
        connection.exec_driver_sql(statement, list(_in_rows(rows)))
        return
    statement = (
        f"INSERT INTO {name} (rowid, lexemes) "  # noqa: S608 - our own name
        "VALUES (%s, array_to_tsvector(%s::text[]))"
    )
    connection.exec_driver_sql(statement, [(one, lexemes(kept)) for one, kept in rows])


def _take_out(
    connection: Connection, ledger: Ledger, rows: Sequence[tuple[int, SearchedText]]
) -> None:
    """FTS5 without content is told what it has to forget; with anything else it would be wrong."""
    if not rows:
        return
    name, table = grams_name(ledger.key), SEARCHED_TABLES[ledger.key]
    if connection.dialect.name == SQLITE:
        statement = (
            f"INSERT INTO {name} ({name}, rowid, title, rest, keys) "  # noqa: S608 - our own name
            "VALUES ('delete', ?, ?, ?, ?)"
        )
        connection.exec_driver_sql(statement, list(_in_rows(rows)))
    else:
        statement = f"DELETE FROM {name} WHERE rowid = %s"  # noqa: S608 - our own name
        connection.exec_driver_sql(statement, [(one,) for one, _ in rows])
    gone = delete(table).where(table.c.id.in_([one for one, _ in rows]))
    connection.execute(gone)


def _empty(connection: Connection, ledger: Ledger) -> None:
    """No grams; and FTS5 is told to merge what saves add less often: with its own numbers one save
    in twenty took 179 ms at a million petitions, with these 47 ms, which one without it takes."""
    name = grams_name(ledger.key)
    if connection.dialect.name == SQLITE:
        connection.execute(text(f"INSERT INTO {name} ({name}) VALUES ('delete-all')"))  # noqa: S608
        for option, number in _MERGING.items():
            told = f"INSERT INTO {name} ({name}, rank) VALUES ('{option}', {number})"  # noqa: S608
            connection.execute(text(told))
    else:
        connection.execute(text(f"DELETE FROM {name}"))  # noqa: S608 - our own name


def _in_rows(rows: Sequence[tuple[int, SearchedText]]) -> Iterator[tuple[int, str, str, str]]:
    for one, kept in rows:
        yield one, " ".join(grams(kept.title)), " ".join(grams(kept.rest)), kept.keys


def lexemes(kept: SearchedText) -> list[str]:
    """What PostgreSQL keeps of a record: its grams, those of the title marked as well, its keys."""
    title = grams(kept.title)
    every = {*title, *grams(kept.rest), *kept.keys.split(), *(IN_TITLE + gram for gram in title)}
    return sorted(every)
