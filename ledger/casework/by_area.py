"""The map's numbers of casework: open and overdue leads and dispositions by area.

An open lead is neither 办结 nor 归档; a disposition is open until 销号. An open record whose next
deadline is before today is overdue. Open records are read from the table ``tallies``, overdue ones
from the index of deadlines, so the cost does not grow with the ledger.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, case, func, select

from geo.atlas import Atlas
from ledger.casework.counted_then import changed_after, open_rows_then, there_rows
from ledger.casework.map_overview import area_path, child_of, top_of
from ledger.domain.access import Action, Actor, under
from ledger.domain.ledgers import ledger_named
from ledger.domain.timing import clock
from ledger.domain.workflows import WORKFLOWS
from ledger.records import due
from ledger.records.query import Condition, unindexed
from ledger.storage import Store
from ledger.storage.tables import LEDGER_TABLES, tallies

# The ledgers that the map shows, and the states in which their matters are over.
DONE: Mapping[str, tuple[str, ...]] = {
    key: tuple(sorted(WORKFLOWS[key].over)) for key in ("leads", "dispositions")
}


@dataclass(frozen=True, slots=True)
class Cases:
    """How many records there are, are open, and are overdue."""

    total: int = 0
    open: int = 0
    overdue: int = 0


@dataclass(frozen=True)
class CasesByArea:
    """The cases of one view of the map.

    ``areas`` holds every child area; ``unplaced`` is open in the area itself but in none of its
    children. ``on`` is the day at whose end they stood so; None is today. Of an earlier day
    nothing is known of overdue: deadlines are kept as they are, not as they were.
    """

    ledger: str
    today: date
    here: Cases
    areas: Mapping[str, Cases]
    unplaced: int
    as_of: datetime | None
    on: date | None = None

    @property
    def open_rows(self) -> tuple[Condition, ...]:
        """The conditions under which the ledger lists what is counted as open here."""
        return open_rows(self.ledger) if self.on is None else open_rows_then(self.on)

    @property
    def all_rows(self) -> tuple[Condition, ...]:
        """The conditions under which the ledger lists all that is counted here."""
        return () if self.on is None else there_rows(self.on)


def open_rows(ledger_key: str) -> tuple[Condition, ...]:
    """The conditions under which a ledger lists what counts as open."""
    choices = ledger_named(ledger_key).by_key["state"].choices
    states = tuple(one.key for one in choices if one.key not in DONE[ledger_key])
    return (Condition("state", "in", states),)


def overdue_rows(ledger_key: str) -> tuple[Condition, ...]:
    """The conditions under which a ledger lists what counts as overdue, today and any day."""
    return (*open_rows(ledger_key), Condition("due", "set", due.OVERDUE))


def cases_by_area(
    store: Store,
    actor: Actor,
    atlas: Atlas,
    ledger_key: str,
    area_code: str | None,
    on: date | None = None,
) -> CasesByArea:
    """Leads or dispositions under one area (None: all in scope) by child area.

    ``on`` counts them as they stood at the end of an earlier day, without what was overdue.

    Raises `NotFound` for an area that is not there or not in the actor's scope.
    """
    actor.require(Action.READ, ledger_key)
    area_code = top_of(actor) if area_code is None else area_code
    path = area_path(actor, atlas, area_code)
    today = clock.today()
    with store.reading() as connection:
        stood = _stood(connection, actor, ledger_key, path)
        if on is None:
            late = _late(connection, actor, ledger_key, path, today)
        else:
            stood, late = stood + changed_after(connection, actor, ledger_key, path, on), []
        as_of = last_change(connection, actor, ledger_key)
    sums: dict[str | None, list[int]] = {None: [0, 0, 0]}
    sums |= {area.code: [0, 0, 0] for area in atlas.children(area_code)}
    _add(sums, path, stood, slice(0, 2))
    _add(sums, path, late, slice(2, 3))
    here = Cases(*(sum(one) for one in zip(*sums.values(), strict=True)))
    rest = sums.pop(None)
    areas = {code: Cases(*numbers) for code, numbers in sums.items() if code is not None}
    return CasesByArea(ledger_key, today, here, areas, rest[1], as_of, on)


def open_within(
    store: Store,
    actor: Actor,
    atlas: Atlas,
    ledger_key: str,
    area_code: str | None,
    codes: frozenset[str],
) -> dict[str, int]:
    """Open leads or dispositions in each of the areas ``codes``, which lie apart under one area.

    Areas without any are left out. Raises `NotFound` for an area that is not there or not in the
    actor's scope.
    """
    actor.require(Action.READ, ledger_key)
    path = area_path(actor, atlas, area_code)
    found: dict[str, int] = {}
    with store.reading() as connection:
        stood = _stood(connection, actor, ledger_key, path)
    for at, _, number in stood:
        code = next((one for one in (at or "").split("/") if one in codes), None)
        if code is not None and number:
            found[code] = found.get(code, 0) + number
    return found


def _stood(
    connection: Connection, actor: Actor, ledger_key: str, path: str
) -> list[tuple[str | None, int, int]]:
    """(path, all records, open ones), from the tallies."""
    still_open = case((tallies.c.counted.in_(DONE[ledger_key]), 0), else_=tallies.c.n)
    query = (
        select(tallies.c.area_path, func.sum(tallies.c.n), func.sum(still_open))
        .where(*tallied_under(actor, ledger_key, path))
        .group_by(tallies.c.area_path)
    )
    return [(row[0], int(row[1]), int(row[2])) for row in connection.execute(query)]


def tallied_under(actor: Actor, ledger_key: str, path: str) -> tuple[ColumnElement[bool], ...]:
    """The tallies of a ledger at or below a path, within the actor's scope."""
    return (
        tallies.c.ledger == ledger_key,
        tallies.c.deleted.is_(False),
        tallies.c.n > 0,
        actor.scope_condition(tallies.c.area_path),
        under(tallies.c.area_path, path),
    )


