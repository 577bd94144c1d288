"""Counting in the database: figures that rest on the same days share one pass over its index.

A figure becomes a few `Measure`: numbers of rows, sums and days under conditions. The conditions
are those of the selection that a click opens (`ledger.records.query.condition_clause`), so the
number always equals the number of rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, and_, case, func, select

from ledger.domain.access import Actor, under
from ledger.domain.columns import TRI_LABELS, ColumnType, Ledger
from ledger.domain.ledgers import ledger_named
from ledger.domain.timing.daycount import days_between, office_date
from ledger.records.query import Condition, condition_clause, unindexed
from ledger.records.rowsets import open_branches
from ledger.reporting.figures.binding import Bound
from ledger.storage.tables import LEDGER_TABLES

Number = int | float
# What nothing is grouped by; else a path or an official.
Group = str | None


@dataclass(frozen=True)
class Measure:
    """One number over the rows of a pass: a count, or the sum or days of columns, under
    ``conditions``."""

    conditions: tuple[Condition, ...]
    sum: str = ""
    days: tuple[str, str] | None = None


@dataclass(frozen=True)
class Part:
    """One choice of a composition: its stored key (None: blank) and its label."""

    key: Any
    label: str

    @property
    def name(self) -> str:
        """What stands in the figure's key: ``channel_share.letter``."""
        if self.key is None:
            return "blank"
        return ("yes" if self.key else "no") if isinstance(self.key, bool) else str(self.key)


# The ledger and the conditions of a pass, and what was measured in it.
Counting = tuple[str, tuple[Condition, ...], Measure]
Counted = Mapping[Counting, Number]


def count(
    connection: Connection,
    actor: Actor,
    path: str,
    bounds: Iterable[Bound],
    extra: tuple[Condition, ...] = (),
) -> Counted:
    """Every measure of the figures under one area."""
    found: dict[Counting, Number] = {}
    for ledger, dated, measures in _passes(bounds):
        for row in _run(connection, actor, path, ledger, dated, measures, extra, None):
            for measure, value in zip(measures, row[1], strict=True):
                key = (ledger.key, dated, measure)
                found[key] = found.get(key, 0) + (value or 0)
    return found


def count_by(
    connection: Connection,
    actor: Actor,
    path: str,
    bound: Bound,
    column: str,
    extra: tuple[Condition, ...] = (),
) -> dict[Group, Counted]:
    """The measures of one figure for every value of a column (``area_path``, an official)."""
    found: dict[Group, dict[Counting, Number]] = {}
    for ledger, dated, measures in _passes([bound]):
        for group, values in _run(connection, actor, path, ledger, dated, measures, extra, column):
            own = found.setdefault(group, {})
            for measure, value in zip(measures, values, strict=True):
                key = (ledger.key, dated, measure)
                own[key] = own.get(key, 0) + (value or 0)
    return dict(found)


def key_of(bound: Bound, measure: Measure) -> Counting:
    """Under which key a figure's measure was counted."""
    return bound.figure.ledger, bound.dated, measure


def measures_of(bound: Bound) -> tuple[Measure, ...]:
    """What has to be counted for a figure: denominator first, then numerator."""
    figure, of = bound.figure, bound.of
    match figure.shape:
        case "count":
            return (Measure(of),)
        case "share":
            return (Measure(of), Measure((*of, *bound.counted)))
        case "parts":
            by = figure.by
            parts = parts_of(ledger_named(figure.ledger), by)
            return (Measure(of), *(Measure((*of, _is(by, one))) for one in parts))
        case "sum":
            return (Measure((*of, filled(figure.sum))), Measure(of, sum=figure.sum))
        case "ratio":
            rows = Measure((*of, filled(figure.sum)))
            return (Measure(of, sum=figure.over), Measure(of, sum=figure.sum), rows)
        case "days":
            assert figure.days is not None  # noqa: S101 -- that is this shape
            both = (*of, *(filled(key) for key in figure.days))
            return (Measure(both), Measure(both, days=figure.days))


