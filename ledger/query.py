"""Look things up in one ledger: search, filter, sort, page, always within the actor's scope."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal, cast

from sqlalchemy import Column as TableColumn
from sqlalchemy import ColumnElement, Connection, Select, Table, and_, func, or_, select

from ledger.access import Action, Actor, under
from ledger.columns import TEXTUAL, ColumnType, Ledger
from ledger.errors import Invalid
from ledger.storage.tables import LEDGER_TABLES

Operator = Literal["eq", "in", "ge", "le", "contains", "blank", "not_blank"]
SYSTEM_KEYS = ("id", "number", "version", "created_at", "created_by", "updated_at", "updated_by")
PAGE_SIZES = (20, 50, 100, 200)


@dataclass(frozen=True)
class Condition:
    """One filter on one column: the key, how to compare, and with what (stored keys)."""

    key: str
    operator: Operator
    value: Any = None


@dataclass(frozen=True)
class Selection:
    """Which records: the whole of what a ledger page shows, and what an export writes.

    ``area_path`` narrows to one area and below; ``sort`` lists (key, descending).
    """

    text: str = ""
    conditions: tuple[Condition, ...] = ()
    area_path: str | None = None
    sort: tuple[tuple[str, bool], ...] = (("updated_at", True),)
    deleted: bool = False
    extra: Mapping[str, str] = field(default_factory=dict, compare=False)

    def also(self, *conditions: Condition) -> Selection:
        """The same selection, narrowed by further conditions."""
        return replace(self, conditions=(*self.conditions, *conditions))


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
    """One page of what the selection holds. A page past the end shows the last one."""
    actor.require(Action.READ)
    table = LEDGER_TABLES[ledger.key]
    where = _where(actor, ledger, table, selection)
    total = connection.execute(select(func.count()).select_from(table).where(where)).scalar_one()
    number = min(max(1, page), max(1, -(-total // size)))
    query = _ordered(select(table).where(where), table, selection)
    rows = connection.execute(query.limit(size).offset((number - 1) * size)).mappings()
    return Page([dict(row) for row in rows], total, number, size)


def read_all(
    connection: Connection, actor: Actor, ledger: Ledger, selection: Selection
) -> list[dict[str, Any]]:
    """Every record of the selection, in its order; for exports."""
    actor.require(Action.READ)
    table = LEDGER_TABLES[ledger.key]
    query = select(table).where(_where(actor, ledger, table, selection))
    return [dict(row) for row in connection.execute(_ordered(query, table, selection)).mappings()]


def count_by(
    connection: Connection, actor: Actor, ledger: Ledger, selection: Selection, key: str
) -> dict[Any, int]:
    """How many records hold each value of one column, within the selection."""
    actor.require(Action.READ)
    table = LEDGER_TABLES[ledger.key]
    column = _column(ledger, table, key)
    query = (
        select(column, func.count()).where(_where(actor, ledger, table, selection)).group_by(column)
    )
    return {row[0]: row[1] for row in connection.execute(query)}


def _where(actor: Actor, ledger: Ledger, table: Table, selection: Selection) -> ColumnElement[bool]:
    clauses: list[ColumnElement[bool]] = [
        table.c.deleted == selection.deleted,
        actor.scope_condition(table.c.area_path),
    ]
    if selection.area_path is not None:
        clauses.append(under(table.c.area_path, selection.area_path))
    clauses += [_clause(ledger, table, condition) for condition in selection.conditions]
    clauses += [_containing(ledger, table, word) for word in selection.text.split()]
    return and_(*clauses)


def _containing(ledger: Ledger, table: Table, word: str) -> ColumnElement[bool]:
    """The word stands in any searchable text; ``%`` and ``_`` mean themselves."""
    columns = [table.c.number] + [
        table.c[column.key]
        for column in ledger.columns
        if column.type in TEXTUAL and column.sensitivity != "protected" and column.key != "number"
    ]
    return or_(*(column.icontains(word, autoescape=True) for column in columns))


def _clause(ledger: Ledger, table: Table, condition: Condition) -> ColumnElement[bool]:
    column: ColumnElement[Any] = _column(ledger, table, condition.key)
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


def _among(column: ColumnElement[Any], values: Sequence[Any]) -> ColumnElement[bool]:
    """One of the values; ``None`` among them takes blanks too."""
    present = column.in_([value for value in values if value is not None])
    return or_(present, column.is_(None)) if None in values else present


def _blank(ledger: Ledger, key: str, column: ColumnElement[Any]) -> ColumnElement[bool]:
    declared = ledger.by_key.get(key)
    textual = declared is not None and declared.type in TEXTUAL | {ColumnType.CHOICE}
    return or_(column.is_(None), column == "") if textual else column.is_(None)


def _column(ledger: Ledger, table: Table, key: str) -> TableColumn[Any]:
    if key not in ledger.by_key and key not in SYSTEM_KEYS:
        raise Invalid(f"{ledger.label}没有名为“{key}”的列")
    return table.c[key]


def _ordered(query: Select[Any], table: Table, selection: Selection) -> Select[Any]:
    """Sorted as asked, blanks last, and by id so that pages never overlap."""
    order: list[ColumnElement[Any]] = []
    for key, descending in selection.sort:
        if key not in table.c:
            raise Invalid(f"不能按“{key}”排序")
        column = table.c[key]
        if column.nullable:
            order.append(column.is_(None))
        order.append(column.desc() if descending else column.asc())
    newest_first = bool(selection.sort) and selection.sort[0][1]
    order.append(table.c.id.desc() if newest_first else table.c.id.asc())
    return query.order_by(*order)