def _late(
    connection: Connection, actor: Actor, ledger_key: str, path: str, today: date
) -> list[tuple[str | None, int]]:
    """(path, overdue records).

    All that have a day before today, less those that are done and still carry one (an archived
    record carries none, a lead only 办结 may): each is found by an index of its own.
    """
    table = LEDGER_TABLES[ledger_key]
    where: Any = table.c.area_path
    if connection.dialect.name == "sqlite":  # which would walk through all of the area instead
        where = unindexed(where)
    base = (
        select(table.c.area_path, func.count())
        .where(
            table.c.deleted.is_(False),
            table.c.due_on < today,
            under(where, actor.scope_path),
            under(where, path),
        )
        .group_by(table.c.area_path)
    )
    done = base.where(table.c.state.in_(DONE[ledger_key]))
    late = {row[0]: row[1] for row in connection.execute(base)}
    for at, number in connection.execute(done):
        late[at] -= number
    return list(late.items())


def last_change(connection: Connection, actor: Actor, ledger_key: str) -> datetime | None:
    """When a record of the ledger, deleted ones included, last changed in the actor's scope."""
    table = LEDGER_TABLES[ledger_key]
    found = []
    for deleted in (False, True):  # one end of the index each
        query = (
            select(table.c.updated_at)
            .where(table.c.deleted.is_(deleted), actor.scope_condition(table.c.area_path))
            .order_by(table.c.updated_at.desc())
            .limit(1)
        )
        found.append(connection.execute(query).scalar())
    return max((moment for moment in found if moment is not None), default=None)


def _add(
    sums: dict[str | None, list[int]], path: str, counted: Iterable[tuple[Any, ...]], at: slice
) -> None:
    """Add numbers by path to the sums of the child area of each path; None if in no child."""
    for where, *numbers in counted:
        child = child_of(where or "", path)
        own = sums[child if child in sums else None]
        own[at] = [one + other for one, other in zip(own[at], numbers, strict=True)]
