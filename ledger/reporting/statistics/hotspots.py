"""Hotspots of any dated ledger: where matters cluster, what changed, and what it rests on.

One question (`ledger.reporting.statistics.requests.Request`) goes through these steps: the areas of
the level that counted in the period, the cases in them (SQL), the statistics (`geo.hotspots`), and
the words around them. The statistics are kept as long as neither the ledger nor the areas change,
by scope. What a paper tells of an answer says `ledger.domain.small_counts`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cached_property, lru_cache
from typing import Any

import numpy as np
import pandas as pd
from sqlalchemy import Connection, func, select

from geo.hotspot_classes import OWN, Null
from geo.hotspots import Hotspots, Settings, find_hotspots
from geo.uneven_risk import Unevenness
from geo.weights import Neighbours, contiguity
from ledger.domain.access import Action, Actor
from ledger.domain.columns import Ledger
from ledger.domain.errors import Invalid
from ledger.domain.ledgers import ledger_named
from ledger.domain.timing import clock
from ledger.domain.timing.comparing import Bases, bases_of, is_known
from ledger.domain.timing.periods import Period
from ledger.records.places import areas
from ledger.records.query import Selection
from ledger.reporting.statistics.beginning import first_day
from ledger.reporting.statistics.counting import Counted, count_cases, count_later
from ledger.reporting.statistics.regions import Regions, read_regions
from ledger.reporting.statistics.requests import LEVEL_LABELS, Place, Request, checked
from ledger.storage import Store
from ledger.storage.tables import LEDGER_TABLES

# The columns of an answer's table that count cases: of the period, and of those compared with it.
COUNTS = ("count", "before", "year_before")


@dataclass(frozen=True)
class Question:
    """A request with everything its exact answer depends on: the key under which it is kept.

    ``scope_path`` is the asker's: people of one scope share answers. ``newest`` is what changes
    with the ledger, ``revision`` with the areas, ``today`` at midnight.
    """

    request: Request
    scope_path: str
    path: str
    newest: tuple[Any, ...]
    revision: int
    today: date

    @property
    def actor(self) -> Actor:
        """Whoever asks, reduced to the scope; `asked` has checked the rights of the role."""
        return Actor("", None, "", self.scope_path)

    @property
    def ledger(self) -> Ledger:
        """The ledger asked about."""
        return ledger_named(self.request.ledger)

    @property
    def selection(self) -> Selection:
        """The records asked about: the filter, within the scope."""
        return replace(self.request.selection, area_path=self.path)


@dataclass(frozen=True, eq=False)
class Found:
    """The exact answer; for this package, never for a page.

    ``counted`` holds the two periods of ``bases`` and the period itself, ``began`` is the day of
    the ledger's first record; ``later`` counts records of days still to come.
    """

    regions: Regions
    neighbours: Neighbours
    counted: Counted
    statistics: Hotspots
    later: int
    bases: Bases
    began: date | None

    @cached_property
    def table(self) -> pd.DataFrame:
        """The table of an `Answer`, worked out once; nobody may change it."""
        table = self.statistics.table.copy()
        table["count"] = whole(table["count"])
        bases = (self.bases.previous, self.bases.year_before)
        for name, base, counts in zip(COUNTS[1:], bases, self.counted.cases[:2], strict=True):
            earlier = pd.Series(counts, dtype="float64").reindex(table.index, fill_value=0.0)
            table[name] = whole(earlier if is_known(base, self.began) else earlier * np.nan)
        return table


@dataclass(frozen=True, eq=False)
class Answer:
    """What a question found.

    ``table`` holds the numbers by area code: the columns of `geo.hotspots.COLUMNS`, and `COUNTS`
    as ``Int64``, NA for days before the ledger began (`ledger.domain.timing.comparing`). ``bases``
    are the days compared with, ``regions`` the areas themselves. ``attached`` are islands and what
    they were joined to (codes). ``unplaced`` cases lie in none of the areas, ``shared`` were
    shared out to the parts of areas split since, ``later`` bear a day still to come: none of these
    are in the numbers but ``shared``. ``null`` is the null that was held to, and ``uneven`` how
    much areas differ by themselves. In an answer that is to be passed on words may stand instead
    of counts,
    and ``remark`` says so (`ledger.reporting.statistics.papers.paper_answer`).
    """

    request: Request
    place: Place
    regions: Regions
    table: pd.DataFrame
    attached: tuple[tuple[str, str], ...]
    unplaced: int | str
    shared: int | str
    later: int | str
    draws: int
    null: Null
    uneven: Unevenness
    as_of: datetime | None
    bases: Bases
    remark: str = ""

    @cached_property
    def total(self) -> int:
        """The sum of the counts that are told."""
        return sum(int(one) for one in self.table["count"] if not isinstance(one, str))

    def of_class(self, name: str) -> list[str]:
        """The codes of one Gi* class, by code."""
        return list(self._classes.get(str(name), ()))

    @cached_property
    def clusters(self) -> Mapping[str, list[str]]:
        """The codes in each cluster, by the code in its middle."""
        found: dict[str, list[str]] = {}
        for code, middle in sorted(self.table["cluster"].items()):
            if middle:
                found.setdefault(str(middle), []).append(str(code))
        return found

    @cached_property
    def own_excess(self) -> Sequence[str]:
        """The codes of the areas with an own excess."""
        return [code for code in self.of_class("hot") if self.rows[code]["hot_kind"] in OWN]

    @cached_property
    def _classes(self) -> Mapping[str, Sequence[str]]:
        found: dict[str, list[str]] = {}
        for code, kind in sorted(self.table["gi_class"].items()):
            found.setdefault(str(kind), []).append(str(code))
        return found

    @cached_property
    def rows(self) -> Mapping[str, Mapping[Any, Any]]:
        """The rows of the table as dictionaries by code; nobody may change them."""
        return {str(code): row for code, row in self.table.to_dict("index").items()}

    @cached_property
    def names(self) -> Mapping[str, str]:
        """The names of the areas by code."""
        return dict(zip(self.regions.frame["code"], self.regions.frame["name"], strict=True))


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


def whole(counts: pd.Series[Any]) -> pd.Series[Any]:
    """Counts as ``Int64``."""
    return counts.astype("float64").round().astype("Int64")


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
