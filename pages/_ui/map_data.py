"""Cached reads of the risk map. Every key holds the reader's scope and the revision of the data."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import streamlit as st
from sqlalchemy import func, select

from geo.atlas import Atlas
from ledger.casework import map_overview as overview
from ledger.casework.by_area import CasesByArea, OutreachByArea, cases_by_area, outreach_by_area
from ledger.domain.access import ROOT_PATH, Actor
from ledger.domain.ledgers import INSTITUTIONS
from ledger.domain.timing import clock
from ledger.records.history import audit
from ledger.records.places import areas
from ledger.records.query import Selection, count_by
from ledger.storage import Store
from ledger.storage.tables import institutions as table
from pages._basemap import Basemap, read_basemap
from pages._ui.badges import LOOKS

TIERS: tuple[str | None, ...] = tuple(LOOKS)


@dataclass(frozen=True, slots=True)
class Counts:
    """How many institutions of each tier, in the order of `TIERS`."""

    numbers: tuple[int, ...] = (0, 0, 0, 0, 0)

    @property
    def total(self) -> int:
        return sum(self.numbers)

    @property
    def serious(self) -> int:
        """Tier three and four together."""
        return self.of("3") + self.of("4")

    @property
    def worst(self) -> str | None:
        """The highest tier present; None where all are 待研判, or there is nothing."""
        return next((tier for tier, number in self.present() if tier is not None), None)

    def of(self, tier: str | None) -> int:
        """How many of one tier; None is 待研判."""
        return self.numbers[TIERS.index(tier)]

    def present(self) -> list[tuple[str | None, int]]:
        """The tiers that occur, worst first, with their numbers."""
        return [pair for pair in zip(TIERS, self.numbers, strict=True) if pair[1]]

    def order(self) -> tuple[int, ...]:
        """For sorting areas: more of the worst tier first, then more at all."""
        return (*(-number for number in self.numbers[:4]), -self.total)


NOTHING = Counts()


@dataclass(frozen=True)
class Revisions:
    """The state of the database that a run works with; part of every cache key."""

    address: str
    data: int
    areas: int


@dataclass(frozen=True)
class Numbers:
    """The numbers of one view: all in it, by child area (those with any), and in no child."""

    here: Counts
    by_area: dict[str, Counts]
    unplaced: int
    outside: int
    as_of: datetime | None


def read_state(store: Store) -> tuple[Revisions, Basemap]:
    """The revisions and the basemap, in one short read."""
    with store.reading() as connection:
        revisions = Revisions(store.url, audit.revision(connection), areas.revision(connection))
        return revisions, read_basemap(connection)


def read_numbers(
    store: Store, actor: Actor, atlas: Atlas, under: str | None, revisions: Revisions
) -> Numbers:
    """The numbers of the view under one area. Raises `NotFound` out of scope."""
    here, by_area, unplaced, outside, as_of = _numbers(
        actor.scope_path, actor.role, under, revisions, store, actor, atlas
    )
    counts = {code: Counts(numbers) for code, numbers in by_area.items()}
    return Numbers(Counts(here), counts, unplaced, outside, as_of)


def read_cases(
    store: Store, actor: Actor, atlas: Atlas, ledger: str, under: str | None, revisions: Revisions
) -> CasesByArea:
    """Leads or dispositions of the view under one area. Raises `NotFound` out of scope."""
    # What is overdue changes with the day, not only with the data.
    key = (actor.scope_path, actor.role, ledger, under, revisions, clock.today())
    return _cases(key, store, actor, atlas)


def read_outreach(
    store: Store, actor: Actor, atlas: Atlas, under: str | None, revisions: Revisions
) -> OutreachByArea:
    """Outreach of the view under one area. Raises `NotFound` out of scope."""
    return _outreach((actor.scope_path, actor.role, under, revisions), store, actor, atlas)


@st.cache_data(max_entries=500, show_spinner=False)
def _cases(
    key: tuple[str, Any, str, str | None, Revisions, date],
    _store: Store,
    _actor: Actor,
    _atlas: Atlas,
) -> CasesByArea:
    return cases_by_area(_store, _actor, _atlas, key[2], key[3])


@st.cache_data(max_entries=500, show_spinner=False)
def _outreach(
    key: tuple[str, Any, str | None, Revisions], _store: Store, _actor: Actor, _atlas: Atlas
) -> OutreachByArea:
    return outreach_by_area(_store, _actor, _atlas, key[2])


# Plain tuples: what the cache hands out is unpickled at every run.
@st.cache_data(max_entries=500, show_spinner=False)
def _numbers(
    scope_path: str,
    role: Any,
    under: str | None,
    revisions: Revisions,
    _store: Store,
    _actor: Actor,
    _atlas: Atlas,
) -> tuple[tuple[int, ...], dict[str, tuple[int, ...]], int, int, datetime | None]:
    found = overview.situation(_store, _actor, _atlas, under)
    by_area = {code: _tuple(counts) for code, counts in found.areas.items() if counts.total}
    unplaced = found.unplaced
    if under is not None and not found.areas:  # an area without children is drawn itself
        by_area, unplaced = {under: _tuple(found.here)}, 0
    outside, as_of = _around(_store, _actor)
    return _tuple(found.here), by_area, unplaced, outside, as_of


def _tuple(counts: overview.TierCounts) -> tuple[int, ...]:
    return tuple(counts.by_tier.get(tier, 0) for tier in TIERS)


def _around(store: Store, actor: Actor) -> tuple[int, datetime | None]:
    """How many positions lie outside every area (whole-tree readers only), and the last change."""
    changed = select(func.max(table.c.updated_at)).where(actor.scope_condition(table.c.area_path))
    with store.reading() as connection:
        as_of = connection.execute(changed).scalar()
        outside = 0
        if actor.scope_path == ROOT_PATH:
            places = count_by(connection, actor, INSTITUTIONS, Selection(), "placement")
            outside = places.get("outside", 0)
    return outside, as_of
