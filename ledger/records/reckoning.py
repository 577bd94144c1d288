"""From which rules and clocks the stored tiers and deadlines were computed; computing all again.

Lists read the tier and deadline stored in a record; its page computes them. The two agree if
everything that they depend on (rules, clocks, the set of local clocks, holidays) changes in one
transaction with all records. `basis` is a digest of all of it and is stored in the database, so
that a change made while no process ran (a new version of the program or its calendar) is found
when the program starts; `settle` then computes the records again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from uuid import uuid4

from sqlalchemy import Connection, select

from ledger.domain.access import SYSTEM, Actor
from ledger.domain.columns import Ledger
from ledger.domain.ledgers import INSTITUTIONS, LEDGERS
from ledger.domain.timing.calendar import Calendar
from ledger.records import rulebook, saving
from ledger.records.drafting import Draft
from ledger.records.history import audit
from ledger.records.places.areas import current_atlas
from ledger.records.reopened import owe_again
from ledger.records.surroundings import CLOCK_PROFILE, Surroundings, surroundings_of
from ledger.records.visits import last_visits
from ledger.storage import Store, options, search_index
from ledger.storage.again import tried_again
from ledger.storage.tables import LEDGER_TABLES

BASIS = "worked_out_with"
# Raise this number with every change of the program that gives other results for the same rules.
READING = 3
_AT_ONCE = 10_000
# From the first known holiday arrangement to about twenty years ahead; deadlines are nearer.
_FIRST_DAY, _LAST_DAY = date(2004, 1, 1), date(2045, 12, 31)


@dataclass(frozen=True)
class Moved:
    """How many records got another tier, and how many another next deadline."""

    tiers: int
    deadlines: int


def basis(connection: Connection, surroundings: Surroundings) -> dict[str, str]:
    """Digests of everything that the stored tiers and the stored deadlines depend on."""
    tiers = rulebook.text_in_force(connection, rulebook.TIERS)
    deadlines = (
        rulebook.text_in_force(connection, rulebook.DEADLINES),
        str(options.read(connection, CLOCK_PROFILE)),
        _days(surroundings.calendar),
        str(READING),
    )
    return {
        "tiers": rulebook.fingerprint(tiers),
        "deadlines": rulebook.fingerprint("\x1f".join(deadlines)),
    }


def work_out(
    connection: Connection, actor: Actor, surroundings: Surroundings, *, judged: bool
) -> Moved:
    """Compute the deadlines of every record again, with ``judged`` also its tier, and write them
    in the caller's transaction. Deleted records are left out."""
    batch = uuid4().hex

    def write(ledger: Ledger, drafts: list[Draft]) -> None:
        saving.write(
            connection,
            actor,
            ledger,
            drafts,
            surroundings,
            batch=batch,
            action="assess",
            judged_anew=judged,
            due_anew=True,
        )

    moved = _all(connection, write)
    note(connection, surroundings)
    return moved


def would_move(connection: Connection, surroundings: Surroundings, *, judged: bool) -> Moved:
    """How many tiers and deadlines `work_out` would change; nothing is written."""

    def work(ledger: Ledger, drafts: list[Draft]) -> None:
        saving.work_out(connection, ledger, drafts, surroundings, judged_anew=judged)

    return _all(connection, work)


def note(connection: Connection, surroundings: Surroundings) -> None:
    """Store the present `basis`: all records are computed with what is in force now."""
    options.write(connection, BASIS, basis(connection, surroundings))


@tried_again
def settle(store: Store) -> Moved | None:
    """Put the shipped rule files in force where none is, and compute all records again if needed.

    Called when the program starts. Returns None if the stored basis is the present one. An index of
    the search that was made with other columns is made again, too.
    """
    search_anew(store)
    atlas = current_atlas(store)
    with store.reading() as connection:
        missing = [k for k in rulebook.FROM_THE_START if rulebook.in_force(connection, k) is None]
        surroundings = surroundings_of(store, connection, atlas)
        if not missing and options.read(connection, BASIS) == basis(connection, surroundings):
            return None
    with store.writing() as connection:
        for kind in rulebook.FROM_THE_START:
            if rulebook.in_force(connection, kind) is None:
                text = rulebook.text_in_force(connection, kind)
                rulebook.put_in_force(connection, SYSTEM, kind, rulebook.version_of(text), text)
        surroundings = surroundings_of(store, connection, atlas)
        before = options.read(connection, BASIS, {})
        now = basis(connection, surroundings)
        if before == now:
            return None
        judged = before.get("tiers") != now["tiers"]
        owe_again(connection, surroundings)
        moved = work_out(connection, SYSTEM, surroundings, judged=judged)
        if moved != Moved(0, 0):
            after = {"tiers": moved.tiers, "deadlines": moved.deadlines}
            audit.append(connection, SYSTEM, [audit.Change("reckoned", after=after)])
        return moved


@tried_again
def search_anew(store: Store) -> None:
    """Make the index of the search again where it was made with other columns."""
    with store.reading() as connection:
        if search_index.is_current(connection):
            return
    with store.writing() as connection:
        search_index.catch_up(connection)


Work = Callable[[Ledger, list[Draft]], None]


def _all(connection: Connection, work: Work) -> Moved:
    ledgers = [one for one in LEDGERS.values() if one.judged or "due_on" in one.by_key]
    each = [_each(connection, ledger, work) for ledger in ledgers]
    return Moved(sum(one.tiers for one in each), sum(one.deadlines for one in each))


def _each(connection: Connection, ledger: Ledger, work: Work) -> Moved:
    """Call ``work`` with all records of a ledger that are not in the bin, in portions; returns
    how many tiers and deadlines changed."""
    table = LEDGER_TABLES[ledger.key]
    visits = last_visits(connection) if ledger.key == INSTITUTIONS.key else {}
    tiers = deadlines = last = 0
    while True:
        query = select(table).where(table.c.deleted.is_(False), table.c.id > last)
        rows = connection.execute(query.order_by(table.c.id).limit(_AT_ONCE)).mappings().all()
        if not rows:
            return Moved(tiers, deadlines)
        last = rows[-1]["id"]
        drafts = [Draft.unmoved(dict(row)) for row in rows]
        for draft in drafts if ledger.key == INSTITUTIONS.key else ():
            draft.after["last_inspected_on"] = visits.get(str(draft.after["number"]))
        work(ledger, drafts)
        tiers += sum(_differs(draft, "tier") for draft in drafts)
        deadlines += sum(_differs(draft, "due_on") for draft in drafts)


def _differs(draft: Draft, key: str) -> bool:
    return (draft.current or {}).get(key) != draft.after.get(key)


@lru_cache(maxsize=8)
def _days(calendar: Calendar) -> str:
    """A digest of which days are working days and which are settled, from first to last day."""
    days = (_FIRST_DAY + timedelta(n) for n in range((_LAST_DAY - _FIRST_DAY).days))
    told = (calendar.is_working_day(day) + 2 * calendar.is_settled(day) for day in days)
    return hashlib.sha256(bytes(told)).hexdigest()
