"""Which records of one ledger: words, conditions and order, as SQL within the actor's scope."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal, cast

from sqlalchemy import Column as TableColumn
from sqlalchemy import ColumnElement, Connection, Table, UnaryExpression, and_, or_
from sqlalchemy.sql.operators import custom_op

from ledger.domain.access import Actor, under
from ledger.domain.columns import TEXTUAL, Column, ColumnType, Ledger
from ledger.domain.errors import Invalid
from ledger.domain.timing.periods import Period
from ledger.records.rowsets import row_set
from ledger.records.search_words import narrowest_place, searched_words, sure_words
from ledger.storage.keys.secrets import Sealer, key_path, sealer_at
from ledger.storage.search_question import found
from ledger.storage.tables import LEDGER_TABLES

Operator = Literal["eq", "in", "ge", "le", "contains", "blank", "not_blank", "set"]
SYSTEM_KEYS = ("id", "number", "version", "created_at", "created_by", "updated_at", "updated_by")
PAGE_SIZES = (20, 50, 100, 200)
_PLUS: custom_op[Any] = custom_op("+")


@dataclass(frozen=True)
class Condition:
    """One filter on one column: the key, how to compare, and with what (stored keys).

    With ``set`` the key is a row set (:mod:`ledger.records.rowsets`) and the value its text.
    """

    key: str
    operator: Operator
    value: Any = None


@dataclass(frozen=True)
class Selection:
    """Which records: the whole of what a ledger page shows, and what an export writes.

    ``area_path`` restricts to one area and those below; ``sort`` lists (key, descending), empty for
    the ledger's own order (`Ledger.order`). All
    conditions must hold: several ``in`` on one column become one with their common values.
    """

    text: str = ""
    conditions: tuple[Condition, ...] = ()
    area_path: str | None = None
    sort: tuple[tuple[str, bool], ...] = ()
    deleted: bool = False
    extra: Mapping[str, str] = field(default_factory=dict, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "conditions", intersected(self.conditions))

    def also(self, *conditions: Condition) -> Selection:
        """The same selection with further conditions."""
        return replace(self, conditions=(*self.conditions, *conditions))


def within(column: Column, period: Period) -> tuple[Condition, ...]:
    """The conditions that a record's day or moment is in a period, both ends included."""
    if column.type is ColumnType.MOMENT:
        return (Condition(f"{column.key}_within", "set", period.text),)
    return (Condition(column.key, "ge", period.start), Condition(column.key, "le", period.end))


def intersected(conditions: Sequence[Condition]) -> tuple[Condition, ...]:
    """Conditions for the same rows with at most one ``in`` per column, of the common values.

    An address lists a column's values one after another, so two lists would be read as a union.
    """
    found: dict[Any, Condition] = {}
    for place, one in enumerate(conditions):
        if one.operator != "in":
            found[place] = one
        elif (before := found.get(one.key)) is not None:
            shared = tuple(value for value in before.value if value in one.value)
            found[one.key] = replace(before, value=shared)
        else:
            found[one.key] = one
    return tuple(found.values())


def order_of(ledger: Ledger, selection: Selection) -> tuple[tuple[str, bool], ...]:
    """The order in which a selection of a ledger is read, as (key, descending)."""
    return selection.sort or ledger.order


def matching(
    actor: Actor, ledger: Ledger, selection: Selection, *, by_conditions: bool = False
) -> ColumnElement[bool]:
    """The selection within the actor's scope as a condition, for services that aggregate.

    A phone number in the search text is found in plain texts only, not in protected columns.
    ``by_conditions`` is for SQLite: the rows are found by an index on what the conditions name, not
    by the area, of which it would read every record.
    """
    found = LEDGER_TABLES[ledger.key]
    return where_of(actor, ledger, found, selection, by_conditions=by_conditions)


