"""One figure taken apart: by area, by lead official, over time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from geo.atlas import Area, Atlas
from ledger.casework.map_overview import area_path
from ledger.domain.access import Action, Actor
from ledger.domain.errors import Invalid
from ledger.domain.timing.periods import Period
from ledger.records.places.areas import current_atlas
from ledger.records.query import Condition
from ledger.records.rowsets import LED
from ledger.reporting.figures.binding import Asked, bind
from ledger.reporting.figures.counting import Counting, Number
from ledger.reporting.figures.definitions import Book, Figure
from ledger.reporting.figures.model import Breakdown, By, FigureValue, Line
from ledger.reporting.figures.rulefile import figures_in_force
from ledger.reporting.figures.standpoint import (
    Beginnings,
    Standpoint,
    area_at,
    asked_of,
    shown_path,
    without_data,
)
from ledger.reporting.figures.valuing import Here, values_of
from ledger.storage import Store

TREND = 12


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
        asked = asked_of(connection, book, period)
        here = Standpoint(connection, actor, path, shown_path(actor, path), extra)
        if by == "period":
            lines = _by_period(here, figure, asked, key, atlas)
        elif by == "official":
            lines = _by_official(here, figure, asked, key)
        else:
            lines = _by_area(here, figure, asked, key, atlas)
    return Breakdown(figure, by, area_at(actor, atlas, area_code), tuple(lines))


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


def _picked(values: Sequence[FigureValue], key: str) -> FigureValue:
    """The number of a key; of a composition named as a whole, its first part."""
    return next((value for value in values if value.key == key), values[0])


def _by_period(
    here: Standpoint, figure: Figure, asked: Asked, key: str, atlas: Atlas
) -> list[Line]:
    lines = []
    first = Beginnings(here, atlas).of(figure)
    for period in asked.period.last(TREND):
        value = _picked(here.values([figure], replace(asked, period=period)), key)
        if period != asked.period and (first is None or period.end < first):
            value = without_data(value)
        name = f"{period.label}（未结束）" if _is_running(period, asked.today) else period.label
        lines.append(Line(name, value, period=period))
    return lines


def _is_running(period: Period, today: date) -> bool:
    return period.start <= today < period.end


def _by_official(here: Standpoint, figure: Figure, asked: Asked, key: str) -> list[Line]:
    bound = bind(figure, asked)
    lines = []
    for name, counted in here.grouped(bound, "lead_official").items():
        of = (Condition("official", "set", name) if name else Condition("lead_official", "blank"),)
        place = Here(here.here.path, (*here.here.extra, *of))
        lines.append(Line(name or "", _picked(values_of(bound, counted, asked, place), key)))
    return sorted(lines, key=lambda line: (not line.name, -line.value.denominator, line.name))


def _by_area(here: Standpoint, figure: Figure, asked: Asked, key: str, atlas: Atlas) -> list[Line]:
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
