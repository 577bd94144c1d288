"""Answers that cost many statements, kept until anything changes: figures, ratings, to-do lists.

The key holds all that an answer depends on: the reader's role and area, the revision of the data
(it grows with every change of anything) and the day. People of one role and area share answers;
nobody's name or session is in them. A to-do list is its reader's own: the whole actor, their last
visit and the minute, for its words count hours, are in its key too.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache

from ledger.casework.listing import Listed
from ledger.casework.todo import LIMIT, last_visit, todo
from ledger.domain.access import Actor
from ledger.domain.timing import clock
from ledger.domain.timing.periods import Period
from ledger.records.history import audit
from ledger.records.places import areas
from ledger.records.places.areas import current_atlas
from ledger.reporting.figures import Breakdown, By, Figures, breakdown, figures
from ledger.reporting.rating.model import Rating
from ledger.reporting.rating.points import rate
from ledger.storage import Store

_MOST = 128


@dataclass(frozen=True)
class Asked:
    """Who asks, reduced to role and area, and of what state of the data."""

    store: Store
    reader: Actor
    data: int
    areas: int
    today: date


def asked(store: Store, actor: Actor) -> Asked:
    """The key of what the actor asks now."""
    with store.reading() as connection:
        data, tree = audit.revision(connection), areas.revision(connection)
    reader = Actor("", actor.role, actor.scope_code, actor.scope_path)
    return Asked(store, reader, data, tree, clock.today())


@lru_cache(maxsize=_MOST)
def figures_of(asked: Asked, period: Period, area: str | None, official: str | None) -> Figures:
    """As `ledger.reporting.figures.figures`."""
    return figures(asked.store, asked.reader, period, area, official=official)


@lru_cache(maxsize=_MOST)
def breakdown_of(
    asked: Asked, period: Period, key: str, by: By, area: str | None, official: str | None
) -> Breakdown:
    """As `ledger.reporting.figures.breakdown`."""
    return breakdown(asked.store, asked.reader, period, key, by, area, official=official)


@lru_cache(maxsize=_MOST // 4)
def rating_of(asked: Asked, period: Period, area: str | None) -> Rating:
    """As `ledger.reporting.rating.points.rate`."""
    return rate(asked.store, asked.reader, current_atlas(asked.store), period, area)


def todo_now(store: Store, actor: Actor, *, limit: int = LIMIT) -> tuple[Listed, ...]:
    """As `ledger.casework.todo.todo` of this minute."""
    with store.reading() as connection:
        since = last_visit(connection, actor)
    minute = clock.now().replace(second=0, microsecond=0)
    return _todo_of(asked(store, actor), actor, since, minute, limit)


@lru_cache(maxsize=_MOST)
def _todo_of(
    asked: Asked, actor: Actor, since: datetime | None, minute: datetime, limit: int
) -> tuple[Listed, ...]:
    """``minute`` is in the key only."""
    return todo(asked.store, actor, since=since, limit=limit)
