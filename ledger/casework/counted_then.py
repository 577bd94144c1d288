"""Counts by area as they were at the end of an earlier day: tiers, cases, outreach.

What the ledgers still hold is counted, at the area in which it lies today: deleted records, and
places that a record left, are not brought back. Each count rests on the conditions that a link to
its rows carries (:mod:`ledger.records.cases_then`, :mod:`ledger.records.tiers_held`).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from sqlalchemy import ColumnElement, Connection, case, func, select

from ledger.domain.access import Actor
from ledger.domain.ledgers import INSTITUTIONS, ledger_named
from ledger.domain.workflows import WORKFLOWS
from ledger.records.cases_then import came_after, closed_since
from ledger.records.query import Condition, Selection, matching
from ledger.records.tiers_held import ANY, UNDETERMINED, tiers_held
from ledger.storage.tables import LEDGER_TABLES, institutions, outreach


def tier_rows(day: date, tier: str | None) -> tuple[Condition, ...]:
    """The institutions of one tier at the end of a day; None is 待研判."""
    return (Condition("tier_at", "set", f"{day}_{tier or UNDETERMINED}"),)


def any_tier_rows(day: date) -> tuple[Condition, ...]:
    """The institutions that had been assessed by the end of a day."""
    return (Condition("tier_at", "set", f"{day}_{ANY}"),)


def held_rows(day: date) -> tuple[Condition, ...]:
    """The outreach held on a day or before."""
    return (Condition("held_on", "le", day),)


def there_rows(day: date) -> tuple[Condition, ...]:
    """The cases registered or opened on a day or before."""
    return (Condition("there_then", "set", str(day)),)


def open_rows_then(day: date) -> tuple[Condition, ...]:
    """The cases that were open at the end of a day."""
    return (Condition("open_then", "set", str(day)),)


def tiers_then(
    connection: Connection, actor: Actor, path: str, day: date
) -> list[tuple[str | None, str | None, int]]:
    """(path, tier, institutions) under a path at the end of a day."""
    held = tiers_held(day).subquery()
    query = (
        select(institutions.c.area_path, held.c.tier, func.count())
        .join(held, held.c.record_id == institutions.c.id)
        .where(matching(actor, INSTITUTIONS, Selection(area_path=path)))
        .group_by(institutions.c.area_path, held.c.tier)
    )
    return [
        (at, None if tier is None else str(tier), number)
        for at, tier, number in connection.execute(query)
    ]


def changed_after(
    connection: Connection, actor: Actor, ledger_key: str, path: str, day: date
) -> list[tuple[str | None, int, int]]:
    """(path, cases, open ones) under a path to be added to the numbers of today, so that they are
    those of the end of a day: less what came after it, and open again what was closed after it.

    Both are found by the indexes of their days; the ledger up to that day is not read.
    """
    table = LEDGER_TABLES[ledger_key]
    sqlite = connection.dialect.name == "sqlite"
    lies = matching(
        actor, ledger_named(ledger_key), Selection(area_path=path), by_conditions=sqlite
    )
    open_now = func.sum(case((table.c.state.in_(WORKFLOWS[ledger_key].over), 0), else_=1))
    came = select(table.c.area_path, func.count(), open_now).where(lies, came_after(table, day))
    closed = select(table.c.area_path, func.count()).where(lies, closed_since(table, day))
    found = [
        (row[0], -int(row[1]), -int(row[2]))
        for row in connection.execute(came.group_by(table.c.area_path))
    ]
    return found + [
        (row[0], 0, int(row[1])) for row in connection.execute(closed.group_by(table.c.area_path))
    ]


def held_then(
    connection: Connection, actor: Actor, path: str, day: date
) -> list[tuple[str, str | None, int]]:
    """(path, stage, activities) of outreach under a path until the end of a day."""
    query = (
        select(outreach.c.area_path, outreach.c.stage, func.count())
        .where(_matching(actor, "outreach", held_rows(day), path))
        .group_by(outreach.c.area_path, outreach.c.stage)
    )
    return [(row[0] or "", row[1] or None, row[2]) for row in connection.execute(query)]


def _matching(
    actor: Actor, ledger_key: str, conditions: Iterable[Condition], path: str
) -> ColumnElement[bool]:
    selection = Selection(conditions=tuple(conditions), area_path=path)
    return matching(actor, ledger_named(ledger_key), selection)
