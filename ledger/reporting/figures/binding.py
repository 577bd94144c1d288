"""Turn a definition and a period into the conditions that count its rows and list them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from ledger.domain.ledgers import ledger_named
from ledger.domain.timing.calendar import Calendar
from ledger.domain.timing.periods import Period
from ledger.records.query import Condition, within
from ledger.reporting.figures.definitions import END, PERIODS, Figure, Term

# The first day of a period that begins after its last day is one that never comes.
_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Asked:
    """One period as figures see it: the days, today, the round under way, the file's settings."""

    period: Period
    today: date
    round: int
    settings: tuple[tuple[str, int], ...]
    calendar: Calendar

    @property
    def settled(self) -> bool:
        """Whether the holidays of the period's days, until today, are announced."""
        days = (self.period.start, max(self.period.start, min(self.period.end, self.today)))
        ends = (date(year, 12, 31) for year in range(days[0].year, days[1].year))
        return all(self.calendar.is_settled(day) for day in (*days, *ends))

    @property
    def places(self) -> dict[str, Any]:
        """What stands between braces in a definition, filled in."""
        settings = dict(self.settings)
        # What happened after today is not known: a period under way ends today.
        until = min(self.period.end, self.today)
        return {
            **settings,
            "start": self.period.start.isoformat(),
            "end": until.isoformat(),
            "period": self.period.text,
            "yesterday": (self.today - _DAY).isoformat(),
            "round": self.round,
            "backlog_before": (
                self.period.start - timedelta(days=settings["backlog_days"])
            ).isoformat(),
        }


@dataclass(frozen=True)
class Bound:
    """A figure in one period: ``dated`` finds the records of the period, ``of`` those of them that
    make the denominator, ``counted`` those of these that make the numerator."""

    figure: Figure
    dated: tuple[Condition, ...]
    of: tuple[Condition, ...]
    counted: tuple[Condition, ...]

    @property
    def base(self) -> tuple[Condition, ...]:
        """All conditions of the denominator."""
        return (*self.dated, *self.of)


def bind(figure: Figure, asked: Asked) -> Bound:
    """The conditions of a figure in a period."""
    places = asked.places
    of = tuple(_condition(figure, term, places) for term in figure.of)
    counted = tuple(_condition(figure, term, places) for term in figure.counted)
    if figure.period in PERIODS:
        # Snapshot figures have no date column: the denominator's conditions select the rows.
        return Bound(figure, of, (), counted)
    return Bound(figure, _dated(figure, asked), of, counted)


def filled_in(figure: Figure, asked: Asked) -> Figure:
    """The figure with the round, say, standing in its words."""
    words, places = figure.words, asked.places
    return replace(
        figure,
        words=replace(
            words,
            numerator=words.numerator.format_map(places),
            denominator=words.denominator.format_map(places),
            exclusions=words.exclusions.format_map(places),
        ),
    )


def as_of(figure: Figure, asked: Asked) -> date | None:
    """The day on which a stock stands; None for what happened in a period."""
    if figure.timeless:
        return asked.today
    return min(asked.period.end, asked.today) if figure.period == END else None


def _dated(figure: Figure, asked: Asked) -> tuple[Condition, ...]:
    period = asked.period
    if figure.passed:
        end = min(period.end, asked.today - _DAY)
        return (Condition(figure.period, "ge", period.start), Condition(figure.period, "le", end))
    return within(ledger_named(figure.ledger).by_key[figure.period], period)


def _condition(figure: Figure, term: Term, places: dict[str, Any]) -> Condition:
    value: Any = term.value
    if term.operator == "set":
        return Condition(term.key, "set", str(value).format_map(places))
    if isinstance(value, str):
        value = ledger_named(figure.ledger).by_key[term.key].parse(value.format_map(places))
    return Condition(term.key, term.operator, value)
