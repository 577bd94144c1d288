"""Answers that cost many statements, kept until anything changes: figures, ratings.

The key holds all that an answer depends on: the reader's role and area, the revision of the data
(it grows with every change of anything) and the day. People of one role and area share answers;
nobody's name or session is in them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from ledger.access import Actor
from ledger.figures import Breakdown, By, Figures, breakdown, figures
from ledger.history import audit
from ledger.places import areas
from ledger.places.areas import current_atlas
from ledger.rating.model import Rating
from ledger.rating.points import rate
from ledger.storage import Store
from ledger.timing import clock
from ledger.timing.periods import Period

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
    """As `ledger.figures.figures`."""
    return figures(asked.store, asked.reader, period, area, official=official)


@lru_cache(maxsize=_MOST)
def breakdown_of(
    asked: Asked, period: Period, key: str, by: By, area: str | None, official: str | None
) -> Breakdown:
    """As `ledger.figures.breakdown`."""
    return breakdown(asked.store, asked.reader, period, key, by, area, official=official)


@lru_cache(maxsize=_MOST // 4)
def rating_of(asked: Asked, period: Period, area: str | None) -> Rating:
    """As `ledger.rating.points.rate`."""
    return rate(asked.store, asked.reader, current_atlas(asked.store), period, area)
