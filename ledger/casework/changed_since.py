"""What changed since a day, by area: tiers that moved, new and closed cases, petitions, overdue.

A change counts on the days from ``since`` up to today, both included: a tier is compared with the
one held at the end of the day before ``since`` (:mod:`ledger.records.tiers_held`); a record is
newly overdue if it is overdue today and was not on the day before ``since`` by the deadline that
it has today. Every number is counted under the very conditions with which a ledger lists its rows.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import Connection, func, select

from geo.atlas import Atlas
from ledger.casework.by_area import DONE, last_change, overdue_rows
from ledger.casework.map_overview import area_path, child_of, top_of
from ledger.domain.access import Action, Actor
from ledger.domain.errors import Invalid
from ledger.domain.ledgers import INSTITUTIONS, ledger_named
from ledger.domain.timing import clock
from ledger.domain.timing.periods import Period
from ledger.records import due
from ledger.records.query import Condition, Selection, matching, within
from ledger.records.tiers_held import NEW, tier_moves
from ledger.storage import Store
from ledger.storage.tables import LEDGER_TABLES, institutions

Conditions = tuple[Condition, ...]
# As far back as a day may be chosen: what an office keeps.
MOST_DAYS = 3_650


@dataclass(frozen=True)
class Change:
    """One kind of change: its ledger, its Chinese words, and which rows it counts.

    ``rows`` takes the period from ``since`` to today.
    """

    key: str
    label: str
    ledger: str
    unit: str
    rows: Callable[[Period], Conditions]


def _moved(kind: str) -> Callable[[Period], Conditions]:
    if kind == NEW:
        return lambda period: (Condition("tier_new", "set", period.text),)
    return lambda period: (Condition("tier_moved", "set", f"{period.text}_{kind}"),)


def _came(ledger_key: str) -> Callable[[Period], Conditions]:
    ledger = ledger_named(ledger_key)
    return lambda period: within(ledger.by_key[str(ledger.dated)], period)


def _closed(ledger_key: str) -> Callable[[Period], Conditions]:
    over = Condition("state", "in", DONE[ledger_key])
    ledger = ledger_named(ledger_key)
    day = ledger.by_key[str(ledger.closed)]
    return lambda period: (over, *within(day, period))


def _late(ledger_key: str) -> Callable[[Period], Conditions]:
    overdue = Condition("due", "set", due.OVERDUE)
    rows = overdue_rows(ledger_key) if ledger_key in DONE else (overdue,)
    return lambda period: (
        *rows,
        Condition("due_on", "ge", period.start - timedelta(days=1)),
    )


CHANGES = (
    Change("rose", "等级上升", "institutions", "家", _moved("rose")),
    Change("fell", "等级下降", "institutions", "家", _moved("fell")),
    Change("decided", "转为已评定", "institutions", "家", _moved("decided")),
    Change("undecided", "转为待研判", "institutions", "家", _moved("undecided")),
    Change(NEW, "首次评定", "institutions", "家", _moved(NEW)),
    Change("leads_new", "新线索", "leads", "条", _came("leads")),
    Change("leads_closed", "办结线索", "leads", "条", _closed("leads")),
    Change("dispositions_new", "新处置", "dispositions", "项", _came("dispositions")),
    Change("dispositions_closed", "销号处置", "dispositions", "项", _closed("dispositions")),
    Change("petitions_new", "新信访", "petitions", "件", _came("petitions")),
    Change("leads_late", "线索新超期", "leads", "条", _late("leads")),
    Change("dispositions_late", "处置新超期", "dispositions", "项", _late("dispositions")),
    Change("petitions_late", "信访新超期", "petitions", "件", _late("petitions")),
)
_MOVES = tuple(change.key for change in CHANGES if change.ledger == INSTITUTIONS.key)
Numbers = Mapping[str, int]


@dataclass(frozen=True, eq=False)
class Changed:
    """What changed in one view of the map, by `Change.key`; what did not is left out.

    ``areas`` holds every child area; ``here`` also counts what lies in none of them. ``told`` are
    the changes that the actor may read.
    """

    period: Period
    told: Sequence[Change]
    here: Numbers
    areas: Mapping[str, Numbers]
    as_of: datetime | None

    @property
    def unplaced(self) -> Numbers:
        """What lies in the area itself, but in none of its children."""
        rest = {
            key: number - sum(one.get(key, 0) for one in self.areas.values())
            for key, number in self.here.items()
        }
        return {key: number for key, number in rest.items() if number}


def changed_since(
    store: Store, actor: Actor, atlas: Atlas, since: date, area_code: str | None
) -> Changed:
    """What changed from a day to today under one area (None: all in scope), by child area.

    Raises
    ------
    NotFound
        For an area that is not there or not in the actor's scope.
    Invalid
        For a day to come, or more than `MOST_DAYS` ago.
    """
    actor.require(Action.READ)
    period = period_since(since)
    area_code = top_of(actor) if area_code is None else area_code
    path = area_path(actor, atlas, area_code)
    told = [change for change in CHANGES if actor.may(Action.READ, change.ledger)]
    areas: dict[str, dict[str, int]] = {area.code: {} for area in atlas.children(area_code)}
    here: dict[str, int] = {}
    with store.reading() as connection:
        counted = _moves(connection, actor, period, path)
        for change in told:
            if change.key not in _MOVES:
                counted += _counts(connection, actor, change, period, path)
        ledgers = sorted({change.ledger for change in told})
        changes = [last_change(connection, actor, ledger) for ledger in ledgers]
    for key, where, number in counted:
        here[key] = here.get(key, 0) + number
        own = areas.get(child_of(where or "", path) or "")
        if own is not None:
            own[key] = own.get(key, 0) + number
    as_of = max((moment for moment in changes if moment is not None), default=None)
    return Changed(period, told, here, areas, as_of)


def period_since(since: date) -> Period:
    """The days from one to today. Raises `Invalid` for a day to come or too long ago."""
    today = clock.today()
    if since > today:
        raise Invalid(f"{since}还没有到，请选今天或以前的一天")
    if (today - since).days > MOST_DAYS:
        raise Invalid(f"{since}太早，请选{today - timedelta(days=MOST_DAYS)}或以后的一天")
    return Period(since, today)


Counted = list[tuple[str, str | None, int]]


def _moves(connection: Connection, actor: Actor, period: Period, path: str) -> Counted:
    """(change, path, institutions) of all movements of tiers, in one pass over the history."""
    moved = tier_moves(period).subquery()
    query = (
        select(moved.c.kind, institutions.c.area_path, func.count())
        .join(moved, moved.c.record_id == institutions.c.id)
        .where(matching(actor, INSTITUTIONS, Selection(area_path=path)))
        .group_by(moved.c.kind, institutions.c.area_path)
    )
    return [(row[0], row[1], row[2]) for row in connection.execute(query)]


def _counts(
    connection: Connection, actor: Actor, change: Change, period: Period, path: str
) -> Counted:
    """(change, path, records) of one kind of change, found by the index of its day."""
    table = LEDGER_TABLES[change.ledger]
    selection = Selection(conditions=change.rows(period), area_path=path)
    by_day = connection.dialect.name == "sqlite"
    where = matching(actor, ledger_named(change.ledger), selection, by_conditions=by_day)
    query = select(table.c.area_path, func.count()).where(where).group_by(table.c.area_path)
    return [(change.key, row[0], row[1]) for row in connection.execute(query)]
