"""Reading the log of changes: who may read it, and which entries.

Entries store no area. An entry is in scope if the record is now in the actor's scope; an entry
about a user, if the user's area is; about a bulletin, if the bulletin's area is. Entries about the
system as a whole (areas, rules, settings, imports of files) are seen only by those whose scope is
the whole tree.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache

from sqlalchemy import CTE, ColumnElement, and_, exists, func, or_, select

from ledger.domain.access import ROOT_PATH, Action, Actor, under
from ledger.domain.timing import clock
from ledger.records.history import audit, chain_check
from ledger.records.places.areas import in_force
from ledger.storage import Store
from ledger.storage.own_tables import bulletins, users
from ledger.storage.tables import LEDGER_TABLES, areas, changes


@dataclass(frozen=True)
class LogFilter:
    """Which entries: of one person (user name), one action, one record by its number (in
    whichever case), between two days of the office, both included."""

    person: str | None = None
    action: str | None = None
    number: str | None = None
    first_day: date | None = None
    last_day: date | None = None


@dataclass(frozen=True)
class LogPage:
    """Some entries, newest first, and the ``before_id`` of the next page; None on the last."""

    entries: Sequence[audit.Entry]
    next_before: int | None


def read_log(
    store: Store,
    actor: Actor,
    wanted: LogFilter | None = None,
    *,
    before_id: int | None = None,
    limit: int = 100,
) -> LogPage:
    """At most ``limit`` entries that the actor may see, newest first. Raises `Refused`."""
    actor.require(Action.READ_LOG)
    clauses = _clauses(wanted or LogFilter())
    if before_id is not None:
        clauses.append(changes.c.id < before_id)
    if actor.scope_path != ROOT_PATH:
        clauses.append(_in_scope(actor.scope_path))
    query = select(changes).where(*clauses).order_by(changes.c.id.desc()).limit(limit + 1)
    with store.reading() as connection:
        found = [_readable(actor, audit._entry(row)) for row in connection.execute(query)]
    entries = found[:limit]
    return LogPage(entries, entries[-1].id if len(found) > limit else None)


def people_in_log(store: Store, actor: Actor) -> list[str]:
    """The names of those who acted in entries that the actor may see, sorted. Raises `Refused`."""
    actor.require(Action.READ_LOG)
    names = _names()
    query = select(names.c.actor).where(names.c.actor.is_not(None)).order_by(names.c.actor)
    if actor.scope_path != ROOT_PATH:
        # One entry in scope is enough, so not all entries of a name are read.
        of_name = changes.c.actor == names.c.actor
        query = query.where(exists().where(of_name, _in_scope(actor.scope_path)))
    with store.reading() as connection:
        return list(connection.execute(query).scalars())


@lru_cache(maxsize=1)
def _names() -> CTE:
    """Each name once, found by steps through the index; ``distinct`` would read every entry."""
    first = select(func.min(changes.c.actor).label("actor")).cte("names", recursive=True)
    after = select(func.min(changes.c.actor)).where(changes.c.actor > first.c.actor)
    return first.union_all(select(after.scalar_subquery()).where(first.c.actor.is_not(None)))


def verify_log(store: Store, actor: Actor) -> chain_check.Verdict:
    """Check the whole chain; the verdict names entries by their ids, not by their content.

    Its number of entries counts those that the actor may see. Raises `Refused`.
    """
    actor.require(Action.READ_LOG)
    with store.reading() as connection:
        verdict = chain_check.verify(connection)
        if actor.scope_path == ROOT_PATH:
            return verdict
        own = select(func.count()).select_from(changes).where(_in_scope(actor.scope_path))
        return replace(verdict, entries=int(connection.execute(own).scalar_one()))


def _readable(actor: Actor, entry: audit.Entry) -> audit.Entry:
    """The entry, without its content if the actor may not read records of that ledger."""
    is_record = entry.ledger in LEDGER_TABLES and entry.ledger != "areas"
    if not is_record or actor.may(Action.READ, entry.ledger):
        return entry
    return replace(entry, before={}, after={}, reason=None)


def _clauses(wanted: LogFilter) -> list[ColumnElement[bool]]:
    clauses: list[ColumnElement[bool]] = []
    if wanted.person:
        clauses.append(changes.c.actor == wanted.person)
    if wanted.action:
        clauses.append(changes.c.action == wanted.action)
    if wanted.number:
        # Record numbers are upper case, the names of users lower.
        clauses.append(changes.c.number.in_((wanted.number.upper(), wanted.number.lower())))
    if wanted.first_day:
        clauses.append(changes.c.at >= _midnight(wanted.first_day))
    if wanted.last_day:
        clauses.append(changes.c.at < _midnight(wanted.last_day + timedelta(days=1)))
    return clauses


def _midnight(day: date) -> str:
    """The beginning of the office's day, as the log writes moments (ISO 8601 in UTC)."""
    return datetime.combine(day, time(), clock.OFFICE).astimezone(UTC).isoformat()


@lru_cache(maxsize=64)
def _in_scope(scope_path: str) -> ColumnElement[bool]:
    # An expression, not the bare column: with the column's index SQLite would collect and sort all
    # entries, although only the newest hundred are wanted.
    ledger = func.coalesce(changes.c.ledger, "")
    mine = [
        and_(
            ledger == key,
            exists().where(table.c.id == changes.c.record_id, under(table.c.area_path, scope_path)),
        )
        for key, table in LEDGER_TABLES.items()
        if "area_path" in table.c
    ]
    user_here = exists().where(
        users.c.id == changes.c.record_id,
        users.c.scope_code == areas.c.code,
        in_force(),
        under(areas.c.path, scope_path),
    )
    bulletin_here = exists().where(
        bulletins.c.id == changes.c.record_id, under(bulletins.c.scope_path, scope_path)
    )
    return or_(
        *mine,
        and_(ledger == "users", user_here),
        and_(ledger == "bulletins", bulletin_here),
    )
