"""Whether the index of the search holds what the records hold (command ``verify``), and making it
again (``reindex``).

First what is kept as searched is compared with each record, then the grams with that: in PostgreSQL
record by record. The index of FTS5 lists its records only by gram, so in SQLite the number of each
gram is compared, and the sum of the ids of the records over all of them.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

from sqlalchemy import Connection, Result, Select, Table, func, select

from ledger.domain.columns import Ledger
from ledger.domain.searched_text import SearchedText, columns_searched, grams, searched_text
from ledger.storage import Store, options, search_index
from ledger.storage.again import tried_again
from ledger.storage.search_question import grams_table
from ledger.storage.tables import LEDGER_TABLES, SEARCHED_TABLES

_AT_ONCE = 2_000
Counted = tuple[Counter[str], int]


def faults_of_search(connection: Connection) -> list[str]:
    """One sentence for each ledger whose index does not agree; none while the index is to be made
    again anyway (`ledger.storage.search_index.catch_up`)."""
    if not search_index.is_current(connection):
        return []
    found = []
    for ledger in search_index.INDEXED.values():
        wrong = _wrong_texts(connection, ledger)
        what = f"有 {wrong} 条记录" if wrong else ""
        if not wrong and not _same_grams(connection, ledger):
            what = "有些内容"
        if what:
            found.append(
                f"{ledger.label}的搜索索引与台账不一致：{what}搜索不到或搜索有误。"
                "台账本身不受影响，请运行:python -m ledger reindex"
            )
    return found


@tried_again
def reindex(store: Store) -> int:
    """Make the index of every ledger again from its records, in one transaction; returns how many
    records it holds."""
    with store.writing() as connection:
        options.write(connection, search_index.BASIS, {})
        search_index.catch_up(connection)
        return sum(_count(connection, kept) for kept in SEARCHED_TABLES.values())


def _wrong_texts(connection: Connection, ledger: Ledger) -> int:
    """How many records are kept otherwise than they are, not at all, or although they are gone."""
    records, kept = LEDGER_TABLES[ledger.key], SEARCHED_TABLES[ledger.key]
    columns = [records.c[key] for key in columns_searched(ledger)]
    names = ("kept_id", "kept_title", "kept_rest", "kept_keys")
    held = [column.label(name) for column, name in zip(kept.c, names, strict=True)]
    query = select(*columns, *held).select_from(records.outerjoin(kept, records.c.id == kept.c.id))
    wrong = there = 0
    for row in _streamed(connection, query).mappings():
        there += row["kept_id"] is not None
        said = SearchedText(row["kept_title"], row["kept_rest"], row["kept_keys"])
        wrong += row["kept_id"] is None or searched_text(ledger, row) != said
    return wrong + _count(connection, kept) - there


def _same_grams(connection: Connection, ledger: Ledger) -> bool:
    if connection.dialect.name == search_index.SQLITE:
        return _counted_in_index(connection, ledger) == _counted_in_texts(connection, ledger)
    index, kept = grams_table(ledger.key), SEARCHED_TABLES[ledger.key]
    there = func.tsvector_to_array(index.c.lexemes)
    query = select(kept, there.label("there")).select_from(
        kept.outerjoin(index, kept.c.id == index.c.rowid)
    )
    same = all(
        sorted(row.there or ()) == search_index.lexemes(SearchedText(row.title, row.rest, row.keys))
        for row in _streamed(connection, query)
    )
    counted = select(func.count()).select_from(index)
    return same and connection.execute(counted).scalar_one() == _count(connection, kept)


def _counted_in_index(connection: Connection, ledger: Ledger) -> Counted:
    """How often each gram stands in the index of FTS5, and the sum of the ids over all of them."""
    name = f"{ledger.key}_grams"
    for kind in ("row", "instance"):
        connection.exec_driver_sql(
            f"CREATE VIRTUAL TABLE temp.{name}_{kind} USING fts5vocab('main', '{name}', '{kind}')"
        )
    by_gram = f"SELECT term, cnt FROM temp.{name}_row"  # noqa: S608 - our own name
    found = Counter({row[0]: row[1] for row in connection.exec_driver_sql(by_gram)})
    ids = f"SELECT sum(doc) FROM temp.{name}_instance"  # noqa: S608 - our own name
    total = connection.exec_driver_sql(ids).scalar()
    for kind in ("row", "instance"):
        connection.exec_driver_sql(f"DROP TABLE temp.{name}_{kind}")
    return found, int(total or 0)


def _counted_in_texts(connection: Connection, ledger: Ledger) -> Counted:
    """The same as it must be."""
    found, total = Counter[str](), 0
    for row in _streamed(connection, select(SEARCHED_TABLES[ledger.key])):
        own = [*grams(row.title), *grams(row.rest), *row.keys.split()]
        found.update(own)
        total += row.id * len(own)
    return found, total


def _streamed(connection: Connection, query: Select[Any]) -> Result[Any]:
    return connection.execution_options(yield_per=_AT_ONCE).execute(query)


def _count(connection: Connection, table: Table) -> int:
    return int(connection.execute(select(func.count()).select_from(table)).scalar_one())
