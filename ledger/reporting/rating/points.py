"""The points of villages in a period: counted by SQL, explained line by line, ranked.

    points = start + Σ lines, within lowest and highest
    line   = Σ (rows × points of each), within the line's cap; ``none`` where nothing is counted

Rows are those in the actor's scope, so an actor who sees part of a village (a grid) rates none.
Villages are today's; a record belongs to the village that its place lies in today.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from itertools import pairwise

from sqlalchemy import Connection, func, select

from geo.atlas import Area, Atlas
from ledger.casework.coverage import round_in
from ledger.casework.map_overview import area_path
from ledger.domain.access import Action, Actor
from ledger.domain.errors import Invalid
from ledger.domain.ledgers import LEDGERS
from ledger.domain.timing import clock
from ledger.domain.timing.periods import Period
from ledger.records.query import Selection, matching
from ledger.records.rulebook import RATING, text_in_force
from ledger.reporting.rating.counts import COUNTS, Conditions, Lateness, Span
from ledger.reporting.rating.model import Part, Rating, Scored, VillageRating
from ledger.reporting.rating.rulefile import read_rating
from ledger.reporting.rating.rules import Line, RatingRules
from ledger.storage import Store
from ledger.storage.tables import LEDGER_TABLES, inspections

LEVEL = "village"
KINDS = ("month", "quarter", "year")


def rate(
    store: Store,
    actor: Actor,
    atlas: Atlas,
    period: Period,
    area_code: str | None = None,
    *,
    rules: RatingRules | None = None,
) -> Rating:
    """The rating of the villages under an area (None: all in scope).

    Parameters
    ----------
    period : Period
        A month, a quarter or a year that has begun.
    rules : RatingRules, optional
        Others than those in force.

    Raises
    ------
    Invalid
        For another kind of period, or one that lies in the future.
    NotFound
        For an area that is not there or not in the actor's scope.
    """
    actor.require(Action.READ_RATING)
    checked_period(period)
    path = area_path(actor, atlas, area_code)
    villages = atlas.under(path, LEVEL)
    with store.reading() as connection:
        rules = rules or rating_in_force(connection)
        span = _span(connection, period)
        count = _Counter(connection, actor, path, frozenset(area.code for area in villages))
        kinds = [(line, tuple(_kinds(line, span, count))) for line in rules.lines]
    rated = [_village(area, rules, kinds) for area in villages]
    return Rating(rules, period, span.as_of, tuple(_ranked(rated)))


def checked_period(period: Period) -> Period:
    """A period that can be rated. Raises `Invalid`, see `rate`."""
    if period.kind not in KINDS:
        raise Invalid(f"考评按月、季度或年进行，“{period}”不是，请改选。")
    if period.start > clock.today():
        raise Invalid(f"{period}还没有开始，暂时不能考评，请改选。")
    return period


def rating_in_force(connection: Connection) -> RatingRules:
    """The rating rules by which this office rates now."""
    return _read(text_in_force(connection, RATING))


@lru_cache(maxsize=8)
def _read(text: str) -> RatingRules:
    return read_rating(text)


def lateness_of(line: Line) -> tuple[tuple[Lateness | None, Decimal], ...]:
    """The steps of a line as spans of days with their points; one without a span if it has none."""
    if not line.steps:
        return ((None, line.points),)
    spans = [
        (Lateness(step.over_days, after.over_days - 1), step.points)
        for step, after in pairwise(line.steps)
    ]
    last = line.steps[-1]
    return (*spans, (Lateness(last.over_days, None), last.points))


def _span(connection: Connection, period: Period) -> Span:
    today = clock.today()
    as_of = min(period.end, today)
    if as_of == today:
        return Span(period, as_of, round_in(connection))
    newest = select(func.max(inspections.c.round)).where(
        inspections.c.deleted.is_(False), inspections.c.inspected_on <= as_of
    )
    return Span(period, as_of, int(connection.execute(newest).scalar() or 1))


@dataclass(frozen=True)
class _Kind:
    """One kind of rows in a line: which they are, the points of each, how many by village."""

    label: str
    ledger: str
    conditions: Conditions
    each: Decimal
    numbers: Mapping[str, int]


def _kinds(line: Line, span: Span, number: _Counter) -> Iterator[_Kind]:
    """The kinds of a line, made once for all villages."""
    for key in line.counts:
        count = COUNTS[key]
        for lateness, each in lateness_of(line):
            label = count.label if lateness is None else f"{count.label}{lateness.label}"
            conditions = count.conditions(span, lateness)
            numbers = number.by_village(count.ledger, conditions)
            yield _Kind(label, count.ledger, conditions, each, numbers)


@dataclass(frozen=True)
class _Counter:
    """Counts rows in the actor's scope under a path, by the villages ``codes``."""

    connection: Connection
    actor: Actor
    path: str
    codes: frozenset[str]

    def by_village(self, ledger_key: str, conditions: Conditions) -> dict[str, int]:
        """Rows by the village that their path leads through."""
        table = LEDGER_TABLES[ledger_key]
        selection = Selection(conditions=conditions, area_path=self.path)
        where = matching(self.actor, LEDGERS[ledger_key], selection)
        query = select(table.c.area_path, func.count()).where(where).group_by(table.c.area_path)
        found: dict[str, int] = {}
        for path, number in self.connection.execute(query):
            code = next((step for step in (path or "").split("/") if step in self.codes), None)
            if code is not None:
                found[code] = found.get(code, 0) + number
        return found


def _village(
    area: Area, rules: RatingRules, kinds: Sequence[tuple[Line, tuple[_Kind, ...]]]
) -> VillageRating:
    lines = tuple(_scored(area, line, of_line) for line, of_line in kinds)
    points = rules.total({one.line.key: one.points for one in lines})
    return VillageRating(area, points, 0, lines, rules.suggested(points))


def _scored(area: Area, line: Line, kinds: tuple[_Kind, ...]) -> Scored:
    parts = tuple(
        Part(
            kind.label,
            kind.ledger,
            kind.numbers.get(area.code, 0),
            kind.each,
            kind.conditions,
            area.path,
        )
        for kind in kinds
    )
    if not any(part.count for part in parts):
        return Scored(line, parts, line.none)
    return Scored(line, parts, line.capped(sum((p.points for p in parts), Decimal(0))))


def _ranked(rated: list[VillageRating]) -> Iterator[VillageRating]:
    """The best first, equal ones by code; equal points share a rank and the next is left out."""
    ordered = sorted(rated, key=lambda one: (-one.points, one.area.code))
    rank = 0
    for place, one in enumerate(ordered, start=1):
        if place == 1 or one.points != ordered[place - 2].points:
            rank = place
        yield VillageRating(one.area, one.points, rank, one.lines, one.suggested)
