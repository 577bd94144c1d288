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

from geo.atlas import Area
from ledger.casework.by_area import CasesByArea, cases_by_area, open_within
from ledger.casework.changed_since import Changed, changed_since
from ledger.casework.found import found_by, found_in
from ledger.casework.keynumbers import KeyNumber, key_numbers
from ledger.casework.listing import Listed
from ledger.casework.map_overview import Situation, situation
from ledger.casework.outreach_by_area import OutreachByArea, outreach_by_area
from ledger.casework.todo import LIMIT, last_visit, todo
from ledger.domain.access import Actor
from ledger.domain.timing import clock
from ledger.domain.timing.periods import Period
from ledger.exchange.importing.past_imports import PastImport, past_imports
from ledger.people.office import masthead
from ledger.records.places.areas import current_atlas
from ledger.records.query import Selection
from ledger.records.revisions import Revisions, read_revisions
from ledger.reporting.figures import Breakdown, By, Figures, breakdown, figures
from ledger.reporting.rating.model import Rating
from ledger.reporting.rating.points import rate
from ledger.reporting.statistics.answers import Answer
from ledger.reporting.statistics.history import History, history
from ledger.reporting.statistics.hotspots import hotspots
from ledger.reporting.statistics.red_homes import RedHomes, red_homes
from ledger.reporting.statistics.requests import Request
from ledger.storage import Store
from pages._basemap import Basemap, read_basemap

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


@lru_cache(maxsize=2)
def masthead_at(store: Store, revisions: Revisions) -> tuple[str, bool]:
    """As `ledger.people.office.masthead`, in the state of ``revisions``."""
    return masthead(store)


@lru_cache(maxsize=_MOST)
def basemap_of(asked: Asked) -> Basemap:
    """As `pages._basemap.read_basemap`."""
    return read_basemap(asked.store)


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


@lru_cache(maxsize=_MOST)
def found_by_each(
    asked: Asked, ledger_key: str, selections: tuple[Selection, ...]
) -> tuple[int, ...]:
    """As `ledger.casework.found.found_by`."""
    return found_by(asked.store, asked.reader, ledger_key, selections)


@lru_cache(maxsize=_MOST)
def found_in_areas(
    asked: Asked, ledger_key: str, selection: Selection
) -> tuple[tuple[Area, int], ...]:
    """As `ledger.casework.found.found_in`."""
    return found_in(asked.store, asked.reader, ledger_key, selection)


@lru_cache(maxsize=_MOST)
def past_imports_of(asked: Asked, ledger_key: str) -> tuple[PastImport, ...]:
    """As `ledger.exchange.importing.past_imports.past_imports`, with what that raises."""
    return past_imports(asked.store, asked.reader, ledger_key)


@lru_cache(maxsize=_VIEWS)
def situation_of(asked: Asked, under: str | None, on: date | None = None) -> Situation:
    """As `ledger.casework.map_overview.situation`. Raises `NotFound` out of scope."""
    return situation(asked.store, asked.reader, current_atlas(asked.store), under, on)


@lru_cache(maxsize=_VIEWS)
def cases_of(
    asked: Asked, ledger_key: str, under: str | None, on: date | None = None
) -> CasesByArea:
    """As `ledger.casework.by_area.cases_by_area`. Raises `NotFound` out of scope."""
    atlas = current_atlas(asked.store)
    return cases_by_area(asked.store, asked.reader, atlas, ledger_key, under, on)


@lru_cache(maxsize=_VIEWS)
def outreach_of(asked: Asked, under: str | None, on: date | None = None) -> OutreachByArea:
    """As `ledger.casework.outreach_by_area.outreach_by_area`. Raises `NotFound` out of scope."""
    return outreach_by_area(asked.store, asked.reader, current_atlas(asked.store), under, on)


@lru_cache(maxsize=_VIEWS)
def changed_of(asked: Asked, since: date, under: str | None) -> Changed:
    """As `ledger.casework.changed_since.changed_since`. Raises `NotFound` out of scope."""
    atlas = current_atlas(asked.store)
    return changed_since(asked.store, asked.reader, atlas, since, under)


@lru_cache(maxsize=_MOST)
def hotspots_of(asked: Asked, request: Request) -> Answer:
    """As `ledger.reporting.statistics.hotspots.hotspots`, with what that raises."""
    return hotspots(asked.store, asked.reader, request)


@lru_cache(maxsize=_MOST // 4)
def history_of(asked: Asked, request: Request) -> History:
    """As `ledger.reporting.statistics.history.history`, with what that raises."""
    return history(asked.store, asked.reader, request)


@lru_cache(maxsize=_MOST)
def red_homes_of(asked: Asked, answer: Answer) -> RedHomes:
    """As `ledger.reporting.statistics.red_homes.red_homes`."""
    return red_homes(asked.store, asked.reader, answer)


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
