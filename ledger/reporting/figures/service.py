"""The figures of a period, and one figure taken apart: by area, by lead official, over time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date

from sqlalchemy import Connection

from geo.atlas import Area, Atlas
from ledger.casework.coverage import round_in
from ledger.casework.map_overview import area_path, top_of
from ledger.domain.access import ROOT_PATH, Action, Actor
from ledger.domain.errors import Invalid
from ledger.domain.timing import clock
from ledger.domain.timing.comparing import bases_of, day_in, is_known
from ledger.domain.timing.periods import Period
from ledger.records.places.areas import current_atlas
from ledger.records.query import Condition
from ledger.records.rowsets import LED
from ledger.records.surroundings import calendar_in_force
from ledger.reporting.figures.binding import Asked, Bound, bind
from ledger.reporting.figures.counting import Counted, Counting, Number, count, count_by
from ledger.reporting.figures.definitions import END, START, Book, Figure
from ledger.reporting.figures.model import Breakdown, By, Figures, FigureValue, Line
from ledger.reporting.figures.rulefile import figures_in_force
from ledger.reporting.figures.valuing import Here, values_of
from ledger.reporting.statistics.beginning import first_day
from ledger.storage import Store

TREND = 12


def figures(
    store: Store,
    actor: Actor,
    period: Period,
    area_code: str | None = None,
    *,
    official: str | None = None,
    compare: bool = True,
    book: Book | None = None,
) -> Figures:
    """Every figure of a period under one area, with its definition and its rows.

    Parameters
    ----------
    area_code : str, optional
        None: all that the actor sees.
    official : str, optional
        Only what this lead official (包案领导) is responsible for; then only figures of ledgers
        that name one.
    compare : bool
        Also work out the period before and the same period of the year before (but not what was
        open then, such as 积案化解率).

    Raises
    ------
    NotFound
        For an area that is not there or not in the actor's scope.
    """
    actor.require(Action.READ)
    book, atlas = book or figures_in_force(store), current_atlas(store)
    path = area_path(actor, atlas, area_code)
    extra = () if official is None else (Condition("official", "set", official),)
    wanted = [one for one in book.figures if official is None or one.ledger in LED]
    moving = [one for one in wanted if not one.timeless]
    with store.reading() as connection:
        asked = _asked(connection, book, period)
        bases = bases_of(period, asked.today)
        here = _Where(connection, actor, path, _shown_path(actor, path), extra)
        values = here.values(wanted, asked)
        before: list[list[FigureValue]] = [[], []]
        if compare:
            # What was open a year ago is everything answered since: too much to count for a word.
            yearly = [one for one in moving if one.period != START]
            began = _Beginnings(here, atlas)
            before = [
                _based(here, moving, asked, bases.previous, bases.whole_previous, began),
                _based(here, yearly, asked, bases.year_before, bases.year_before, began),
            ]
    previous, year_before = before
    return Figures(
        period=period,
        area=_area_at(actor, atlas, area_code),
        today=asked.today,
        title=book.title,
        version=book.version,
        values=tuple(values),
        bases=bases,
        previous=_keyed(previous),
        year_before=_keyed(year_before),
    )


def breakdown(
    store: Store,
    actor: Actor,
    period: Period,
    key: str,
    by: By,
    area_code: str | None = None,
    *,
    official: str | None = None,
    book: Book | None = None,
) -> Breakdown:
    """One figure (or one part of a composition, ``channel_share.letter``) taken apart.

    ``area``: every child of the area, and last what lies in none of them, if anything does.
    ``official``: every lead official named there, and last what names none. ``period``: this
    period and the eleven before it, oldest first.

    Raises
    ------
    Invalid
        For a figure there is none of, or one that cannot be taken apart in that way.
    NotFound
        For an area that is not there or not in the actor's scope.
    """
    actor.require(Action.READ)
    book, atlas = book or figures_in_force(store), current_atlas(store)
    figure = figure_named(book, key)
    if by not in ways_of(figure):
        raise Invalid(f"“{figure.label}”不能这样分开看，请换一种看法")
    path = area_path(actor, atlas, area_code)
    extra = () if official is None else (Condition("official", "set", official),)
    with store.reading() as connection:
        asked = _asked(connection, book, period)
        here = _Where(connection, actor, path, _shown_path(actor, path), extra)
        if by == "period":
            lines = _by_period(here, figure, asked, key, atlas)
        elif by == "official":
            lines = _by_official(here, figure, asked, key)
        else:
            lines = _by_area(here, figure, asked, key, atlas)
    return Breakdown(figure, by, _area_at(actor, atlas, area_code), tuple(lines))


def figure_named(book: Book, key: str) -> Figure:
    """The figure of a key, also of one of its parts. Raises `Invalid`."""
    found = book.by_key.get(key.partition(".")[0])
    if found is None:
        raise Invalid(f"没有名为“{key[:40]}”的指标，请从列表里选择")
    return found


def ways_of(figure: Figure) -> tuple[By, ...]:
    """How a figure can be taken apart: what stands as of today has no trend."""
    ways: list[By] = [] if figure.timeless else ["period"]
    ways.append("area")
    if figure.ledger in LED:
        ways.append("official")
    return tuple(ways)


class _Where:
    """One reader at one place: counts figures there."""

    def __init__(
        self,
        connection: Connection,
        actor: Actor,
        path: str,
        shown: str | None,
        extra: tuple[Condition, ...],
    ) -> None:
        self.connection, self.actor, self.path = connection, actor, path
        self.here = Here(shown, extra)

    def values(self, wanted: Iterable[Figure], asked: Asked) -> list[FigureValue]:
        """All numbers of the figures in one period."""
        bounds = [bind(figure, asked) for figure in wanted]
        counted = count(self.connection, self.actor, self.path, bounds, self.here.extra)
        return [value for bound in bounds for value in values_of(bound, counted, asked, self.here)]

    def grouped(self, bound: Bound, column: str) -> Mapping[str | None, Counted]:
        """What one figure's measures come to for each value of a column."""
        return count_by(self.connection, self.actor, self.path, bound, column, self.here.extra)