def where_of(
    actor: Actor,
    ledger: Ledger,
    table: Table,
    selection: Selection,
    connection: Connection | None = None,
    *,
    walking: bool = False,
    by_conditions: bool = False,
    by_words: bool = False,
) -> ColumnElement[bool]:
    """The selection as a condition.

    With ``connection``, a word that is a whole phone number also finds records with that protected
    number, and row sets may rest on rules in force. The other arguments are for SQLite, which has
    no statistics of the table, and mark columns (``+area_path``) by whose index it shall not look.
    ``walking``: it reads in the order's index until the page is full, and does not collect and sort
    all matching records; a single value of the column that comes first in that order tells it where
    to begin. ``by_words``: it reads the records that the index of the search has found.
    """
    first = order_of(ledger, selection)[0][0]
    begins = any(one.key == first and _single(one) for one in selection.conditions)

    def marked(column: ColumnElement[Any]) -> Any:
        if walking and begins and column is table.c.get(first):
            return column
        return unindexed(column) if walking or by_words else column

    path: Any = unindexed(table.c.area_path) if by_conditions else marked(table.c.area_path)
    clauses: list[ColumnElement[bool]] = [actor.scope_condition(path)]
    if not _lists_deleted(ledger, selection):
        deleted: Any = unindexed(table.c.deleted) if by_words else table.c.deleted
        clauses.insert(0, deleted == selection.deleted)
    if selection.area_path is not None:
        clauses.append(under(path, selection.area_path))
    clauses += [
        condition_clause(ledger, condition, marked, actor, connection)
        for condition in selection.conditions
    ]
    sealer = None if connection is None else sealer_of(connection)
    words = searched_words(actor, ledger, selection.text, sealer)
    words += [(word, None) for word in sure_words(ledger, selection.conditions)]
    if words:
        place = narrowest_place(actor, selection.area_path)
        record_id: Any = unindexed(table.c.id) if walking else table.c.id
        clauses.append(record_id.in_(found(ledger, words, place)))
    return and_(*clauses)


def _lists_deleted(ledger: Ledger, selection: Selection) -> bool:
    """Whether records are listed no matter if they were deleted since."""
    return any(
        row_set(ledger.key, one.key).frozen for one in selection.conditions if one.operator == "set"
    )


def unindexed(column: ColumnElement[Any]) -> ColumnElement[Any]:
    """The same column marked with ``+``, so that SQLite uses no index on it: without statistics
    it would choose the wrong index."""
    return UnaryExpression(column, operator=_PLUS, type_=column.type)


def condition_clause(
    ledger: Ledger,
    condition: Condition,
    marked: Callable[[ColumnElement[Any]], Any] = lambda column: column,
    actor: Actor | None = None,
    connection: Connection | None = None,
) -> ColumnElement[bool]:
    """One condition as SQL; figures count with it the rows that a selection lists.

    ``actor`` is who asks, for row sets that rest on other records too; ``connection`` for those
    that rest on rules in force.
    """
    table = LEDGER_TABLES[ledger.key]
    if condition.operator == "set":
        text = str(condition.value)
        return row_set(ledger.key, condition.key).condition(table, text, actor, connection)
    return clause_of(ledger, marked(column_of(ledger, table, condition.key)), condition)


def sealer_of(connection: Connection) -> Sealer:
    """The sealer of the database, for the hash of a phone that is searched for."""
    return sealer_at(key_path(connection.engine.url.render_as_string(hide_password=False)))


def clause_of(
    ledger: Ledger, column: ColumnElement[Any], condition: Condition
) -> ColumnElement[bool]:
    """What a condition other than ``set`` says of a column."""
    value = condition.value
    match condition.operator:
        case "eq":
            return column.is_(None) if value is None else column == value
        case "in":
            return _among(column, value)
        case "ge":
            return cast("ColumnElement[bool]", column >= value)
        case "le":
            return cast("ColumnElement[bool]", column <= value)
        case "contains":
            return column.icontains(str(value), autoescape=True)
        case "blank":
            return _blank(ledger, condition.key, column)
        case "not_blank":
            return ~_blank(ledger, condition.key, column)
        case "set":
            raise AssertionError("row sets have no column")


def _among(column: ColumnElement[Any], values: Sequence[Any]) -> ColumnElement[bool]:
    """The condition that a column has one of the values; ``None`` stands for blank."""
    present = [value for value in values if value is not None]
    # A single value is compared: a list of one doubles the time to count a million rows.
    one = column == present[0] if len(present) == 1 else column.in_(present)
    if None not in values:
        return one
    return or_(one, column.is_(None)) if present else column.is_(None)


def _single(condition: Condition) -> bool:
    """Whether a condition asks for one value of its column."""
    return condition.operator == "eq" or (condition.operator == "in" and len(condition.value) == 1)


def _blank(ledger: Ledger, key: str, column: ColumnElement[Any]) -> ColumnElement[bool]:
    declared = ledger.by_key.get(key)
    textual = declared is not None and declared.type in TEXTUAL | {ColumnType.CHOICE}
    return or_(column.is_(None), column == "") if textual else column.is_(None)


def column_of(ledger: Ledger, table: Table, key: str) -> TableColumn[Any]:
    """A declared column or one that every record has. Raises `Invalid` for another key."""
    if key not in ledger.by_key and key not in SYSTEM_KEYS:
        raise Invalid(f"{ledger.label}没有名为“{key}”的列")
    return table.c[key]
