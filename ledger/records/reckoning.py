"""What stored tiers and deadlines were worked out with, and working them all out anew.

Lists read the tier and the deadline that are stored in a record, its page works them out. Both say
the same as long as whatever they rest on changes in one transaction with every record: rules,
clocks, the set of local clocks, holidays. `basis` is a digest of all of it; it is stored beside
the records, so that a change made while nothing ran (a new version of the program, of its
calendar) is found when the program starts, and `settle` catches up.
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
from ledger.records.history import audit
from ledger.records.places.areas import current_atlas
from ledger.records.reopened import owe_again
from ledger.records.saving import Draft
from ledger.records.surroundings import CLOCK_PROFILE, Surroundings, surroundings_of
from ledger.records.visits import last_visits
from ledger.storage import Store, options
from ledger.storage.again import tried_again
from ledger.storage.tables import LEDGER_TABLES

BASIS = "worked_out_with"
# To be raised with every change of the program that reads the same rules and clocks otherwise.
READING = 3
_AT_ONCE = 10_000
# Deadlines reach at most ten years ahead; records reach back to the first arrangement known.
_FIRST_DAY, _LAST_DAY = date(2004, 1, 1), date(2045, 12, 31)


@dataclass(frozen=True)
class Moved:
    """How many records got another tier, and how many another next deadline."""

    tiers: int
    deadlines: int


def basis(connection: Connection, surroundings: Surroundings) -> dict[str, str]:
    """Digests of everything that stored tiers and stored deadlines rest on."""
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
    """Give every record its deadlines anew, and with ``judged`` its tier, in the caller's
    transaction."""
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
    """What `work_out` would do; nothing is written."""

    def work(ledger: Ledger, drafts: list[Draft]) -> None:
        saving.work_out(connection, ledger, drafts, surroundings, judged_anew=judged)

    return _all(connection, work)


def note(connection: Connection, surroundings: Surroundings) -> None:
    """Store that all records are worked out with what is in force now."""
    options.write(connection, BASIS, basis(connection, surroundings))


@tried_again
def settle(store: Store) -> Moved | None:
    """Put the shipped files in force where none is, and catch up with what changed meanwhile.

    To be called when the program starts; None if records stand as they would be worked out.
    """
    atlas = current_atlas(store)
    with store.reading() as connection:
        missing = [k for k in rulebook.KINDS if rulebook.in_force(connection, k) is None]
        surroundings = surroundings_of(store, connection, atlas)
        if not missing and options.read(connection, BASIS) == basis(connection, surroundings):
            return None
    with store.writing() as connection:
        for kind in rulebook.KINDS:
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


Work = Callable[[Ledger, list[Draft]], None]


def _all(connection: Connection, work: Work) -> Moved:
    ledgers = [one for one in LEDGERS.values() if one.judged or "due_on" in one.by_key]
    each = [_each(connection, ledger, work) for ledger in ledgers]
    return Moved(sum(one.tiers for one in each), sum(one.deadlines for one in each))


def _each(connection: Connection, ledger: Ledger, work: Work) -> Moved:
    """Every record of a ledger that is not in the bin, in portions; what ``work`` moved."""
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
    """Which days are worked and which are announced, of all that a deadline can speak of."""
    days = (_FIRST_DAY + timedelta(n) for n in range((_LAST_DAY - _FIRST_DAY).days))
    told = (calendar.is_working_day(day) + 2 * calendar.is_settled(day) for day in days)
    return hashlib.sha256(bytes(told)).hexdigest()
