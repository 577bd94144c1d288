"""Read the records of a selection: one page, all of them, or how many have each value."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, Table, func, select

from ledger.domain.access import Action, Actor, under
from ledger.domain.columns import Ledger
from ledger.domain.errors import Invalid
from ledger.records.query import Selection, clause_of, column_of, order_of, where_of
from ledger.records.search_words import sure_words
from ledger.storage.tables import LEDGER_TABLES, tallied_keys, tallies

# From so many records on, a page is found by reading in the index's order, not by sorting; with a
# text to search for every record on the way is looked up among those found.
_WORTH_WALKING, _WORTH_WALKING_FOUND = 1_000, 20_000


@dataclass(frozen=True)
class Page:
    """One page of records as mappings by column key, and how many there are in all."""

    rows: list[dict[str, Any]]
    total: int
    number: int
    size: int

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // self.size))


def find(
    connection: Connection,
    actor: Actor,
    ledger: Ledger,
    selection: Selection,
    *,
    page: int = 1,
    size: int = 50,
) -> Page:
    """One page of the selected records; for a page number past the end, the last page.

    Raises
    ------
    Refused
        If the actor may not read the ledger.
    Invalid
        For an unknown column or row set, or a text that cannot be searched for.
    """
    actor.require(Action.READ, ledger.key)
    table = LEDGER_TABLES[ledger.key]
    searching = _by_words(connection, ledger, selection)
    where = where_of(actor, ledger, table, selection, connection, by_words=searching)
    tallied = _tallied(connection, actor, ledger, selection)
    if tallied is None:
        counting = select(func.count()).select_from(table).where(where)
        total = connection.execute(counting).scalar_one()
    else:
        total = sum(n for *_, n in tallied)
    worth = _WORTH_WALKING_FOUND if searching else _WORTH_WALKING
    indexed = order_of(ledger, selection) in (ledger.order, (("updated_at", True),))
    sqlite = connection.dialect.name == "sqlite"
    if sqlite and indexed and total >= worth and (searching or tallied is not None):
        where = where_of(actor, ledger, table, selection, connection, walking=True)
    number = min(max(1, page), max(1, -(-total // size)))
    if not total:
        return Page([], 0, number, size)
    query = _ordered(select(table).where(where), table, order_of(ledger, selection))
    rows = connection.execute(query.limit(size).offset((number - 1) * size)).mappings()
    return Page([dict(row) for row in rows], total, number, size)


def read_all(
    connection: Connection, actor: Actor, ledger: Ledger, selection: Selection
) -> list[dict[str, Any]]:
    """Every record of the selection, in its order. Raises as `find`."""
    actor.require(Action.READ, ledger.key)
    table = LEDGER_TABLES[ledger.key]
    by_words = _by_words(connection, ledger, selection)
    where = where_of(actor, ledger, table, selection, connection, by_words=by_words)
    query = _ordered(select(table).where(where), table, order_of(ledger, selection))
    return [dict(row) for row in connection.execute(query).mappings()]


def count_by(
    connection: Connection, actor: Actor, ledger: Ledger, selection: Selection, key: str
) -> dict[Any, int]:
    """How many records of the selection have each value of one column. Raises as `find`."""
    actor.require(Action.READ, ledger.key)
    table = LEDGER_TABLES[ledger.key]
    column = column_of(ledger, table, key)
    keys = tallied_keys(ledger)
    tallied = _tallied(connection, actor, ledger, selection) if key in keys else None
    if tallied is not None:
        found: dict[Any, int] = {}
        for *values, n in tallied:
            value = values[key == "placement"] or None
            found[value] = found.get(value, 0) + n
        return found
    by_words = _by_words(connection, ledger, selection)
    where = where_of(actor, ledger, table, selection, connection, by_words=by_words)
    query = select(column, func.count()).where(where).group_by(column)
    return {row[0]: row[1] for row in connection.execute(query)}


def _tallied(
    connection: Connection, actor: Actor, ledger: Ledger, selection: Selection
) -> list[tuple[Any, ...]] | None:
    """(counted, placement, number of records) of a selection, from the table ``tallies``; None if
    the selection has other conditions, so that the records must be counted."""
    keys = tallied_keys(ledger)
    known = all(
        condition.key in keys and condition.operator in ("eq", "in", "blank", "not_blank")
        for condition in selection.conditions
    )
    if selection.text.split() or not known:
        return None
    columns = {
        key: tallies.c.placement if key == "placement" else tallies.c.counted for key in keys
    }
    clauses = [
        tallies.c.ledger == ledger.key,
        tallies.c.deleted == selection.deleted,
        actor.scope_condition(tallies.c.area_path),
        tallies.c.n > 0,
    ]
    if selection.area_path is not None:
        clauses.append(under(tallies.c.area_path, selection.area_path))
    for condition in selection.conditions:
        # A blank is NULL in a record and empty in a tally.
        clauses.append(clause_of(ledger, func.nullif(columns[condition.key], ""), condition))
    query = (
        select(tallies.c.counted, tallies.c.placement, func.sum(tallies.c.n))
        .where(*clauses)
        .group_by(tallies.c.counted, tallies.c.placement)
    )
    return [(row[0], row[1], int(row[2])) for row in connection.execute(query)]


def _by_words(connection: Connection, ledger: Ledger, selection: Selection) -> bool:
    """Whether SQLite shall find the records by the index of the search."""
    asks = bool(selection.text.split() or sure_words(ledger, selection.conditions))
    return connection.dialect.name == "sqlite" and asks


def _ordered(query: Select[Any], table: Table, order: tuple[tuple[str, bool], ...]) -> Select[Any]:
    """The query sorted as asked, blanks last, then by id so that pages never overlap.

    ``NULLS LAST`` is what SQLite reads from an index; sorted by whether it is blank it would not.
    """
    sorted_by: list[ColumnElement[Any]] = []
    for key, descending in order:
        if key not in table.c:
            raise Invalid(f"不能按“{key}”排序")
        column = table.c[key]
        directed = column.desc() if descending else column.asc()
        sorted_by.append(directed.nulls_last() if column.nullable else directed)
    newest_first = order[-1][1]
    sorted_by.append(table.c.id.desc() if newest_first else table.c.id.asc())
    return query.order_by(*sorted_by)
