"""The figures of a period under one area, and those that they are compared with."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date

from ledger.casework.map_overview import area_path
from ledger.domain.access import Action, Actor
from ledger.domain.timing.comparing import bases_of, day_in, is_known
from ledger.domain.timing.periods import Period
from ledger.records.places.areas import current_atlas
from ledger.records.query import Condition
from ledger.records.rowsets import LED
from ledger.reporting.figures.binding import Asked
from ledger.reporting.figures.definitions import END, START, Book, Figure
from ledger.reporting.figures.model import Figures, FigureValue
from ledger.reporting.figures.rulefile import figures_in_force
from ledger.reporting.figures.standpoint import (
    Beginnings,
    Standpoint,
    area_at,
    asked_of,
    shown_path,
    without_data,
)
from ledger.storage import Store


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
        asked = asked_of(connection, book, period)
        bases = bases_of(period, asked.today)
        here = Standpoint(connection, actor, path, shown_path(actor, path), extra)
        values = here.values(wanted, asked)
        before: list[list[FigureValue]] = [[], []]
        if compare:
            # What was open a year ago is everything answered since: too much to count for a word.
            yearly = [one for one in moving if one.period != START]
            began = Beginnings(here, atlas)
            before = [
                _based(here, moving, asked, bases.previous, bases.whole_previous, began),
                _based(here, yearly, asked, bases.year_before, bases.year_before, began),
            ]
    previous, year_before = before
    return Figures(
        period=period,
        area=area_at(actor, atlas, area_code),
        today=asked.today,
        title=book.title,
        version=book.version,
        values=tuple(values),
        bases=bases,
        previous=_keyed(previous),
        year_before=_keyed(year_before),
    )


def _based(
    here: Standpoint,
    wanted: Sequence[Figure],
    asked: Asked,
    base: Period,
    until: Period,
    began: Beginnings,
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
            without_data(value) if value.key.partition(".")[0] in unknown else value
            for value in here.values(figures_, at)
        ]
    return found


def _is_known(figure: Figure, base: Period, first: date | None) -> bool:
    if figure.period == END:
        return first is not None and first <= base.end
    return is_known(base, first)


def _keyed(values: Iterable[FigureValue]) -> dict[str, FigureValue]:
    return {value.key: value for value in values}
