"""Cached answers that take many statements, kept until the database changes.

The key holds all that an answer depends on: the reader's role and area, the revision of the data
(it grows with every change of anything) and the day. People of one role and area share answers;
nobody's name or session is in them. A to-do list is its reader's own: the whole actor, their last
visit and the minute, for its words count hours, are in its key too.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache

from ledger.casework.by_area import (
    CasesByArea,
    OutreachByArea,
    cases_by_area,
    open_within,
    outreach_by_area,
)
from ledger.casework.keynumbers import KeyNumber, key_numbers
from ledger.casework.listing import Listed
from ledger.casework.map_overview import Situation, situation
from ledger.casework.todo import LIMIT, last_visit, todo
from ledger.domain.access import Actor
from ledger.domain.timing import clock
from ledger.domain.timing.periods import Period
from ledger.records.places.areas import current_atlas
from ledger.records.query import Selection
from ledger.records.revisions import Revisions, read_revisions
from ledger.reporting.figures import Breakdown, By, Figures, breakdown, figures
from ledger.reporting.rating.model import Rating
from ledger.reporting.rating.points import rate
from ledger.storage import Store

_MOST = 128
# Of the map: every area that anybody looked into.
_VIEWS = 500


@dataclass(frozen=True)
class Asked:
    """Who asks, reduced to role and area, and of what state of the data."""

    store: Store
    reader: Actor
    revisions: Revisions
    today: date


def asked(store: Store, actor: Actor) -> Asked:
    """The key of what the actor asks now."""
    reader = Actor("", actor.role, actor.scope_code, actor.scope_path)
    return Asked(store, reader, read_revisions(store), clock.today())


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


@lru_cache(maxsize=_MOST)
def numbers_of(asked: Asked, ledger_key: str, base: Selection) -> list[KeyNumber]:
    """As `ledger.casework.keynumbers.key_numbers`."""
    return key_numbers(asked.store, asked.reader, ledger_key, base)


@lru_cache(maxsize=_VIEWS)
def situation_of(asked: Asked, under: str | None) -> Situation:
    """As `ledger.casework.map_overview.situation`. Raises `NotFound` out of scope."""
    return situation(asked.store, asked.reader, current_atlas(asked.store), under)


@lru_cache(maxsize=_VIEWS)
def cases_of(asked: Asked, ledger_key: str, under: str | None) -> CasesByArea:
    """As `ledger.casework.by_area.cases_by_area`. Raises `NotFound` out of scope."""
    atlas = current_atlas(asked.store)
    return cases_by_area(asked.store, asked.reader, atlas, ledger_key, under)


@lru_cache(maxsize=_VIEWS)
def outreach_of(asked: Asked, under: str | None) -> OutreachByArea:
    """As `ledger.casework.by_area.outreach_by_area`. Raises `NotFound` out of scope."""
    return outreach_by_area(asked.store, asked.reader, current_atlas(asked.store), under)


@lru_cache(maxsize=_MOST)
def open_of(
    asked: Asked, ledger_key: str, under: str | None, codes: frozenset[str]
) -> dict[str, int]:
    """As `ledger.casework.by_area.open_within`. Raises `NotFound` out of scope."""
    atlas = current_atlas(asked.store)
    return open_within(asked.store, asked.reader, atlas, ledger_key, under, codes)


def todo_now(store: Store, actor: Actor, *, limit: int = LIMIT) -> tuple[Listed, ...]:
    """As `ledger.casework.todo.todo` of this minute."""
    since = last_visit(store, actor)
    minute = clock.now().replace(second=0, microsecond=0)
    return _todo_of(asked(store, actor), actor, since, minute, limit)


@lru_cache(maxsize=_MOST)
def _todo_of(
    asked: Asked, actor: Actor, since: datetime | None, minute: datetime, limit: int
) -> tuple[Listed, ...]:
    """``minute`` is in the key only."""
    return todo(asked.store, actor, since=since, limit=limit)
