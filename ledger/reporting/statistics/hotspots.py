"""Hotspots of any dated ledger: where matters cluster, what changed, and what it rests on.

One question (`ledger.reporting.statistics.requests.Request`) goes through these steps: the areas of
the level that counted in the period, the cases in them (SQL), the statistics (`geo.hotspots`), and
the words around them. The statistics are kept as long as neither the ledger nor the areas change,
by scope. What a paper tells of an answer says `ledger.domain.small_counts`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from functools import lru_cache
from typing import Any

import pandas as pd
from sqlalchemy import Connection, func, select

from geo.hotspot_settings import Settings
from geo.hotspots import Hotspots, find_hotspots
from geo.levels import LEVEL_LABELS
from geo.weights import Neighbours, contiguity
from ledger.domain.access import Action, Actor
from ledger.domain.columns import Ledger
from ledger.domain.errors import Invalid
from ledger.domain.ledgers import ledger_named
from ledger.domain.timing import clock
from ledger.domain.timing.comparing import bases_of
from ledger.domain.timing.periods import Period
from ledger.records.places import areas
from ledger.reporting.statistics.answers import Answer, Found, Question
from ledger.reporting.statistics.beginning import first_day
from ledger.reporting.statistics.counting import Counted, count_cases, count_later
from ledger.reporting.statistics.regions import Regions, read_regions
from ledger.reporting.statistics.requests import Place, Request, checked
from ledger.storage import Store
from ledger.storage.tables import LEDGER_TABLES


def hotspots(store: Store, actor: Actor, request: Request) -> Answer:
    """Answer a request for the actor.

    Raises
    ------
    Refused
        If the actor may not read the ledger.
    NotFound
        For a scope that is not there or not the actor's.
    Invalid
        For what has no answer: a ledger without days, a period not begun, a level without areas.
    """
    return _answer(store, *asked(store, actor, request))


@lru_cache(maxsize=128)
def _answer(store: Store, place: Place, question: Question) -> Answer:
    found = answer_of(store, question)
    return Answer(
        question.request,
        place,
        found.regions,
        found.table,
        found.statistics.attached,
        found.counted.unplaced[-1],
        found.counted.shared,
        found.later,
        found.statistics.draws,
        found.statistics.null,
        found.statistics.uneven,
        _last_change(store, question),
        found.bases,
    )


def _last_change(store: Store, question: Question) -> datetime | None:
    """When a record in the asker's scope was last changed, or taken away."""
    path = LEDGER_TABLES[question.ledger.key].c.area_path
    changed = func.max(LEDGER_TABLES[question.ledger.key].c.updated_at)
    query = select(changed).where(question.actor.scope_condition(path))
    with store.reading() as connection:
        return connection.execute(query).scalar()


def asked(store: Store, actor: Actor, request: Request) -> tuple[Place, Question]:
    """A request held against the actor's rights; raises as `hotspots`."""
    ledger = ledger_named(request.ledger)
    actor.require(Action.READ, ledger.key)
    with store.reading() as connection:
        atlas, revision = areas.atlas_and_revision(store, connection)
        place = checked(actor, atlas, request)
        newest = newest_change(connection, ledger)
    return place, Question(request, actor.scope_path, place.path, newest, revision, clock.today())


def newest_change(connection: Connection, ledger: Ledger) -> tuple[Any, ...]:
    """What differs after any change of the ledger's records.

    Three steps down an index; the revision of the log would also grow when somebody signs in.
    """
    table = LEDGER_TABLES[ledger.key]
    latest = [
        connection.execute(
            select(func.max(table.c.updated_at)).where(table.c.deleted.is_(deleted))
        ).scalar()
        for deleted in (False, True)
    ]
    return (*latest, connection.execute(select(func.max(table.c.id))).scalar())


@lru_cache(maxsize=128)
def answer_of(store: Store, question: Question) -> Found:
    """The exact answer, kept under all that it depends on.

    Raises `Invalid` where the level has no areas in the scope.
    """
    request, period = question.request, question.request.period
    regions, neighbours = surroundings(store, question)
    bases = bases_of(period, question.today)
    periods = (bases.previous, bases.year_before, period)
    counted = count_periods(store, question, periods, regions)
    with store.reading() as connection:
        later = count_later(
            connection, question.actor, question.ledger, question.selection, question.today
        )
        began = began_on(connection, store, question)
    return Found(
        regions,
        neighbours,
        counted,
        statistics_of(counted.of(period), regions, neighbours, request),
        later,
        bases,
        began,
    )


def began_on(connection: Connection, store: Store, question: Question) -> date | None:
    """The day of the first record of the whole ledger, whatever the filter."""
    atlas = areas.current_atlas(store)
    return first_day(connection, question.actor, atlas, question.ledger.key, question.path)


def surroundings(store: Store, question: Question) -> tuple[Regions, Neighbours]:
    """The areas of a question and which of them are neighbours."""
    request = question.request
    regions = read_regions(store, request.level, question.path, request.period, request.basis)
    if regions.frame.empty:
        raise Invalid(
            f"这个范围内没有{LEVEL_LABELS[request.level]}一级的区域。"
            "请换一个层级，或由系统管理员载入该级边界"
        )
    return regions, _neighbours(regions)


@lru_cache(maxsize=64)
def _neighbours(regions: Regions) -> Neighbours:
    return contiguity(regions.frame)


def count_periods(
    store: Store, question: Question, periods: Sequence[Period], regions: Regions
) -> Counted:
    """The cases of a question in each of the periods, up to today."""
    with store.reading() as connection:
        return count_cases(
            connection,
            question.actor,
            question.ledger,
            question.selection,
            periods,
            regions,
            by_today=question.request.basis == "today",
            until=question.today,
        )


def statistics_of(
    cases: Mapping[str, int], regions: Regions, neighbours: Neighbours, request: Request
) -> Hotspots:
    """The statistics of one period's cases."""
    people = regions.frame.set_index("code")[request.people]
    counted = pd.Series(cases, dtype="float64").reindex(people.index, fill_value=0.0)
    settings = Settings(null=request.null, seed=request.seed)
    return find_hotspots(counted, people.astype("Float64").astype(float), neighbours, settings)