def parts_of(ledger: Ledger, by: str) -> tuple[Part, ...]:
    """The choices of a column and, last, the blank."""
    column = ledger.by_key[by]
    if column.type is ColumnType.TRI:
        return tuple(Part(value, label) for value, label in TRI_LABELS.items())
    blank = Part(None, "还没有结论" if by == "finding" else "没有填写")
    return (*(Part(choice.key, choice.label) for choice in column.choices), blank)


def part_condition(by: str, part: Part) -> Condition:
    """The rows of one part."""
    return _is(by, part)


def filled(key: str) -> Condition:
    """The column holds something."""
    return Condition(key, "not_blank")


def _is(by: str, part: Part) -> Condition:
    return Condition(by, "in", (part.key,))


def _passes(
    bounds: Iterable[Bound],
) -> list[tuple[Ledger, tuple[Condition, ...], tuple[Measure, ...]]]:
    """Figures that rest on the same days together, each measure once."""
    grouped: dict[tuple[str, tuple[Condition, ...]], dict[Measure, None]] = {}
    for bound in bounds:
        own = grouped.setdefault((bound.figure.ledger, bound.dated), {})
        own.update(dict.fromkeys(measures_of(bound)))
    return [
        (ledger_named(key), dated, tuple(measures)) for (key, dated), measures in grouped.items()
    ]


def _run(
    connection: Connection,
    actor: Actor,
    path: str,
    ledger: Ledger,
    dated: tuple[Condition, ...],
    measures: Sequence[Measure],
    extra: tuple[Condition, ...],
    group: str | None,
) -> list[tuple[Group, Sequence[Any]]]:
    """One pass: a row of numbers per group; with branches, several rows that add up."""
    table = LEDGER_TABLES[ledger.key]
    numbers = [_expression(ledger, table, measure) for measure in measures]
    sqlite = connection.dialect.name == "sqlite"
    # The days of the period find the rows; told of the area too, SQLite would go by that.
    lies: Any = unindexed(table.c.area_path) if sqlite and dated else table.c.area_path
    there = [table.c.deleted.is_(False), actor.scope_condition(lies), under(lies, path)]
    found: list[tuple[Group, Sequence[Any]]] = []
    for where in _branches(ledger, table, (*dated, *extra), sqlite=sqlite):
        query = select(*numbers).where(*there, *where)
        if group is None:
            found.append((None, connection.execute(query).one()))
            continue
        query = query.add_columns(table.c[group]).group_by(table.c[group])
        found += [(row[-1], row[:-1]) for row in connection.execute(query)]
    return found


def _branches(
    ledger: Ledger, table: Table, conditions: tuple[Condition, ...], *, sqlite: bool
) -> list[list[ColumnElement[bool]]]:
    """The conditions as SQL. "Open on a day" is two ranges of an index, hence two queries: joined
    by OR, SQLite would look every petition up, and told of a second range it might take that."""
    opened = [one for one in conditions if one.operator == "set" and one.key == "open_at"]
    rest = [one for one in conditions if one not in opened]
    if not opened:
        return [[condition_clause(ledger, one) for one in rest]]
    marked = unindexed if sqlite else _as_it_is
    clauses = [condition_clause(ledger, one, marked) for one in rest]
    return [[*clauses, branch] for branch in open_branches(table, str(opened[0].value))]


def _as_it_is(column: ColumnElement[Any]) -> ColumnElement[Any]:
    return column


def _expression(ledger: Ledger, table: Table, measure: Measure) -> ColumnElement[Any]:
    clauses = [condition_clause(ledger, one) for one in measure.conditions]
    if measure.sum:
        value: ColumnElement[Any] = table.c[measure.sum]
    elif measure.days:
        value = days_between(*(_day_column(ledger, table, key) for key in measure.days))
    else:
        return func.count(case((and_(*clauses), 1))) if clauses else func.count()
    return func.sum(case((and_(*clauses), value)) if clauses else value)


def _day_column(ledger: Ledger, table: Table, key: str) -> ColumnElement[Any]:
    column: ColumnElement[Any] = table.c[key]
    return office_date(column) if ledger.by_key[key].type is ColumnType.MOMENT else column
