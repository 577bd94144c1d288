"""Where somebody stands who asks for figures: counts them there, and knows since when."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date

from sqlalchemy import Connection

from geo.atlas import Area, Atlas
from ledger.casework.coverage import round_in
from ledger.casework.map_overview import top_of
from ledger.domain.access import ROOT_PATH, Actor
from ledger.domain.timing import clock
from ledger.domain.timing.periods import Period
from ledger.records.query import Condition
from ledger.records.surroundings import calendar_in_force
from ledger.reporting.figures.binding import Asked, Bound, bind
from ledger.reporting.figures.counting import Counted, count, count_by
from ledger.reporting.figures.definitions import Book, Figure
from ledger.reporting.figures.model import FigureValue
from ledger.reporting.figures.valuing import Here, values_of
from ledger.reporting.statistics.beginning import first_day


class Standpoint:
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


class Beginnings:
    """Since when ledgers are kept where somebody looks: each is asked once."""

    def __init__(self, where: Standpoint, atlas: Atlas) -> None:
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


def asked_of(connection: Connection, book: Book, period: Period) -> Asked:
    """The question for a period: today, the round under way, settings and holidays in force."""
    settings = tuple(book.settings.items())
    calendar = calendar_in_force(connection)
    return Asked(period, clock.today(), round_in(connection), settings, calendar)


def shown_path(actor: Actor, path: str) -> str | None:
    """The area that a selection names: none where it is all that the actor sees anyway."""
    return None if path in (ROOT_PATH, actor.scope_path) else path


def area_at(actor: Actor, atlas: Atlas, area_code: str | None) -> Area | None:
    """The area asked for, or the one that the actor sees; None for the whole tree."""
    return atlas.get(area_code or top_of(actor) or "")


def without_data(value: FigureValue) -> FigureValue:
    """The number of days before its ledger began: there is none."""
    return replace(value, value=None, numerator=0, denominator=0)