class _Beginnings:
    """Since when ledgers are kept where somebody looks: each is asked once."""

    def __init__(self, where: _Where, atlas: Atlas) -> None:
        self.where, self.atlas = where, atlas
        self.found: dict[str, date | None] = {}

    def of(self, figure: Figure) -> date | None:
        """The first day of the ledger that a figure rests on."""
        visits = any(one.key.startswith("visited") for one in (*figure.of, *figure.counted))
        key = "inspections" if visits else figure.ledger
        if key not in self.found:
            here = self.where
            self.found[key] = first_day(here.connection, here.actor, self.atlas, key, here.path)
        return self.found[key]


def _based(
    here: _Where,
    wanted: Sequence[Figure],
    asked: Asked,
    base: Period,
    until: Period,
    began: _Beginnings,
) -> list[FigureValue]:
    """The figures of a base, seen from the day that today is in it; stocks at the end of
    ``until``. Those of days before their ledger began have no value."""
    then = replace(asked, period=base, today=day_in(base, asked.period, asked.today))
    stocks = replace(asked, period=until)
    found: list[FigureValue] = []
    for figures_, at in (
        ([one for one in wanted if one.period != END], then),
        ([one for one in wanted if one.period == END], stocks),
    ):
        unknown = {one.key for one in figures_ if not _is_known(one, at.period, began.of(one))}
        found += [
            _without_data(value) if value.key.partition(".")[0] in unknown else value
            for value in here.values(figures_, at)
        ]
    return found


def _is_known(figure: Figure, base: Period, first: date | None) -> bool:
    if figure.period == END:
        return first is not None and first <= base.end
    return is_known(base, first)


def _without_data(value: FigureValue) -> FigureValue:
    return replace(value, value=None, numerator=0, denominator=0)


def _asked(connection: Connection, book: Book, period: Period) -> Asked:
    settings = tuple(book.settings.items())
    calendar = calendar_in_force(connection)
    return Asked(period, clock.today(), round_in(connection), settings, calendar)


def _keyed(values: Iterable[FigureValue]) -> dict[str, FigureValue]:
    return {value.key: value for value in values}


def _picked(values: Sequence[FigureValue], key: str) -> FigureValue:
    """The number of a key; of a composition named as a whole, its first part."""
    return next((value for value in values if value.key == key), values[0])


def _by_period(here: _Where, figure: Figure, asked: Asked, key: str, atlas: Atlas) -> list[Line]:
    lines = []
    first = _Beginnings(here, atlas).of(figure)
    for period in asked.period.last(TREND):
        value = _picked(here.values([figure], replace(asked, period=period)), key)
        if period != asked.period and (first is None or period.end < first):
            value = _without_data(value)
        name = f"{period.label}（未结束）" if _is_running(period, asked.today) else period.label
        lines.append(Line(name, value, period=period))
    return lines


def _is_running(period: Period, today: date) -> bool:
    return period.start <= today < period.end


def _by_official(here: _Where, figure: Figure, asked: Asked, key: str) -> list[Line]:
    bound = bind(figure, asked)
    lines = []
    for name, counted in here.grouped(bound, "lead_official").items():
        of = (Condition("official", "set", name) if name else Condition("lead_official", "blank"),)
        place = Here(here.here.path, (*here.here.extra, *of))
        lines.append(Line(name or "", _picked(values_of(bound, counted, asked, place), key)))
    return sorted(lines, key=lambda line: (not line.name, -line.value.denominator, line.name))


def _by_area(here: _Where, figure: Figure, asked: Asked, key: str, atlas: Atlas) -> list[Line]:
    bound = bind(figure, asked)
    children, above = _children(atlas, here.path)
    paths = {child.path: child for child in children}
    depth = min((path.count("/") for path in paths), default=1)
    sums: dict[str | None, dict[Counting, Number]] = {path: {} for path in paths}
    for path, counted in here.grouped(bound, "area_path").items():
        top = None if path is None else "/".join(path.split("/")[:depth]) + "/"
        totals = sums.setdefault(top if top in paths else None, {})
        for counting, number in counted.items():
            totals[counting] = totals.get(counting, 0) + number
    lines = []
    for top, totals in sums.items():
        area = paths.get(top) if top else None
        place = here.here
        if area is not None:
            place = replace(place, path=area.path)
        else:
            directly = Condition("lies_at", "set", ",".join(above))
            place = replace(place, extra=(*place.extra, directly))
        value = _picked(values_of(bound, totals, asked, place), key)
        lines.append(Line(area.name if area else "", value, area=area))
    return lines


def _children(atlas: Atlas, path: str) -> tuple[Sequence[Area], list[str]]:
    """The areas below a path between which there is something to compare, and the codes of those
    above them (``none``: no area), in which a record may lie directly."""
    code = path.strip("/").rpartition("/")[2] or None
    above = [code or "none"]
    children = atlas.children(code)
    while len(children) == 1 and (below := atlas.children(children[0].code)):
        above.append(children[0].code)
        children = below
    return children, above


def _shown_path(actor: Actor, path: str) -> str | None:
    """The area that a selection names: none where it is all that the actor sees anyway."""
    return None if path in (ROOT_PATH, actor.scope_path) else path


def _area_at(actor: Actor, atlas: Atlas, area_code: str | None) -> Area | None:
    return atlas.get(area_code or top_of(actor) or "")
